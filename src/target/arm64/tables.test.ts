/**
 * The encoder's tables: no register, condition or code stands twice.
 */

import { describe, expect, it } from "vitest";
import { mnemonics } from "./encode.ts";
import {
  accesses,
  additions,
  bitFields,
  conditions,
  extendKinds,
  fixed,
  logicals,
  oneSource,
  pairs,
  selects,
  shiftKinds,
  threeSources,
  twoSources,
} from "./opcodes.ts";
import { registerNames } from "./registers.ts";

describe("arm64 tables", () => {
  it("names 66 different registers", () => {
    expect(new Set(Object.values(registerNames).flat()).size).toBe(66);
  });
  it("has every condition once", () => {
    expect(Object.values(conditions)).toEqual(Array.from({ length: 14 }, (_, number) => number));
  });
  it.each([
    ["additions", Object.values(additions)],
    ["logicals", Object.values(logicals)],
    ["shifts", Object.values(shiftKinds)],
    ["extensions", Object.values(extendKinds)],
    ["sources", [...Object.values(twoSources), ...Object.values(oneSource), ...Object.values(threeSources)]],
    ["bit fields", Object.values(bitFields)],
    ["selects", Object.values(selects)],
    [
      "accesses",
      Object.values(accesses).flatMap(({ word, wide }) => [word, ...(wide === undefined ? [] : [wide])]),
    ],
    ["pairs", Object.values(pairs)],
    ["fixed", Object.values(fixed)],
    ["mnemonics", mnemonics()],
  ] as [string, (number | string)[]][])("%s: no code twice", (_, codes) => {
    expect(new Set(codes).size).toBe(codes.length);
  });
});
