/**
 * Which registers an instruction reads and writes: the one place that understands operand roles.
 *
 * Loops count here and in other places that are passed a hundred thousand times: where they run, code is not optimised yet, and
 * an iterator costs five times as much.
 */

import type { MachineFunction, MachineInstruction, Operand, Register } from "./machine.ts";

const roleDefine = "d".charCodeAt(0);
const roleModify = "m".charCodeAt(0);

/** Calls `visit` with every register that the instruction reads. */
export function forEachUse(instruction: MachineInstruction, visit: (register: Register) => void): void {
  const { operands, roles, uses } = instruction;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i] as Operand;
    if (operand.kind === "register") {
      if (roles.charCodeAt(i) !== roleDefine) visit(operand.register);
    } else if (operand.kind === "memory") {
      if (operand.base !== undefined) visit(operand.base);
      if (operand.index !== undefined) visit(operand.index);
    }
  }
  for (let i = 0; i < uses.length; i++) visit(uses[i] as Register);
}

/** Calls `visit` with every register that the instruction writes. */
export function forEachDefinition(
  instruction: MachineInstruction,
  visit: (register: Register) => void,
): void {
  const { operands, roles, defines } = instruction;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i] as Operand;
    if (operand.kind !== "register") continue;
    const role = roles.charCodeAt(i);
    if (role === roleDefine || role === roleModify) visit(operand.register);
  }
  for (let i = 0; i < defines.length; i++) visit(defines[i] as Register);
}

/** Replaces every register of the operands by what `map` gives; implicit ones are physical and stay. */
export function mapRegisters(instruction: MachineInstruction, map: (register: Register) => Register): void {
  const { operands } = instruction;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i] as Operand;
    if (operand.kind === "register") operand.register = map(operand.register);
    else if (operand.kind === "memory") {
      if (operand.base !== undefined) operand.base = map(operand.base);
      if (operand.index !== undefined) operand.index = map(operand.index);
    }
  }
}

/** Every instruction of the function with its block's conditional branch last. */
export function forEachInstruction(
  fn: MachineFunction,
  visit: (instruction: MachineInstruction) => void,
): void {
  for (const block of fn.blocks) {
    for (const instruction of block.instructions) visit(instruction);
    if (block.branch) visit(block.branch);
  }
}
