/**
 * Values computed from values. An operation that may be compressed overwrites a copy of its first operand; bits out of the middle of
 * a value are two shifts.
 */

import { upperBound } from "../../ir/evaluate.ts";
import type { Instruction } from "../../ir/ir.ts";
import type { Operand, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { fitsSigned } from "./constants.ts";
import { define, immediate, modify, move, register } from "./instructions.ts";
import { isWideEnough } from "./low-half.ts";
import { zero } from "./registers.ts";

/** `to` = `from` op `operand`, as a copy and an operation that may be compressed. */
export function overwrite(
  selection: Selection,
  op: string,
  to: Register,
  from: Instruction,
  operand: Operand,
): void {
  selection.moveTo(to, from);
  selection.emit(modify(op, to, operand));
}

/** Of a commutative operation, the operand to overwrite first: rather one that dies. */
function ordered(selection: Selection, value: Instruction): [Instruction, Instruction] {
  const [left, right] = value.args as [Instruction, Instruction];
  const dies = (operand: Instruction): boolean => selection.usesOf(operand) === 1;
  return right.op !== "const" && dies(right) && !dies(left) ? [right, left] : [left, right];
}

export function selectAddition(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const wide = isWideEnough(selection, value);
  const name = (op: string): string => (wide ? op : `${op}w`);
  const [left, right] =
    value.op === "add" ? ordered(selection, value) : (value.args as [Instruction, Instruction]);
  if (value.op === "sub" && left.op === "const" && left.value === 0n) {
    const negated = register(selection.register(right));
    return selection.emit(define(name("sub"), to, register(zero), negated));
  }
  if (value.op === "add" && right.op === "const" && fitsSigned(right.value, 12)) {
    return addNumber(selection, wide ? "addi" : "addiw", to, left, right.value);
  }
  overwrite(selection, name(value.op), to, left, register(addend(selection, value, right)));
}

/** A shifted distance inside of an object does not overflow: the shorter shift will do. */
function addend(selection: Selection, sum: Instruction, value: Instruction): Register {
  const [from, amount] = value.args;
  if (!sum.noWrap || value.op !== "shl" || amount?.op !== "const" || !from || !selection.canFold(value)) {
    return selection.register(value);
  }
  const to = selection.fresh();
  overwrite(selection, "slli", to, from, immediate(amount.value & 31n));
  return to;
}

function addNumber(selection: Selection, op: string, to: Register, from: Instruction, number: bigint): void {
  if (fitsSigned(number, 6)) return overwrite(selection, op, to, from, immediate(number));
  selection.emit(define(op, to, register(selection.register(from)), immediate(number)));
}

export function selectLogical(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const op = value.op as "and" | "or" | "xor";
  const [left, right] = ordered(selection, value);
  if (right.op === "const") {
    const number = right.value;
    if (op === "and" && isLowMask(number) && selectMaskedShift(selection, to, left, number)) return;
    if (fitsSigned(number, 12)) {
      if (op === "and" && fitsSigned(number, 6))
        return overwrite(selection, "andi", to, left, immediate(number));
      return selection.emit(define(`${op}i`, to, register(selection.register(left)), immediate(number)));
    }
    if (op === "and" && isLowMask(number)) {
      return selectField(selection, to, left, 0, bitLength(number), "srli");
    }
  }
  overwrite(selection, op, to, left, register(selection.register(right)));
}

/** 2^n - 1. */
function isLowMask(value: bigint): boolean {
  return value > 0n && (value & (value + 1n)) === 0n;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** `(x >> n) & (2^bits - 1)`: the bits are shifted to the top, then down. */
function selectMaskedShift(selection: Selection, to: Register, shifted: Instruction, mask: bigint): boolean {
  const [from, amount] = shifted.args;
  const isShift = shifted.op === "lshr" || shifted.op === "ashr";
  if (!isShift || amount?.op !== "const" || !from || !selection.canFold(shifted)) return false;
  const width = shifted.type === "i64" ? 64 : 32;
  const low = Number(amount.value) & (width - 1);
  const bits = bitLength(mask);
  if (low + bits > width) return false;
  selectField(selection, to, from, low, bits, "srli");
  return true;
}

/** The `bits` bits of `from` above `low`, extended by the shift down. */
export function selectField(
  selection: Selection,
  to: Register,
  from: Instruction,
  low: number,
  bits: number,
  down: "srli" | "srai",
): void {
  overwrite(selection, "slli", to, from, immediate(64 - low - bits));
  selection.emit(modify(down, to, immediate(64 - bits)));
}

const productNames = { mul: "mul", udiv: "divu", sdiv: "div", urem: "remu", srem: "rem" } as const;

export function selectProduct(selection: Selection, value: Instruction): void {
  const op = productNames[value.op as keyof typeof productNames];
  const to = selection.register(value);
  const operands = value.args.map((arg) => register(selection.register(arg)));
  selection.emit(define(value.type === "i64" ? op : `${op}w`, to, ...operands));
}

const shiftNames = { shl: "sll", lshr: "srl", ashr: "sra" } as const;

export function selectShift(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const op = value.op as keyof typeof shiftNames;
  const name = shiftNames[op];
  const [left, amount] = value.args as [Instruction, Instruction];
  if (amount.op !== "const") {
    const operands = [register(selection.register(left)), register(selection.register(amount))];
    return selection.emit(define(value.type === "i64" ? name : `${name}w`, to, ...operands));
  }
  const count = immediate(amount.value & (value.type === "i64" ? 63n : 31n));
  const asWide =
    op === "shl" ? isWideEnough(selection, value) : op === "ashr" || upperBound(left) < 0x8000_0000n;
  if (value.type === "i64" || asWide) return overwrite(selection, `${name}i`, to, left, count);
  selection.emit(define(`${name}iw`, to, register(selection.register(left)), count));
}

/** Two shifts; an amount counts modulo the width by itself. */
export function selectRotation(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const suffix = value.type === "i64" ? "" : "w";
  const width = value.type === "i64" ? 64n : 32n;
  const [left, amount] = value.args as [Instruction, Instruction];
  const from = register(selection.register(left));
  const [up, down] = [selection.fresh(), selection.fresh()];
  if (amount.op === "const") {
    const count = amount.value & (width - 1n);
    selection.emit(define(`slli${suffix}`, up, from, immediate(count)));
    selection.emit(define(`srli${suffix}`, down, from, immediate((width - count) & (width - 1n))));
  } else {
    const count = register(selection.register(amount));
    const rest = selection.fresh();
    selection.emit(define("sub", rest, register(zero), count));
    selection.emit(define(`sll${suffix}`, up, from, count));
    selection.emit(define(`srl${suffix}`, down, from, register(rest)));
  }
  selection.emit(move(to, up));
  selection.emit(modify("or", to, register(down)));
}

const extendedBits = { zext8: 8, zext16: 16, sext8: 8, sext16: 16 } as const;

export function selectExtend(selection: Selection, value: Instruction): void {
  const op = value.op as keyof typeof extendedBits;
  const bits = extendedBits[op];
  const to = selection.register(value);
  const [from] = value.args as [Instruction];
  const mask = (1n << BigInt(bits)) - 1n;
  if (op.startsWith("z") && selectMaskedShift(selection, to, from, mask)) return;
  if (op === "zext8") {
    return selection.emit(define("andi", to, register(selection.register(from)), immediate(255)));
  }
  selectField(selection, to, from, 0, bits, op.startsWith("z") ? "srli" : "srai");
}
