/**
 * The low halves of registers: which values of 32 bits are extended as they have to be without an instruction, and of which nobody looks
 * at more than the low 32 bits, so that the operation of 64 bits does.
 */

import { upperBound } from "../../ir/evaluate.ts";
import type { Instruction } from "../../ir/ir.ts";
import type { Selection } from "../../machine/selection.ts";

const lowHalfOps: ReadonlySet<string> = new Set([
  "add",
  "sub",
  "mul",
  "udiv",
  "sdiv",
  "urem",
  "srem",
  "shl",
  "lshr",
  "rotl",
  "zext8",
  "zext16",
  "sext8",
  "sext16",
]);

/** Comparisons, logical operations, addresses, calls and shifts of the sign look at the whole register. */
export function looksAtLowHalf(user: Instruction, index: number): boolean {
  switch (user.op) {
    case "shl":
    case "lshr":
    case "ashr":
    case "rotl":
      if (index === 1) return true;
      break;
    case "store8":
    case "store16":
    case "store32":
      return index === 1;
    case "and": {
      const [, mask] = user.args;
      return user.type === "i32" && mask?.op === "const" && mask.value >= 0n;
    }
    case "zext32":
      return !isNonNegative(user.args[0] as Instruction) && !user.noWrap;
  }
  return user.type === "i32" && !user.noWrap && lowHalfOps.has(user.op);
}

/** Whether the value is its operand, as the operand's register has it. */
export function isFree(selection: Selection, value: Instruction): boolean {
  const [from] = value.args as [Instruction];
  if (value.op === "sext32") return true;
  if (value.op === "zext32") return value.noWrap || isNonNegative(from);
  return value.op === "trunc" && (selection.usesLowHalf(value) || upperBound(from) < 0x8000_0000n);
}

/** As a number of 32 bits: then it is zero-extended as well as sign-extended. */
function isNonNegative(value: Instruction): boolean {
  return value.op === "address" || upperBound(value) < 0x8000_0000n;
}

/** Whether the 64-bit operation does for `value`: nobody looks at the upper half, or it comes out right. */
export function isWideEnough(selection: Selection, value: Instruction): boolean {
  return (
    value.type === "i64" || value.noWrap || selection.usesLowHalf(value) || upperBound(value) < 0x8000_0000n
  );
}
