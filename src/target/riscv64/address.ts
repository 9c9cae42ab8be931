/**
 * Addresses as memory operands: a register and 12 signed bits, or a register with the upper part of a symbol's
 * address and the symbol's lower part. Globals are reached from the storage base register.
 */

import type { Extent } from "../../elf/extents.ts";
import type { Instruction } from "../../ir/ir.ts";
import type { MachineInstruction, MemoryOperand, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import type { SelectContext } from "../target.ts";
import { fitsSigned } from "./constants.ts";
import { define, immediate, instruction, memory, modify, move, register, symbol } from "./instructions.ts";

/** Holds the address of the writable storage: s0, so that compressed loads and stores reach its start. */
export const storageBase: Register = 8;
/** Compressed offsets are never negative. */
export const storageBias = 0;
/** Address of the file's first byte: the lowest that kernels let programs have, so that `c.lui` reaches what is near. */
export const base = 0x1_0000;

/** `c.lui` gives at most 0x1f000, and the lower part half a page more. */
const shortReach = 0x1_f800;

/** The operand for an access at `address + offset`. */
export function addressOperand(
  selection: Selection,
  address: Instruction,
  offset: number,
  context: SelectContext,
): MemoryOperand {
  if (address.op === "address") {
    return fromSymbol(selection, address.symbol, address.offset + offset, undefined, context);
  }
  if (address.op === "add" && (address.noWrap || address.type === "i64") && selection.canFold(address)) {
    const [left, right] = address.args as [Instruction, Instruction];
    if (right.op === "const" && fitsSigned(right.value + BigInt(offset), 12)) {
      return memory({ base: selection.register(left), displacement: offset + Number(right.value) });
    }
    if (left.op === "address") {
      return fromSymbol(selection, left.symbol, left.offset + offset, selection.register(right), context);
    }
  }
  return based(selection, selection.register(address), offset);
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
  const distance = inStorage === undefined ? undefined : inStorage + offset - storageBias;
  if (distance !== undefined && fitsSigned(BigInt(distance), 12)) {
    selection.emit(define("addi", to, register(storageBase), immediate(distance)));
  } else selection.emit(symbolAddress(to, name, offset, context.extent));
}

/** The whole address of a symbol. */
export function symbolAddress(
  to: Register,
  name: string,
  offset: number,
  extent: Extent,
): MachineInstruction {
  const op = isNear(name, offset, extent) ? "c.la" : "la";
  return instruction(op, 64, [register(to), symbol(name, offset)], "du");
}

function upperPart(to: Register, name: string, offset: number, extent: Extent): MachineInstruction {
  const op = isNear(name, offset, extent) ? "c.lui" : "lui";
  return instruction(op, 64, [register(to), symbol(name, offset)], "du");
}

function isNear(name: string, offset: number, extent: Extent): boolean {
  return base + extent(name, offset) < shortReach && offset > -0x800;
}

function fromSymbol(
  selection: Selection,
  name: string,
  offset: number,
  index: Register | undefined,
  context: SelectContext,
): MemoryOperand {
  const inStorage = context.storageOffset(name);
  const distance = inStorage === undefined ? undefined : inStorage + offset - storageBias;
  if (distance !== undefined && fitsSigned(BigInt(distance), 12)) {
    if (index === undefined) return memory({ base: storageBase, displacement: distance });
    return memory({ base: sum(selection, index, storageBase), displacement: distance });
  }
  const to = selection.fresh();
  selection.emit(upperPart(to, name, offset, context.extent));
  if (index !== undefined) selection.emit(modify("add", to, register(index)));
  return memory({ base: to, symbol: name, displacement: offset });
}

function sum(selection: Selection, index: Register, start: Register): Register {
  const to = selection.fresh();
  selection.emit(move(to, index));
  selection.emit(modify("add", to, register(start)));
  return to;
}

function based(selection: Selection, start: Register, displacement: number): MemoryOperand {
  if (fitsSigned(BigInt(displacement), 12)) return memory({ base: start, displacement });
  const low = Number(BigInt.asIntN(12, BigInt(displacement)));
  const to = selection.fresh();
  selection.emit(define("li", to, immediate(displacement - low)));
  selection.emit(modify("add", to, register(start)));
  return memory({ base: to, displacement: low });
}
