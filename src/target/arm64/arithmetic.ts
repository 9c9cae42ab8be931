/**
 * Values computed from values. What is shifted, extended, flipped or multiplied first becomes part of the operation, where there is a form
 * for it.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import type { SelectContext } from "../target.ts";
import { encodeMask, isAddend } from "./constants.ts";
import { define, immediate, register, widthOf } from "./instructions.ts";
import { selectLoad } from "./memory.ts";
import { modifiedOrRegister } from "./modifiers.ts";

export function selectAddition(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const op = value.op as "add" | "sub";
  let [left, right] = value.args as [Instruction, Instruction];
  if (op === "sub" && left.op === "const" && left.value === 0n) {
    const operand = modifiedOrRegister(selection, right, "shifts");
    return selection.emit(define("neg", width, to, operand));
  }
  if (right.op === "const" && isAddend(right.value)) {
    // At full width the sum may become part of a load or store, whose base moves along.
    const sumWidth = value.noWrap ? 64 : width;
    return selection.emit(
      define(op, sumWidth, to, register(selection.register(left)), immediate(right.value)),
    );
  }
  if (op === "add" && isModifiable(left) && !isModifiable(right) && right.op !== "const") {
    [left, right] = [right, left];
  }
  if (right.op === "mul" && selection.canFold(right) && right.args[1]?.op !== "const") {
    const factors = right.args.map((factor) => register(selection.register(factor)));
    const sum = register(selection.register(left));
    return selection.emit(define(op === "add" ? "madd" : "msub", width, to, ...factors, sum));
  }
  const operand = modifiedOrRegister(selection, right, "shifts and extensions");
  selection.emit(define(op, width, to, register(selection.register(left)), operand));
}

function isModifiable(value: Instruction): boolean {
  const [, second] = value.args;
  if (value.op === "shl" || value.op === "lshr" || value.op === "ashr") return second?.op === "const";
  return value.op === "sext32" || (value.op === "mul" && second?.op !== "const");
}

const logicalNames = { and: "and", or: "orr", xor: "eor" } as const;
/** The same operation with the second operand's bits flipped. */
const flippedNames = { and: "bic", or: "orn", xor: "eon" } as const;

export function selectLogical(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const op = value.op as keyof typeof logicalNames;
  let [left, right] = value.args as [Instruction, Instruction];
  if (right.op === "const") {
    if (op === "xor" && right.value === -1n) {
      const operand = modifiedOrRegister(selection, left, "shifts");
      return selection.emit(define("mvn", width, to, operand));
    }
    if (op === "and" && selectField(selection, to, left, right.value, width)) return;
    if (encodeMask(right.value, width) !== undefined) {
      const constant = immediate(right.value);
      return selection.emit(
        define(logicalNames[op], width, to, register(selection.register(left)), constant),
      );
    }
  }
  if ((isModifiable(left) || isFlipped(left)) && !isFlipped(right) && right.op !== "const") {
    [left, right] = [right, left];
  }
  const [flipped] = right.args;
  if (isFlipped(right) && flipped && selection.canFold(right)) {
    const operand = modifiedOrRegister(selection, flipped, "shifts");
    return selection.emit(define(flippedNames[op], width, to, register(selection.register(left)), operand));
  }
  const operand = modifiedOrRegister(selection, right, "shifts");
  selection.emit(define(logicalNames[op], width, to, register(selection.register(left)), operand));
}

/** `x ^ -1`. */
function isFlipped(value: Instruction): boolean {
  const [, ones] = value.args;
  return value.op === "xor" && ones?.op === "const" && ones.value === -1n;
}

/** `(x >> n) & (2^bits - 1)` as one instruction. */
function selectField(
  selection: Selection,
  to: Register,
  shifted: Instruction,
  mask: bigint,
  width: 32 | 64,
): boolean {
  const [from, amount] = shifted.args;
  const isShift = shifted.op === "lshr" || shifted.op === "ashr";
  if (!isShift || amount?.op !== "const" || !from || mask <= 0n || (mask & (mask + 1n)) !== 0n) return false;
  if (!selection.canFold(shifted)) return false;
  const low = amount.value & BigInt(width - 1);
  const bits = BigInt(mask.toString(2).length);
  if (low + bits > BigInt(width)) return false;
  const fields = [immediate(low), immediate(bits)];
  selection.emit(define("ubfx", width, to, register(selection.register(from)), ...fields));
  return true;
}

