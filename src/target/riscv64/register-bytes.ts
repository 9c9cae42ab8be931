/**
 * What registers cost: compressed instructions want the result where the first operand is, and most of them one of eight
 * registers. Asked about instructions that could be compressed, with registers that do not let them.
 */

import type { RegisterFile } from "../../machine/allocate.ts";
import type { MachineInstruction, Operand, Register } from "../../machine/machine.ts";
import { shortAccesses, shortImmediates, shortOperations } from "./opcodes.ts";
import { isPopular, sp, zero } from "./registers.ts";

const saved = 2;
const commutative: ReadonlySet<string> = new Set(["add", "addw", "and", "or", "xor"]);

export const registerBytes: NonNullable<RegisterFile["registerBytes"]> = (instruction, colourOf) =>
  isLong(instruction, colourOf) ? saved : 0;

type Colours = (register: Register) => Register;

function isLong({ op, operands, isMove }: MachineInstruction, colourOf: Colours): boolean {
  if (isMove) return false;
  const [first, second, third] = operands;
  const [to, from] = [registerIn(first, colourOf), registerIn(second, colourOf)];
  if (to === undefined) return false;
  if (second?.kind === "memory") {
    const row = shortAccesses[op];
    if (row === undefined || second.base === undefined || second.symbol !== undefined) return false;
    const { displacement } = second;
    const base = colourOf(second.base);
    if (base === sp || displacement < 0 || displacement % row.bytes !== 0) return false;
    return displacement < 32 * row.bytes && !(isPopular(base) && isPopular(to));
  }
  if (from === undefined) return false;
  if (op === "beq" || op === "bne") return from === zero && !isPopular(to);
  const other = registerIn(third, colourOf);
  if (other !== undefined) {
    if (from === zero || other === zero) return false;
    const isSame = to === from || (commutative.has(op) && to === other);
    if (op === "add") return !isSame;
    return shortOperations[op] !== undefined && !(isSame && isPopular(from) && isPopular(other));
  }
  if (third?.kind !== "immediate" || from === zero) return false;
  const isSmall = third.value >= -32n && third.value < 32n;
  if (op === "slli") return to !== from;
  if (op === "addi" || op === "addiw") return isSmall && to !== from && third.value !== 0n;
  if (shortImmediates[op] === undefined || (op === "andi" && !isSmall)) return false;
  return to !== from || !isPopular(to);
}

function registerIn(operand: Operand | undefined, colourOf: Colours): Register | undefined {
  return operand?.kind === "register" ? colourOf(operand.register) : undefined;
}
