/**
 * An instruction's operands by position, each as the kind that an encoder needs there; anything else is a Bug of
 * selection.
 */

import { Bug } from "../base/errors.ts";
import type { MachineInstruction, MemoryOperand, Operand } from "../machine/machine.ts";
import type { BranchTarget } from "./assembler.ts";

export function operand(instruction: MachineInstruction, index: number): Operand {
  const found = instruction.operands[index];
  if (found === undefined) throw new Bug(`${instruction.op} without operand ${index + 1}`);
  return found;
}

export function register(instruction: MachineInstruction, index: number): number {
  const found = operand(instruction, index);
  if (found.kind !== "register") throw new Bug(`${instruction.op}: operand ${index + 1} is no register`);
  return found.register;
}

export function immediate(instruction: MachineInstruction, index: number): bigint {
  const found = operand(instruction, index);
  if (found.kind !== "immediate") throw new Bug(`${instruction.op}: operand ${index + 1} is no number`);
  return found.value;
}

export function memory(instruction: MachineInstruction, index: number): MemoryOperand {
  const found = operand(instruction, index);
  if (found.kind !== "memory") throw new Bug(`${instruction.op}: operand ${index + 1} is no memory`);
  return found;
}

/** Where a branch goes: a block, or a function by name. */
export function targetOf(target: Operand): BranchTarget {
  if (target.kind === "block") return target.block;
  if (target.kind === "symbol" && target.offset === 0) return target.symbol;
  throw new Bug(`a branch cannot go to a ${target.kind} operand`);
}
