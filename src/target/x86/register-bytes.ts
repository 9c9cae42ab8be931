/**
 * What registers cost: the second eight a prefix, unless there is one; some of them a byte more as a base; the low bytes of rsi and
 * rdi a prefix, too. eax has forms of its own that are shorter.
 */

import type { RegisterFile } from "../../machine/allocate.ts";
import type { MachineInstruction, MemoryOperand, Operand, Register } from "../../machine/machine.ts";
import { rax } from "./instructions.ts";
import type { Mode } from "./mode.ts";

const takesNumberInRax: ReadonlySet<string> = new Set([
  "add",
  "or",
  "adc",
  "sbb",
  "and",
  "sub",
  "xor",
  "cmp",
  "test",
]);

/** How likely what is compared is a byte, or a move an exchange. */
const chance = 0.5;

export function registerBytesFor({ word }: Pick<Mode, "word">): NonNullable<RegisterFile["registerBytes"]> {
  return (instruction, colourOf) => {
    const { op, width, operands, isMove } = instruction;
    let bytes = 0;
    let hasPrefix = width === 64;
    for (let index = 0; index < operands.length; index++) {
      const operand = operands[index] as Operand;
      if (operand.kind === "memory") {
        const base = operand.base === undefined ? undefined : colourOf(operand.base);
        const scaled = operand.index === undefined ? undefined : colourOf(operand.index);
        if ((base ?? 0) > 7 || (scaled ?? 0) > 7) hasPrefix = true;
        bytes += baseBytes(operand, base);
      } else if (operand.kind === "register") {
        const register = colourOf(operand.register);
        const isByte = width === 8 || (op === "movzx8" && index === 1);
        if (register > 7 || (word === 64 && isByte && register > 3)) hasPrefix = true;
        // What is loaded and only compared becomes a byte.
        if (op === "movzx8" && index === 0 && register > 3 && register < 8) bytes += chance;
        if (isMove && register === rax) bytes -= chance;
      }
    }
    if (hasPrefix) bytes++;
    return bytes - accumulatorGain(instruction, colourOf);
  };
}

/** r12 and rsp as a base want another byte, r13 and rbp a displacement. */
function baseBytes({ index, displacement, symbol }: MemoryOperand, base: Register | undefined): number {
  if (base === undefined || index !== undefined || symbol !== undefined) return 0;
  return base === 12 || (base === 13 && displacement === 0) ? 1 : 0;
}

function accumulatorGain(
  { op, operands: [first, second] }: MachineInstruction,
  colourOf: (register: Register) => Register,
): number {
  if (!takesNumberInRax.has(op) || first?.kind !== "register" || colourOf(first.register) !== rax) return 0;
  if (second?.kind === "symbol") return 1;
  if (second?.kind !== "immediate") return 0;
  const isSmall = second.value === BigInt.asIntN(8, second.value);
  if (!isSmall || op === "test") return 1;
  return op === "cmp" ? chance : 0;
}
