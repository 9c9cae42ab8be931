/**
 * Comparisons: sets the flags and names the condition, or finds the branch that needs no flags: on zero, on the sign, on one
 * bit.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { MachineBlock, MachineInstruction, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { encodeMask, isAddend } from "./constants.ts";
import {
  compare,
  define,
  immediate,
  jumpIf,
  jumpIfBit,
  jumpIfZero,
  register,
  setIf,
  type Width,
  widthOf,
} from "./instructions.ts";
import { modifiedOrRegister } from "./modifiers.ts";

/** The condition of `left op right`, and of the same comparison with the sides exchanged. */
const conditions: Readonly<Record<string, readonly [plain: string, exchanged: string]>> = {
  eq: ["eq", "eq"],
  ne: ["ne", "ne"],
  ult: ["lo", "hi"],
  ule: ["ls", "hs"],
  slt: ["lt", "gt"],
  sle: ["le", "ge"],
};

function isCompare(value: Instruction): boolean {
  return Object.hasOwn(conditions, value.op);
}

/** The branch to `then` that is taken when `condition` is not 0, after what it needs. */
export function selectBranch(
  selection: Selection,
  condition: Instruction,
  then: MachineBlock,
): MachineInstruction {
  if (!isCompare(condition)) return branchOnValue(selection, condition, "ne", then);
  const [left, right] = selection.compared(condition);
  if ((condition.op === "eq" || condition.op === "ne") && isConstant(right, 0n)) {
    return branchOnValue(selection, left, condition.op, then);
  }
  const sign = signTest(condition);
  if (sign) {
    const bit = sign.value.type === "i64" ? 63 : 31;
    return jumpIfBit(sign.negative ? "tbnz" : "tbz", selection.register(sign.value), bit, then);
  }
  // Often asked: the answer in a register serves all.
  if (selection.usesOf(condition) > 2) return branchOnValue(selection, condition, "ne", then);
  return jumpIf(selectCompare(selection, condition), then);
}

function isConstant(value: Instruction, wanted: bigint): boolean {
  return value.op === "const" && value.value === wanted;
}

/** Branches when `value` is zero (`eq`) or is not (`ne`). */
function branchOnValue(
  selection: Selection,
  value: Instruction,
  sense: "eq" | "ne",
  then: MachineBlock,
): MachineInstruction {
  const suffix = sense === "eq" ? "z" : "nz";
  const bit = singleBit(value);
  if (bit && selection.canFold(value)) {
    return jumpIfBit(`tb${suffix}`, selection.register(bit.of), bit.number, then);
  }
  if (value.op === "and" && selection.canFold(value)) {
    selectTest(selection, value);
    return jumpIf(sense, then);
  }
  return jumpIfZero(`cb${suffix}`, widthOf(value.type), selection.register(value), then);
}

/** `x & 2^n`. */
function singleBit(value: Instruction): { readonly of: Instruction; readonly number: number } | undefined {
  const [of, mask] = value.args;
  if (value.op !== "and" || mask?.op !== "const" || !of) return undefined;
  const bits = BigInt.asUintN(widthOf(value.type), mask.value);
  if (bits === 0n || (bits & (bits - 1n)) !== 0n) return undefined;
  return { of, number: bits.toString(2).length - 1 };
}

/** A signed comparison that asks for the sign alone. */
function signTest(
  value: Instruction,
): { readonly value: Instruction; readonly negative: boolean } | undefined {
  const [left, right] = value.args as [Instruction, Instruction];
  if (value.op === "slt" && isConstant(right, 0n)) return { value: left, negative: true };
  if (value.op === "sle" && isConstant(right, -1n)) return { value: left, negative: true };
  if (value.op === "slt" && isConstant(left, -1n)) return { value: right, negative: false };
  if (value.op === "sle" && isConstant(left, 0n)) return { value: right, negative: false };
  return undefined;
}

/** Writes the compare of `value` (`eq` … `sle`) and returns the condition that holds when it is true. */
function selectCompare(selection: Selection, value: Instruction): string {
  let [left, right] = selection.compared(value);
  const [plain, exchanged] = conditions[value.op] as readonly [string, string];
  let condition = plain;
  if (left.op === "const" || (isFoldableShift(left) && right.op !== "const")) {
    [left, right] = [right, left];
    condition = exchanged;
  }
  const width = widthOf(left.type);
  if (right.op === "const") {
    if (right.value === 0n && isEquality(condition) && left.op === "and" && selection.canFold(left)) {
      selectTest(selection, left);
      return condition;
    }
    return compareConstant(selection, selection.register(left), right, condition, width);
  }
  const operand = modifiedOrRegister(selection, right, "shifts and extensions");
  selection.emit(compare("cmp", width, selection.register(left), operand));
  return condition;
}

function isFoldableShift(value: Instruction): boolean {
  return ["shl", "lshr", "ashr", "sext32"].includes(value.op);
}

function isEquality(condition: string): boolean {
  return condition === "eq" || condition === "ne";
}

/** The same comparison with the constant one less or one more. */
const neighbours: Readonly<Record<string, readonly [condition: string, step: bigint]>> = {
  lo: ["ls", -1n],
  ls: ["lo", 1n],
  hi: ["hs", 1n],
  hs: ["hi", -1n],
  lt: ["le", -1n],
  le: ["lt", 1n],
  gt: ["ge", 1n],
  ge: ["gt", -1n],
};

function compareConstant(
  selection: Selection,
  left: Register,
  right: Instruction,
  condition: string,
  width: Width,
): string {
  if (isAddend(right.value)) {
    selection.emit(compare("cmp", width, left, immediate(right.value)));
    return condition;
  }
  const [other, step] = neighbours[condition] ?? [condition, 0n];
  // Neither side of the range wraps: what lies there fits as it is.
  const moved = right.value + step;
  if (step !== 0n && isAddend(moved)) {
    selection.emit(compare("cmp", width, left, immediate(moved)));
    return other;
  }
  selection.emit(compare("cmp", width, left, register(selection.register(right))));
  return condition;
}

/** Sets the flags by `left & right`. */
function selectTest(selection: Selection, and: Instruction): void {
  const [left, right] = and.args as [Instruction, Instruction];
  const width = widthOf(and.type);
  const isMask = right.op === "const" && encodeMask(right.value, width) !== undefined;
  const operand = isMask ? immediate(right.value) : modifiedOrRegister(selection, right, "shifts");
  selection.emit(compare("tst", width, selection.register(left), operand));
}

/** 1 when the comparison `value` holds, else 0. */
export function selectTruth(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const [left, right] = value.args as [Instruction, Instruction];
  if (value.op === "slt" && right.op === "const" && right.value === 0n) {
    const width = widthOf(left.type);
    const from = register(selection.register(left));
    return selection.emit(define("lsr", width, to, from, immediate(width - 1)));
  }
  selection.emit(setIf(selectCompare(selection, value), to));
}
