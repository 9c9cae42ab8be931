/**
 * What an operation reads: a number that fits the instruction, a load that nobody else needs as an operand in memory, or a register.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { MemoryOperand, Operand, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { addressOperand, isFixedAddress } from "./address.ts";
import { immediate, register, symbol, type Width } from "./instructions.ts";
import type { ModeContext } from "./mode.ts";

/** The value as an immediate that sign-extends from 32 bits, or undefined. */
export function asImmediate(value: Instruction, context: ModeContext): Operand | undefined {
  if (value.op === "const") {
    return BigInt.asIntN(32, value.value) === value.value ? immediate(value.value) : undefined;
  }
  return isFixedAddress(value, context) ? symbol(value.symbol, value.offset) : undefined;
}

export function isZero(value: Instruction | undefined): boolean {
  return value?.op === "const" && value.value === 0n;
}

/** The value as an immediate, a folded load of its full width, or a register. */
export function source(selection: Selection, value: Instruction, context: ModeContext): Operand {
  return asImmediate(value, context) ?? loadedOrRegister(selection, value, context);
}

/** The value as a folded load of its full width, or a register. */
export function loadedOrRegister(selection: Selection, value: Instruction, context: ModeContext): Operand {
  const isLoad = value.op === "load32" || value.op === "load64";
  if (isLoad && selection.canFold(value)) return memoryOf(selection, value, context);
  return register(selection.register(value));
}

/** The place of a load that is folded. */
export function memoryOf(selection: Selection, access: Instruction, context: ModeContext): MemoryOperand {
  return addressOperand(selection, access.args[0] as Instruction, access.offset, context);
}

/** A register whose low bits are those of the value, as an operand of `width`. */
export function registerOfWidth(
  selection: Selection,
  value: Instruction,
  width: Width,
  context: ModeContext,
): Operand {
  return register(width === 8 ? byteRegister(selection, value, context) : selection.register(value));
}

/** A register that holds the value and has a byte part: on 386 only four have. */
export function byteRegister(selection: Selection, value: Instruction, context: ModeContext): Register {
  if (context.mode.word === 64) return selection.register(value);
  const byte = selection.fresh();
  selection.moveTo(byte, value);
  return byte;
}
