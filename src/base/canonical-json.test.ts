import { expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

test("sorts keys at every depth, keeps the order of arrays, leaves out what is undefined", () => {
  expect(canonicalJson({ b: [{ z: 1, y: null }, "é\n"], a: undefined, B: true })).toBe(
    '{"B":true,"b":[{"y":null,"z":1},"é\\n"]}',
  );
});

test("refuses numbers with more than one spelling", () => {
  expect(() => canonicalJson(0.1)).toThrow("integers only");
  expect(() => canonicalJson(Number.NaN)).toThrow("integers only");
});
