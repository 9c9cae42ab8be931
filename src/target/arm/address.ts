/**
 * Addresses as memory operands: `[base, #displacement]` or `[base, index, lsl #n]`, with the storage base register for
 * globals.
 *
 * Sums wrap at 32 bits, so every `add` folds. The displacement of words and unsigned bytes reaches 4095 bytes either way; that of
 * halfwords and signed bytes 255, and their index is not shifted.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { MemoryOperand, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import type { SelectContext } from "../target.ts";
import { isConstant, splitConstant } from "./constants.ts";
import { define, immediate, memory, register, set, symbol } from "./instructions.ts";

/** Holds the address of the writable storage, plus the bias. */
export const storageBase: Register = 11;
/** Added to the storage's start in the base register, so that halfwords are reached on both sides of it. */
export const storageBias = 252;

/** What a displacement of an access reaches, either way. */
export type Reach = 255 | 4095;

/** The operand for an access at `address + offset`. */
export function addressOperand(
  selection: Selection,
  address: Instruction,
  offset: number,
  reach: Reach,
  context: SelectContext,
): MemoryOperand {
  if (address.op === "address")
    return fromSymbol(selection, address.symbol, address.offset + offset, reach, context);
  if (address.op === "add" && selection.canFold(address)) {
    const [left, right] = address.args as [Instruction, Instruction];
    if (right.op === "const") {
      const distance = Number(BigInt.asIntN(32, right.value + BigInt(offset)));
      return based(selection, selection.register(left), distance, reach);
    }
    if (left.op === "address") {
      const base = symbolRegister(selection, left.symbol, left.offset + offset, context);
      return withIndex(selection, base, right, reach);
    }
    if (offset === 0) {
      const isLeftIndex = isScaled(left) && !isScaled(right);
      const [base, index] = isLeftIndex ? [right, left] : [left, right];
      return withIndex(selection, selection.register(base), index, reach);
    }
  }
  return based(selection, selection.register(address), offset, reach);
}

/** Puts the address of `name` plus `offset` into `to`. */
export function emitSymbolAddress(
  selection: Selection,
  to: Register,
  name: string,
  offset: number,
  context: SelectContext,
): void {
  const inStorage = context.storageOffset(name);
  const distance = BigInt((inStorage ?? 0) + offset - storageBias);
  // Beyond one instruction a literal costs as much as two, and its uses share it.
  const isNear = inStorage !== undefined && (isConstant(distance) || isConstant(-distance));
  if (isNear) emitSum(selection, to, storageBase, distance);
  else selection.emit(set(to, symbol(name, offset)));
}

/** `to` = `from` + `amount` in one instruction or two; false where that takes more. */
export function emitSum(selection: Selection, to: Register, from: Register, amount: bigint): boolean {
  for (const [op, value] of [
    ["add", amount],
    ["sub", -amount],
  ] as const) {
    if (!isConstant(value)) continue;
    selection.emit(define(op, to, register(from), immediate(value)));
    return true;
  }
  for (const [op, value] of [
    ["add", amount],
    ["sub", -amount],
  ] as const) {
    const parts = splitConstant(value);
    if (!parts) continue;
    const half = selection.fresh();
    selection.emit(define(op, half, register(from), immediate(parts[0])));
    selection.emit(define(op, to, register(half), immediate(parts[1])));
    return true;
  }
  return false;
}

function symbolRegister(
  selection: Selection,
  name: string,
  offset: number,
  context: SelectContext,
): Register {
  if (context.storageOffset(name) === storageBias - offset) return storageBase;
  const to = selection.fresh();
  emitSymbolAddress(selection, to, name, offset, context);
  return to;
}

/** Of one symbol's places, those within reach share the address of its start. */
function fromSymbol(
  selection: Selection,
  name: string,
  offset: number,
  reach: Reach,
  context: SelectContext,
): MemoryOperand {
  const inStorage = context.storageOffset(name);
  if (inStorage !== undefined) return based(selection, storageBase, inStorage + offset - storageBias, reach);
  const near = Math.abs(offset) <= reach;
  const base = symbolRegister(selection, name, near ? 0 : offset, context);
  return memory({ base, displacement: near ? offset : 0 });
}

/** `[base, #displacement]`; what does not fit goes into another register. */
function based(selection: Selection, base: Register, displacement: number, reach: Reach): MemoryOperand {
  if (Math.abs(displacement) <= reach) return memory({ base, displacement });
  const low = ((displacement % (reach + 1)) + reach + 1) % (reach + 1);
  for (const rest of [low, low - reach - 1]) {
    const far = BigInt(displacement - rest);
    if (Math.abs(rest) > reach || !(isConstant(far) || isConstant(-far))) continue;
    const to = selection.fresh();
    emitSum(selection, to, base, far);
    return memory({ base: to, displacement: rest });
  }
  const index = selection.fresh();
  selection.emit(set(index, immediate(displacement)));
  return memory({ base, index });
}

function isScaled({ op, args: [, amount] }: Instruction): boolean {
  return op === "shl" && amount?.op === "const" && amount.value > 0n && amount.value < 4n;
}

function withIndex(selection: Selection, base: Register, index: Instruction, reach: Reach): MemoryOperand {
  const [shifted, amount] = index.args;
  if (reach === 4095 && isScaled(index) && shifted && amount && selection.canFold(index)) {
    const scale = (1 << Number(amount.value)) as 2 | 4 | 8;
    return memory({ base, index: selection.register(shifted), scale });
  }
  return memory({ base, index: selection.register(index) });
}
