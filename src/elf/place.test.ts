/**
 * The order of data: no padding where constants can stand instead, and nothing behind content.
 */

import { expect, test } from "vitest";
import type { DataObject } from "../base/data-object.ts";
import { alignUp, orderData } from "./place.ts";

function object(
  name: string,
  size: number,
  alignment: number,
  kind: DataObject["kind"] = "table",
): DataObject {
  return { name, kind, bytes: new Uint8Array(size), alignment, relocations: [] };
}

function paddingOf(ordered: readonly DataObject[], start: number): number {
  let at = start;
  let padding = 0;
  for (const { bytes, alignment } of ordered) {
    padding += alignUp(at, alignment) - at;
    at = alignUp(at, alignment) + bytes.length;
  }
  return padding;
}

test("constants stand where padding would be", () => {
  const aligned = [object("wide", 16, 8), object("odd", 30, 4), object("word", 4, 4)];
  const loose = [1, 2, 3, 5, 6, 7, 9].map((size) => object(`of ${size}`, size, 1));
  for (let start = 0; start < 8; start++) {
    const ordered = orderData([...loose, ...aligned], start);
    expect(ordered.length).toBe(10);
    expect(new Set(ordered).size).toBe(10);
    expect(paddingOf(ordered, start)).toBe(0);
  }
});

test("where there are none, there is padding", () => {
  const ordered = orderData([object("odd", 30, 4), object("word", 4, 4)], 3);
  expect(ordered.map(({ name }) => name)).toEqual(["odd", "word"]);
  expect(paddingOf(ordered, 3)).toBe(3);
});

test("content comes last", () => {
  const ordered = orderData(
    [object("content", 9, 4, "content"), object("odd", 3, 1), object("word", 4, 4)],
    0,
  );
  expect(ordered.map(({ name }) => name)).toEqual(["word", "odd", "content"]);
});
