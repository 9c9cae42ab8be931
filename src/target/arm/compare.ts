/**
 * Comparisons: sets the flags and names the condition. A constant that does not fit may fit with its sign changed (`cmn`), or
 * one further on under the neighbouring condition.
 */

import { isTruth } from "../../ir/evaluate.ts";
import type { Instruction } from "../../ir/ir.ts";
import type { MachineBlock, MachineInstruction, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { isConstant } from "./constants.ts";
import { compare, define, immediate, jumpIf, opposite, register, setIf } from "./instructions.ts";
import { flexible, isModifiable, modifiedOrRegister } from "./modifiers.ts";

/** The condition of `left op right`, and of the same comparison with the sides exchanged. */
const conditions: Readonly<Record<string, readonly [plain: string, exchanged: string]>> = {
  eq: ["eq", "eq"],
  ne: ["ne", "ne"],
  ult: ["lo", "hi"],
  ule: ["ls", "hs"],
  slt: ["lt", "gt"],
  sle: ["le", "ge"],
};

/** The branch to `then` that is taken when `condition` is not 0, after what it needs. */
export function selectBranch(
  selection: Selection,
  condition: Instruction,
  then: MachineBlock,
): MachineInstruction {
  return jumpIf(conditionOf(selection, condition), then);
}

/** Sets the flags for `value` and returns the condition that holds when it is not 0. */
function conditionOf(selection: Selection, value: Instruction): string {
  const isPair = value.op === "ultpair" || value.op === "sltpair";
  // Often asked: the answer in a register serves all.
  if (isTruth(value.op) && (selection.canFold(value) || (!isPair && selection.usesOf(value) === 2))) {
    return selectCompare(selection, value);
  }
  if (value.op === "and" && selection.canFold(value)) return selectTest(selection, value, "ne");
  selection.emit(compare("cmp", selection.register(value), immediate(0)));
  return "ne";
}

/** Writes the compare of `value` (`eq` … `sle`, pairs) and returns the condition that holds when it is true. */
function selectCompare(selection: Selection, value: Instruction): string {
  if (value.op === "ultpair" || value.op === "sltpair") return selectPairCompare(selection, value);
  let [left, right] = value.args as [Instruction, Instruction];
  const [plain, exchanged] = conditions[value.op] as readonly [string, string];
  let condition = plain;
  if (left.op === "const" || (isModifiable(left) && right.op !== "const")) {
    [left, right] = [right, left];
    condition = exchanged;
  }
  if (right.op !== "const") {
    selection.emit(compare("cmp", selection.register(left), modifiedOrRegister(selection, right)));
    return condition;
  }
  if (right.value === 0n && (condition === "eq" || condition === "ne")) {
    const folded = selectAgainstZero(selection, left, condition);
    if (folded !== undefined) return folded;
  }
  return compareConstant(selection, selection.register(left), right, condition);
}

/** What sets the flags by itself when its result is compared with zero. */
function selectAgainstZero(
  selection: Selection,
  left: Instruction,
  condition: "eq" | "ne",
): string | undefined {
  if (!selection.canFold(left)) return undefined;
  if (left.op === "and") return selectTest(selection, left, condition);
  if (left.op === "or") return selectPairEquality(selection, left, condition);
  if (left.op !== "ultpair" && left.op !== "sltpair") return undefined;
  const holds = selectPairCompare(selection, left);
  return condition === "ne" ? holds : (opposite[holds] ?? "");
}

/** `(a ^ b | c ^ d)`: the second two are compared only when the first are alike. */
function selectPairEquality(
  selection: Selection,
  or: Instruction,
  condition: "eq" | "ne",
): string | undefined {
  const [first, second] = or.args as [Instruction, Instruction];
  if (first.op !== "xor" || second.op !== "xor" || !selection.canFold(first) || !selection.canFold(second)) {
    return undefined;
  }
  const operands = [first, second].map(({ args: [left, right] }) => ({
    left: selection.register(left as Instruction),
    right: flexible(selection, right as Instruction),
  }));
  for (const [index, { left, right }] of operands.entries()) {
    const compared = compare("cmp", left, right);
    if (index > 0) compared.condition = "eq";
    selection.emit(compared);
  }
  return condition;
}

/** The borrow of the lower halves goes into the difference of the upper ones. */
function selectPairCompare(selection: Selection, value: Instruction): string {
  const [low, high, otherLow, otherHigh] = value.args as [Instruction, Instruction, Instruction, Instruction];
  const [left, above] = [selection.register(low), selection.register(high)];
  const [right, otherAbove] = [flexible(selection, otherLow), flexible(selection, otherHigh)];
  selection.emit(compare("cmp", left, right));
  selection.emit(define("sbcs", selection.fresh(), register(above), otherAbove));
  return value.op === "sltpair" ? "lt" : "lo";
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
): string {
  if (emitCompare(selection, left, right.value)) return condition;
  const [other, step] = neighbours[condition] ?? [condition, 0n];
  // Neither side of the range wraps: what lies there fits as it is.
  if (step !== 0n && emitCompare(selection, left, right.value + step)) return other;
  selection.emit(compare("cmp", left, register(selection.register(right))));
  return condition;
}

function emitCompare(selection: Selection, left: Register, constant: bigint): boolean {
  if (isConstant(constant)) selection.emit(compare("cmp", left, immediate(constant)));
  else if (isConstant(-constant)) selection.emit(compare("cmn", left, immediate(-constant)));
  else return false;
  return true;
}

/** Sets the flags by `left & right`. */
function selectTest(selection: Selection, and: Instruction, condition: string): string {
  const [left, right] = and.args as [Instruction, Instruction];
  const tested = right.op === "const" && right.value === 1n ? selectBit(selection, left) : undefined;
  selection.emit(compare("tst", tested ?? selection.register(left), flexible(selection, right)));
  return condition;
}

/** A shift by a variable amount whose lowest bit is asked for: a rotation brings the same bit, and takes the amount modulo 32. */
function selectBit(selection: Selection, shift: Instruction): Register | undefined {
  const [from, amount] = shift.args;
  const isShift = (shift.op === "lshr" || shift.op === "ashr") && shift.type === "i32";
  if (!isShift || !from || !amount || amount.op === "const" || !selection.canFold(shift)) return undefined;
  const to = selection.fresh();
  const [given, mask] = amount.args;
  const isMasked = amount.op === "and" && mask?.op === "const" && mask.value === 31n;
  const by = selection.register(isMasked && given && selection.canFold(amount) ? given : amount);
  selection.emit(define("ror", to, register(selection.register(from)), register(by)));
  return to;
}

/** 1 when the comparison `value` holds, else 0. */
export function selectTruth(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const [left, right] = value.args as [Instruction, Instruction];
  if (value.op === "slt" && right.op === "const" && right.value === 0n) {
    return selection.emit(define("lsr", to, register(selection.register(left)), immediate(31)));
  }
  if (
    value.op === "eq" &&
    right.op === "const" &&
    right.value === 0n &&
    left.op !== "and" &&
    left.op !== "or"
  ) {
    // Only zero has 32 leading zeros.
    const count = selection.fresh();
    selection.emit(define("clz", count, register(selection.register(left))));
    return selection.emit(define("lsr", to, register(count), immediate(5)));
  }
  const isPlain = left.op !== "and" && left.op !== "or" && left.op !== "ultpair" && left.op !== "sltpair";
  if (value.op === "ne" && right.op === "const" && isConstant(right.value) && isPlain) {
    // The difference of what is alike is the 0 that is wanted.
    selection.emit(define("subs", to, register(selection.register(left)), immediate(right.value)));
    const [one] = setIf("ne", to);
    return selection.emit({ ...(one as MachineInstruction), roles: "mu" });
  }
  const condition = selectCompare(selection, value);
  for (const each of setIf(condition, to)) selection.emit(each);
}