export function selectMultiply(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const [left, right] = value.args as [Instruction, Instruction];
  const shift = right.op === "const" ? powerOfTwo(right.value - 1n) : undefined;
  if (shift !== undefined) {
    const base = selection.register(left);
    const shifted = { ...register(base), modifier: { kind: "lsl", amount: shift } } as const;
    return selection.emit(define("add", width, to, register(base), shifted));
  }
  const factors = [register(selection.register(left)), register(selection.register(right))];
  selection.emit(define("mul", width, to, ...factors));
}

function powerOfTwo(value: bigint): number | undefined {
  if (value <= 0n || (value & (value - 1n)) !== 0n) return undefined;
  return value.toString(2).length - 1;
}

const shiftNames = { shl: "lsl", lshr: "lsr", ashr: "asr", rotl: "ror" } as const;

export function selectShift(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const [left, amount] = value.args as [Instruction, Instruction];
  const op = value.op as keyof typeof shiftNames;
  if (amount.op === "const") {
    const mask = BigInt(width - 1);
    const count = (op === "rotl" ? -amount.value : amount.value) & mask;
    if (op === "shl" && selectInsertion(selection, to, left, count, width)) return;
    return selection.emit(
      define(shiftNames[op], width, to, register(selection.register(left)), immediate(count)),
    );
  }
  let count = selection.register(amount);
  if (op === "rotl") {
    const negative = selection.fresh();
    selection.emit(define("neg", 32, negative, register(count)));
    count = negative;
  }
  selection.emit(
    define(`${shiftNames[op]}v`, width, to, register(selection.register(left)), register(count)),
  );
}

const insertedBits: Readonly<Record<string, readonly [op: string, bits: number]>> = {
  zext8: ["ubfiz", 8],
  zext16: ["ubfiz", 16],
  sext8: ["sbfiz", 8],
  sext16: ["sbfiz", 16],
  sext32: ["sbfiz", 32],
};

/** An extension and a shift to the left as one instruction. */
function selectInsertion(
  selection: Selection,
  to: Register,
  extended: Instruction,
  count: bigint,
  width: 32 | 64,
): boolean {
  const [op, bits] = insertedBits[extended.op] ?? ["", 0];
  if (bits === 0 || !selection.canFold(extended) || Number(count) + bits > width) return false;
  const from = selection.register(extended.args[0] as Instruction);
  selection.emit(define(op, width, to, register(from), immediate(count), immediate(bits)));
  return true;
}

/** There is no remainder: the dividend less the product. */
export function selectDivide(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const [dividend, divisor] = value.args as [Instruction, Instruction];
  const to = selection.register(value);
  const [from, by] = [selection.register(dividend), selection.register(divisor)];
  const op = value.op === "sdiv" || value.op === "srem" ? "sdiv" : "udiv";
  if (value.op === "udiv" || value.op === "sdiv") {
    return selection.emit(define(op, width, to, register(from), register(by)));
  }
  const quotient = selection.fresh();
  selection.emit(define(op, width, quotient, register(from), register(by)));
  selection.emit(define("msub", width, to, register(quotient), register(by), register(from)));
}

const extendedBits = { zext8: 8, zext16: 16, sext8: 8, sext16: 16 } as const;

export function selectExtend(selection: Selection, value: Instruction): void {
  const op = value.op as keyof typeof extendedBits;
  const bits = extendedBits[op];
  const to = selection.register(value);
  const [from] = value.args as [Instruction];
  const [shifted, amount] = from.args;
  const isField = (from.op === "lshr" || from.op === "ashr") && amount?.op === "const" && shifted;
  const low = isField && selection.canFold(from) ? amount.value & 31n : 0n;
  const isInside = low > 0n && low + BigInt(bits) <= 32n && shifted;
  const source = register(selection.register(isInside ? shifted : from));
  const fields = [immediate(isInside ? low : 0n), immediate(bits)];
  selection.emit(define(op.startsWith("z") ? "ubfx" : "sbfx", 32, to, source, ...fields));
}

/** Loads that sign-extend to 64 bits, by those that extend to 32. */
const wideLoads: Readonly<Record<string, string>> = { load8s: "ldrsb", load16s: "ldrsh", load32: "ldrsw" };

export function selectSignExtend(selection: Selection, value: Instruction, context: SelectContext): void {
  const to = selection.register(value);
  const [from] = value.args as [Instruction];
  const wide = wideLoads[from.op];
  if (wide !== undefined && selection.canFold(from)) {
    return selectLoad(selection, to, from, wide, 64, context);
  }
  selection.emit(define("sxtw", 64, to, register(selection.register(from))));
}
