/**
 * One bit against zero: `(x >> n) & 1` is `bt`, which puts the bit into the carry flag. In memory it takes any number of the bit, counted
 * from the place on, so that a set of bits in words (`set[n >> 5] >> (n & 31)`) is looked at in one instruction.
 */

import { upperBound } from "../../ir/evaluate.ts";
import type { Instruction } from "../../ir/ir.ts";
import type { MemoryOperand, Operand } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { addressOperand } from "./address.ts";
import { compare, register } from "./instructions.ts";
import type { ModeContext } from "./mode.ts";

/** Writes the test of `and`, whose result nobody else wants; false where it is none of one bit at a variable place. */
export function selectBitTest(selection: Selection, and: Instruction, context: ModeContext): boolean {
  const [shifted, one] = and.args as [Instruction, Instruction];
  if (one.op !== "const" || one.value !== 1n || shifted.op !== "lshr" || shifted.type !== "i32") return false;
  const [bits, amount] = shifted.args as [Instruction, Instruction];
  if (amount.op === "const" || !selection.canFold(shifted)) return false;
  const isMasked = amount.op === "and" && isNumber(amount.args[1], 31n) && selection.canFold(amount);
  const bit = isMasked ? (amount.args[0] as Instruction) : amount;
  const place: Operand =
    (isMasked ? setOf(selection, bits, bit, context) : undefined) ?? register(selection.register(bits));
  selection.emit(compare("bt", 32, place, register(selection.register(bit))));
  return true;
}

/** Where the set starts of which `bits` is the word with `bit`. */
function setOf(
  selection: Selection,
  bits: Instruction,
  bit: Instruction,
  context: ModeContext,
): MemoryOperand | undefined {
  const [address] = bits.args;
  if (bits.op !== "load32" || address?.op !== "add" || !selection.canFold(bits)) return undefined;
  const [start, distance] = address.args as [Instruction, Instruction];
  const [word, scale] = distance.args;
  const isWord = distance.op === "shl" && isNumber(scale, 2n) && word?.op === "lshr";
  if (!isWord || word.args[0] !== bit || !isNumber(word.args[1], 5n)) return undefined;
  // The machine takes the bit's number as signed.
  if (!selection.canFold(address) || upperBound(bit) > 0x7fff_ffffn) return undefined;
  return addressOperand(selection, start, bits.offset, context);
}

function isNumber(value: Instruction | undefined, wanted: bigint): boolean {
  return value?.op === "const" && value.value === wanted;
}
