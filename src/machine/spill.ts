/**
 * Spilling: a register for which there was no room lives in a stack slot; each instruction that names it
 * gets a short-lived register of its own, loaded before and stored after.
 */

import type { RegisterFile } from "./allocate.ts";
import type { MachineFunction, MachineInstruction, Operand, Register } from "./machine.ts";

/** Rewrites `fn` so that the `spilled` registers live in the frame; new registers join `unspillable`. */
export function spill(
  fn: MachineFunction,
  spilled: readonly Register[],
  file: RegisterFile,
  unspillable: Set<Register>,
): void {
  const slots = new Map<Register, number>();
  for (const register of spilled) {
    slots.set(register, fn.frameBytes);
    fn.frameBytes += file.wordBytes;
  }
  const fresh = (): Register => {
    const register = fn.registers++;
    unspillable.add(register);
    return register;
  };

  const arrivals: MachineInstruction[] = [];
  fn.parameters = fn.parameters.map((parameter) => {
    const slot = slots.get(parameter);
    if (slot === undefined) return parameter;
    const arrived = fresh();
    arrivals.push(file.storeSpill(arrived, slot));
    return arrived;
  });

  for (const block of fn.blocks) {
    const rewritten: MachineInstruction[] = block === fn.blocks[0] ? arrivals : [];
    for (const instruction of block.instructions) rewritten.push(...through(instruction));
    if (block.branch) {
      const around = through(block.branch);
      around.pop();
      rewritten.push(...around);
    }
    block.instructions = rewritten;
  }

  /** Loads, the instruction itself, stores. A branch only uses registers, so nothing follows it. */
  function through(instruction: MachineInstruction): MachineInstruction[] {
    const loads: MachineInstruction[] = [];
    const stores: MachineInstruction[] = [];
    const renamed = new Map<Register, Register>();
    const rename = (register: Register, reads: boolean, writes: boolean): Register => {
      const slot = slots.get(register);
      if (slot === undefined) return register;
      let temporary = renamed.get(register);
      if (temporary === undefined) {
        temporary = fresh();
        renamed.set(register, temporary);
      }
      if (reads && !loads.some((load) => names(load, temporary))) loads.push(file.loadSpill(temporary, slot));
      if (writes) stores.push(file.storeSpill(temporary, slot));
      return temporary;
    };
    for (const [index, operand] of instruction.operands.entries()) {
      const role = instruction.roles[index];
      if (operand.kind === "register") {
        operand.register = rename(operand.register, role !== "d", role !== "u");
      } else if (operand.kind === "memory") {
        if (operand.base !== undefined) operand.base = rename(operand.base, true, false);
        if (operand.index !== undefined) operand.index = rename(operand.index, true, false);
      }
    }
    return [...loads, instruction, ...stores];
  }
}

function names(load: MachineInstruction, register: Register): boolean {
  const [first] = load.operands as [Operand];
  return first.kind === "register" && first.register === register;
}
