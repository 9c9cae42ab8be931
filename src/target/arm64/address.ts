/**
 * Addresses as memory operands: `[base, #displacement]` or `[base, index, lsl #n]`, with the storage base register for
 * globals.
 *
 * base + index is a 64-bit sum here, so an `add` of 32 bits folds only where it is known not to wrap. A
 * displacement counts in units of the access up to 4095 of them, or bytes from -256 to 255.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { MemoryOperand, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import type { SelectContext } from "../target.ts";
import { isAddend } from "./constants.ts";
import { define, immediate, memory, register, set, symbol } from "./instructions.ts";

/** Holds the address of the writable storage, plus the bias. */
export const storageBase: Register = 28;
/** Added to the storage's start in the base register, so that negative displacements reach something too. */
export const storageBias = 256;

/** `adr` reaches this far, less what the code itself may be long. */
const reach = 2 ** 20;

/** The operand for an access of `bytes` bytes at `address + offset`. */
export function addressOperand(
  selection: Selection,
  address: Instruction,
  offset: number,
  bytes: number,
  context: SelectContext,
): MemoryOperand {
  if (address.op === "address") {
    return fromSymbol(selection, address.symbol, address.offset + offset, bytes, context);
  }
  const folds =
    address.op === "add" && (address.noWrap || address.type === "i64") && selection.canFold(address);
  if (folds) {
    const [left, right] = address.args as [Instruction, Instruction];
    if (right.op === "const" && isSmall(right.value)) {
      return based(selection, selection.register(left), offset + Number(right.value), bytes);
    }
    if (left.op === "address") {
      const base = symbolRegister(selection, left.symbol, left.offset + offset, context);
      return withIndex(selection, base, right, bytes);
    }
    if (offset === 0 && right.op !== "const") {
      return withIndex(selection, selection.register(left), right, bytes);
    }
  }
  return based(selection, selection.register(address), offset, bytes);
}

function isSmall(value: bigint): boolean {
  return value > -0x4000_0000n && value < 0x4000_0000n;
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
  const distance = inStorage === undefined ? undefined : BigInt(inStorage + offset - storageBias);
  if (distance !== undefined && isAddend(distance)) {
    selection.emit(define("add", 64, to, register(storageBase), immediate(distance)));
  } else selection.emit(symbolAddress(to, name, offset, context.extent(name, offset)));
}

/** One instruction where the symbol is near the code. */
export function symbolAddress(
  to: Register,
  name: string,
  offset: number,
  extent: number,
): ReturnType<typeof define> {
  const isNear = extent < reach;
  return isNear ? define("adr", 64, to, symbol(name, offset)) : set(64, to, symbol(name, offset));
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

function fromSymbol(
  selection: Selection,
  name: string,
  offset: number,
  bytes: number,
  context: SelectContext,
): MemoryOperand {
  const inStorage = context.storageOffset(name);
  const distance = inStorage === undefined ? undefined : inStorage + offset - storageBias;
  if (distance !== undefined && fits(distance, bytes))
    return memory({ base: storageBase, displacement: distance });
  return memory({ base: symbolRegister(selection, name, offset, context) });
}

/** `[base, #displacement]`; what does not fit goes into another register. */
function based(selection: Selection, base: Register, displacement: number, bytes: number): MemoryOperand {
  if (fits(displacement, bytes)) return memory({ base, displacement });
  const low = ((displacement % 4096) + 4096) % 4096;
  const high = displacement - low;
  const to = selection.fresh();
  if (isAddend(BigInt(high)) && fits(low, bytes)) {
    selection.emit(define("add", 64, to, register(base), immediate(high)));
    return memory({ base: to, displacement: low });
  }
  selection.emit(set(64, to, immediate(displacement)));
  return memory({ base, index: to });
}

function fits(displacement: number, bytes: number): boolean {
  if (displacement >= -256 && displacement < 256) return true;
  const units = displacement / bytes;
  return Number.isInteger(units) && units >= 0 && units < 4096;
}

function withIndex(selection: Selection, base: Register, index: Instruction, bytes: number): MemoryOperand {
  const [shifted, amount] = index.args;
  const scales = index.op === "shl" && amount?.op === "const" && 1n << amount.value === BigInt(bytes);
  if (scales && bytes > 1 && shifted && selection.canFold(index)) {
    return memory({ base, index: selection.register(shifted), scale: bytes as 2 | 4 | 8 });
  }
  return memory({ base, index: selection.register(index) });
}
