/** Neither few tables, nor many, nor before much content. */

import { describe, expect, test } from "vitest";
import type { DataKind, DataObject } from "../base/data-object.ts";
import { isWorthPacking } from "./worth-packing.ts";

function object(kind: DataKind, size: number): DataObject {
  return {
    ...{ name: `${kind} of ${size} bytes`, kind, bytes: new Uint8Array(size) },
    ...{ alignment: 1, relocations: [] },
  };
}

describe("tables are packed", () => {
  test.each([
    ["of a page and its fields", false, [object("table", 315), object("content", 5000)]],
    ["just below", false, [object("table", 500), object("constant", 99)]],
    ["when there are enough", true, [object("table", 500), object("constant", 100)]],
    ["as many as may be", true, [object("table", 8192)]],
    ["too many for private memory", false, [object("table", 8000), object("table", 193)]],
    ["of content alone", false, [object("content", 8000)]],
    ["before as much content as may be", true, [object("table", 1000), object("content", 512 << 10)]],
    ["before more", false, [object("table", 1000), object("content", (512 << 10) + 1)]],
  ] as const)("%s: %s", (_, isPacked, objects) => {
    expect(isWorthPacking(objects)).toBe(isPacked);
  });
});
