/**
 * Arithmetic on constants. Untyped constants are exact; typed ones wrap like the machine.
 */

import type { ArithmeticOperator, ComparisonOperator } from "./checked.ts";
import { untyped, wrap } from "./type-relations.ts";
import type { IntegerType } from "./types.ts";

/** The result in `type`. The caller has excluded division by zero and amounts beyond the width. */
export function foldArithmetic(
  operator: ArithmeticOperator,
  left: bigint,
  right: bigint,
  type: IntegerType,
): bigint {
  const exact = compute(operator, left, right);
  return type === untyped ? exact : wrap(type, exact);
}

function compute(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "<<":
      return left << right;
    default:
      return left >> right;
  }
}

export function foldComparison(operator: ComparisonOperator, left: bigint, right: bigint): boolean {
  switch (operator) {
    case "===":
      return left === right;
    case "!==":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    default:
      return left >= right;
  }
}

/** Whether an untyped constant still is a value of some type. */
export function isRepresentable(value: bigint): boolean {
  return value >= -(1n << 63n) && value < 1n << 64n;
}

/** The operations on u32 that constants can have too: bit counts, swaps and rotations. */
export const foldedIntrinsics: Readonly<Record<string, (value: bigint, amount: bigint) => bigint>> = {
  countTrailingZeros: (value) => {
    let count = 0n;
    while (count < 32n && ((value >> count) & 1n) === 0n) count++;
    return count;
  },
  countLeadingZeros: (value) => BigInt(Math.clz32(Number(value))),
  byteSwap: (value) =>
    ((value & 0xffn) << 24n) | ((value & 0xff00n) << 8n) | ((value >> 8n) & 0xff00n) | (value >> 24n),
  rotateLeft: (value, amount) =>
    BigInt.asUintN(32, (value << (amount % 32n)) | (value >> (32n - (amount % 32n)))),
};
