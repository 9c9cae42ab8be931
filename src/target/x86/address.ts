/**
 * Addresses as memory operands: `[base + index * scale + displacement]`, with the storage base register for globals.
 *
 * On amd64 base + index is a 64-bit sum, so an `add` of 32 bits folds only where it is known not to wrap; on 386 it wraps.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { MemoryOperand } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { memory, rbp } from "./instructions.ts";
import type { ModeContext } from "./mode.ts";

/** Added to the storage's start in the base register, so that one signed byte reaches 256 bytes of it. */
export const storageBias = 128;

/** The operand for `address + offset`. */
export function addressOperand(
  selection: Selection,
  address: Instruction,
  offset: number,
  context: ModeContext,
): MemoryOperand {
  if (address.op === "address") return fromSymbol(address, offset, context);
  const staysAddress = address.noWrap || context.mode.word === 32;
  if (address.op === "add" && staysAddress && selection.canFold(address)) {
    const [left, right] = address.args as [Instruction, Instruction];
    if (left.op === "address") return symbolPlusIndex(selection, left, right, context, offset);
    if (right.op === "const") {
      return memory({ base: selection.register(left), displacement: offset + Number(right.value) });
    }
    return withIndex(selection, memory({ base: selection.register(left), displacement: offset }), right);
  }
  return memory({ base: selection.register(address), displacement: offset });
}

/** The operand for `address + index + offset`, where `address` names a symbol. */
export function symbolPlusIndex(
  selection: Selection,
  address: Instruction,
  index: Instruction,
  context: ModeContext,
  offset = 0,
): MemoryOperand {
  return withIndex(selection, fromSymbol(address, offset, context, true), index);
}

/** A number for the linker: a constant's address, or one in storage that is beyond the reach of the short displacements from its base. */
export function isFixedAddress(value: Instruction, context: ModeContext): boolean {
  const inStorage = value.op === "address" ? context.storageOffset(value.symbol) : undefined;
  const distance = (inStorage ?? Number.NaN) + value.offset - storageBias;
  return value.op === "address" && !(distance >= -128 && distance <= 127);
}

function fromSymbol(
  address: Instruction,
  offset: number,
  context: ModeContext,
  isIndexed = false,
): MemoryOperand {
  const displacement = address.offset + offset;
  const inStorage = context.storageOffset(address.symbol);
  if (inStorage === undefined) return memory({ symbol: address.symbol, displacement });
  const distance = inStorage + displacement - storageBias;
  // An absolute address is as short as four bytes of displacement, and shorter with eax or with an index, which then is the base.
  // Alone, it costs the 64-bit mode a byte.
  const isFar = (context.mode.word === 32 || isIndexed) && (distance < -128 || distance > 127);
  return isFar
    ? memory({ symbol: address.symbol, displacement })
    : memory({ base: rbp, displacement: distance });
}

function withIndex(selection: Selection, operand: MemoryOperand, index: Instruction): MemoryOperand {
  const [shifted, amount] = index.args;
  const scales =
    index.op === "shl" &&
    amount?.op === "const" &&
    amount.value >= 1n &&
    amount.value <= 3n &&
    selection.canFold(index);
  if (scales && shifted) {
    const scale = (1 << Number(amount.value)) as 2 | 4 | 8;
    return { ...operand, index: selection.register(shifted), scale };
  }
  if (operand.base === undefined) return { ...operand, base: selection.register(index) };
  return { ...operand, index: selection.register(index), scale: 1 };
}
