/**
 * Comparisons: there are no flags. A branch compares two registers itself, best one with zero; a truth value is computed.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { MachineBlock, MachineInstruction, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { fitsSigned } from "./constants.ts";
import { define, immediate, jumpIf, modify, move, register } from "./instructions.ts";
import { zero } from "./registers.ts";

/** How `left op right` is asked: by which branch, whether with the sides exchanged. */
const questions: Readonly<Record<string, { readonly branch: string; readonly exchanged: boolean }>> = {
  eq: { branch: "beq", exchanged: false },
  ne: { branch: "bne", exchanged: false },
  ult: { branch: "bltu", exchanged: false },
  ule: { branch: "bgeu", exchanged: true },
  slt: { branch: "blt", exchanged: false },
  sle: { branch: "bge", exchanged: true },
};

/** The branch to `then` that is taken when `condition` is not 0, after what it needs. */
export function selectBranch(
  selection: Selection,
  condition: Instruction,
  then: MachineBlock,
): MachineInstruction {
  const question = questions[condition.op];
  // Often asked: the answer in a register serves all.
  if (question === undefined || selection.usesOf(condition) > 2) {
    return branchOnValue(selection, condition, "bne", then);
  }
  const [left, right] = selection.compared(condition);
  if (condition.op === "eq" || condition.op === "ne") {
    if (right.op !== "const") {
      return jumpIf(question.branch, selection.register(left), selection.register(right), then);
    }
    if (right.value === 0n) return branchOnValue(selection, left, question.branch, then);
    if (fitsSigned(-right.value, 12)) {
      return jumpIf(question.branch, difference(selection, left, right.value), zero, then);
    }
    return jumpIf(question.branch, selection.register(left), selection.register(right), then);
  }
  const limit = limitOf(condition);
  if (limit && !isShort(limit.number)) {
    const below = selection.fresh();
    selection.emit(setBelow(limit, below, selection.register(limit.of)));
    return jumpIf(limit.negated ? "beq" : "bne", below, zero, then);
  }
  const [first, second] = question.exchanged ? [right, left] : [left, right];
  return jumpIf(question.branch, orZero(selection, first), orZero(selection, second), then);
}

/** A number that `c.li` makes. */
function isShort(value: bigint): boolean {
  return fitsSigned(value, 6);
}

function orZero(selection: Selection, value: Instruction): Register {
  return value.op === "const" && value.value === 0n ? zero : selection.register(value);
}

/** Branches when `value` is zero (`beq`) or is not (`bne`). */
function branchOnValue(
  selection: Selection,
  value: Instruction,
  branch: string,
  then: MachineBlock,
): MachineInstruction {
  const bit = highBit(value);
  if (bit && selection.canFold(value)) {
    // The bit becomes the sign.
    const shifted = selection.fresh();
    selection.emit(move(shifted, selection.register(bit.of)));
    selection.emit(modify("slli", shifted, immediate(63 - bit.number)));
    return jumpIf(branch === "beq" ? "bge" : "blt", shifted, zero, then);
  }
  return jumpIf(branch, selection.register(value), zero, then);
}

/** `x & 2^n` where the mask is no small number. */
function highBit(value: Instruction): { readonly of: Instruction; readonly number: number } | undefined {
  const [of, mask] = value.args;
  if (value.op !== "and" || mask?.op !== "const" || !of) return undefined;
  const bits = BigInt.asUintN(value.type === "i64" ? 64 : 32, mask.value);
  if (bits < 1n << 11n || (bits & (bits - 1n)) !== 0n) return undefined;
  return { of, number: bits.toString(2).length - 1 };
}

/** `left - number`, which is zero exactly when the two are equal. */
function difference(selection: Selection, left: Instruction, number: bigint): Register {
  const to = selection.fresh();
  const from = selection.register(left);
  if (fitsSigned(-number, 6)) {
    selection.emit(move(to, from));
    selection.emit(modify("addi", to, immediate(-number)));
  } else selection.emit(define("addi", to, register(from), immediate(-number)));
  return to;
}

/** A comparison with a constant as `of < number`, or the opposite of that. */
interface Limit {
  readonly of: Instruction;
  readonly number: bigint;
  readonly signed: boolean;
  readonly negated: boolean;
}

function limitOf(value: Instruction): Limit | undefined {
  const [left, right] = value.args as [Instruction, Instruction];
  const signed = value.op === "slt" || value.op === "sle";
  const orEqual = value.op === "sle" || value.op === "ule";
  const [of, constant, negated] = right.op === "const" ? [left, right, false] : [right, left, true];
  if (constant.op !== "const") return undefined;
  // of <= c is of < c + 1; c < of is not of < c + 1; c <= of is not of < c.
  const step = orEqual !== negated ? 1n : 0n;
  const number = constant.value + step;
  const wraps = step === 1n && !signed && constant.value === -1n;
  return fitsSigned(number, 12) && !wraps ? { of, number, signed, negated } : undefined;
}

function setBelow({ signed, number }: Limit, to: Register, of: Register): MachineInstruction {
  return define(signed ? "slti" : "sltiu", to, register(of), immediate(number));
}

/** 1 when the comparison `value` holds, else 0, into `to`. */
export function selectTruth(selection: Selection, value: Instruction, to: Register): void {
  const [left, right] = selection.compared(value);
  if (value.op === "eq" || value.op === "ne") {
    const from = equalityOf(selection, left, right);
    if (value.op === "eq") selection.emit(define("sltiu", to, register(from), immediate(1)));
    else selection.emit(define("sltu", to, register(zero), register(from)));
    return;
  }
  const limit = limitOf(value);
  if (limit && (!limit.negated || limit.number !== 1n)) {
    selection.emit(setBelow(limit, to, selection.register(limit.of)));
    if (limit.negated) selection.emit(modify("xori", to, immediate(1)));
    return;
  }
  const { branch, exchanged } = questions[value.op] ?? { branch: "", exchanged: false };
  const [first, second] = exchanged ? [right, left] : [left, right];
  const op = branch.endsWith("u") ? "sltu" : "slt";
  selection.emit(define(op, to, register(orZero(selection, first)), register(orZero(selection, second))));
  if (exchanged) selection.emit(modify("xori", to, immediate(1)));
}

/** Something that is zero exactly when the two are equal. */
function equalityOf(selection: Selection, left: Instruction, right: Instruction): Register {
  if (right.op === "const" && right.value === 0n) return selection.register(left);
  if (right.op === "const" && fitsSigned(-right.value, 12)) return difference(selection, left, right.value);
  const to = selection.fresh();
  selection.emit(move(to, selection.register(left)));
  selection.emit(modify("sub", to, register(selection.register(right))));
  return to;
}
