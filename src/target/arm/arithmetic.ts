/**
 * Values computed from values. What is shifted or multiplied first becomes part of the operation, where there is a form for it; a
 * constant goes in as it is, with its bits flipped, or in two steps.
 */

import { upperBound } from "../../ir/evaluate.ts";
import type { Instruction } from "../../ir/ir.ts";
import type { Operand, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { emitSum } from "./address.ts";
import { isConstant, splitConstant } from "./constants.ts";
import { define, immediate, instruction, modified, register } from "./instructions.ts";
import { flexible, isModifiable, modifiedOrRegister } from "./modifiers.ts";

export function selectAddition(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  let [left, right] = value.args as [Instruction, Instruction];
  if (value.op === "sub") {
    if (left.op === "const" && isConstant(left.value)) {
      const from = register(selection.register(right));
      return selection.emit(define("rsb", to, from, immediate(left.value)));
    }
    if (isModifiable(left) && !isModifiable(right) && right.op !== "const") {
      const operand = modifiedOrRegister(selection, left);
      return selection.emit(define("rsb", to, register(selection.register(right)), operand));
    }
    const operand = flexible(selection, right);
    return selection.emit(define("sub", to, register(selection.register(left)), operand));
  }
  if (right.op === "const" && emitSum(selection, to, selection.register(left), right.value)) return;
  if ((isModifiable(left) && !isModifiable(right)) || isProduct(left)) [left, right] = [right, left];
  if (isProduct(right) && selection.canFold(right)) {
    const factors = right.args.map((factor) => register(selection.register(factor)));
    return selection.emit(define("mla", to, ...factors, register(selection.register(left))));
  }
  const operand = modifiedOrRegister(selection, right);
  selection.emit(define("add", to, register(selection.register(left)), operand));
}

function isProduct({ op, args }: Instruction): boolean {
  return op === "mul" && args[1]?.op !== "const";
}

const logicalNames = { and: "and", or: "orr", xor: "eor" } as const;

export function selectLogical(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const name = logicalNames[value.op as keyof typeof logicalNames];
  let [left, right] = value.args as [Instruction, Instruction];
  if (right.op === "const") {
    if (name === "eor" && right.value === -1n) {
      return selection.emit(define("mvn", to, modifiedOrRegister(selection, left)));
    }
    const from = register(selection.register(left));
    if (logicalConstant(selection, name, to, from, right.value)) return;
    return selection.emit(define(name, to, from, register(selection.register(right))));
  }
  if ((isModifiable(left) || isFlipped(left)) && !isFlipped(right)) [left, right] = [right, left];
  const [flipped] = right.args;
  if (name === "and" && isFlipped(right) && flipped && selection.canFold(right)) {
    const operand = modifiedOrRegister(selection, flipped);
    return selection.emit(define("bic", to, register(selection.register(left)), operand));
  }
  const operand = modifiedOrRegister(selection, right);
  selection.emit(define(name, to, register(selection.register(left)), operand));
}

/** `x ^ -1`. */
function isFlipped(value: Instruction): boolean {
  const [, ones] = value.args;
  return value.op === "xor" && ones?.op === "const" && ones.value === -1n;
}

/** With a constant that fits, or its opposite, or in two steps; false where a register is needed. */
function logicalConstant(
  selection: Selection,
  name: "and" | "orr" | "eor",
  to: Register,
  from: Operand,
  constant: bigint,
): boolean {
  if (isConstant(constant)) selection.emit(define(name, to, from, immediate(constant)));
  else if (name === "and") {
    if (isConstant(~constant)) {
      selection.emit(define("bic", to, from, immediate(BigInt.asUintN(32, ~constant))));
      return true;
    }
    return splitLogical(selection, "bic", to, from, ~constant);
  } else return splitLogical(selection, name, to, from, constant);
  return true;
}

function splitLogical(
  selection: Selection,
  name: string,
  to: Register,
  from: Operand,
  constant: bigint,
): boolean {
  const parts = splitConstant(constant);
  if (!parts) return false;
  const half = selection.fresh();
  selection.emit(define(name, half, from, immediate(parts[0])));
  selection.emit(define(name, to, register(half), immediate(parts[1])));
  return true;
}

/** Sums and differences with the carry between the halves; the whole product of two numbers. */
export function selectPair(selection: Selection, value: Instruction): void {
  const [first, second, third, fourth] = value.args as [Instruction, Instruction, Instruction, Instruction];
  const [to, high] = [selection.register(value), selection.highRegister(value)];
  if (value.op === "mulpair") {
    const factors = [register(selection.register(first)), register(selection.register(second))];
    return selection.emit(instruction("umull", 32, [register(to), register(high), ...factors], "dduu"));
  }
  // What is subtracted from may be the constant.
  const isReverse = value.op === "subpair" && first.op === "const" && second.op === "const";
  const [low, above, otherLow, otherAbove] = isReverse
    ? [third, fourth, first, second]
    : [first, second, third, fourth];
  const names = isReverse ? ["rsbs", "rsc"] : value.op === "addpair" ? ["adds", "adc"] : ["subs", "sbc"];
  const [left, leftAbove] = [register(selection.register(low)), register(selection.register(above))];
  const [right, rightAbove] = [flexible(selection, otherLow), flexible(selection, otherAbove)];
  selection.emit(define(names[0] as string, to, left, right));
  selection.emit(define(names[1] as string, high, leftAbove, rightAbove));
}

/** By a constant next to a power of two without a product. */
export function selectMultiply(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const [left, right] = value.args as [Instruction, Instruction];
  const from = selection.register(left);
  if (right.op === "const") {
    for (const [op, power] of [
      ["add", right.value - 1n],
      ["rsb", right.value + 1n],
    ] as const) {
      const shift = exponent(power);
      if (shift === undefined) continue;
      return selection.emit(define(op, to, register(from), modified(from, "lsl", shift)));
    }
  }
  selection.emit(define("mul", to, register(from), register(selection.register(right))));
}

function exponent(value: bigint): number | undefined {
  if (value <= 0n || (value & (value - 1n)) !== 0n) return undefined;
  return value.toString(2).length - 1;
}

const shiftNames = { shl: "lsl", lshr: "lsr", ashr: "asr", rotl: "ror" } as const;

/** A variable amount counts to 255 here: 32 and more shift everything out, where the language takes the amount modulo 32. */
export function selectShift(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const [left, amount] = value.args as [Instruction, Instruction];
  const name = shiftNames[value.op as keyof typeof shiftNames];
  const from = register(selection.register(left));
  if (amount.op === "const") {
    const count = (name === "ror" ? -amount.value : amount.value) & 31n;
    return selection.emit(define(name, to, from, immediate(count)));
  }
  const given = selection.register(amount);
  if (name !== "ror" && upperBound(amount) < 32n) {
    return selection.emit(define(name, to, from, register(given)));
  }
  const count = selection.fresh();
  const opposite = define("rsb", count, register(given), immediate(0));
  selection.emit(name === "ror" ? opposite : define("and", count, register(given), immediate(31)));
  selection.emit(define(name, to, from, register(count)));
}

const extensions = { zext8: "uxtb", zext16: "uxth", sext8: "sxtb", sext16: "sxth" } as const;

export function selectExtend(selection: Selection, value: Instruction): void {
  const op = extensions[value.op as keyof typeof extensions];
  const [from] = value.args as [Instruction];
  selection.emit(define(op, selection.register(value), register(selection.register(from))));
}
