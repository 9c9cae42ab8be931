import { expect, test } from "vitest";
import { formatNumber } from "./numbers.ts";

test.each([
  0,
  7,
  -7,
  999,
  -999,
  1_000,
  -1_000,
  12_345,
  999_999,
  1_000_000,
  -123_456,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
])("%d is formatted as Node does", (value) => {
  expect(formatNumber(value)).toBe(value.toLocaleString("en-US"));
});
