import { describe, expect, it } from "vitest";
import { forEachInRow, hasPair, insertPair, newMatrix } from "./register-matrix.ts";

describe("a register matrix", () => {
  // One below, at and above the size of a word.
  it.each([1, 31, 32, 33, 64, 65, 200])("of %i registers keeps its rows apart", (count) => {
    const matrix = newMatrix(count);
    const isIn = (row: number, member: number): boolean => (row * 7 + member * 3) % 5 === 0;
    for (let row = 0; row < count; row++) {
      for (let member = 0; member < count; member++) if (isIn(row, member)) insertPair(matrix, row, member);
    }
    for (let row = 0; row < count; row++) {
      const expected = Array.from({ length: count }, (_, member) => member).filter((each) => isIn(row, each));
      const members: number[] = [];
      forEachInRow(matrix, row, (member) => members.push(member));
      expect(members).toEqual(expected);
      expect(expected.every((member) => hasPair(matrix, row, member))).toBe(true);
      expect(hasPair(matrix, row, expected[0] ?? 0)).toBe(expected.length > 0);
    }
  });
});
