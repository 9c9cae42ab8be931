/**
 * Spilling: a register for which there was no room lives in a stack slot. Instructions that can take an operand
 * from memory use the slot; for the others each use gets a short-lived register of its own, loaded before and stored after.
 */

import type { RegisterFile } from "./allocate.ts";
import type { MachineFunction, MachineInstruction, Register } from "./machine.ts";
import { forEachInstruction, forEachUse } from "./registers.ts";

interface Slot {
  /** From the stack pointer, in bytes. */
  readonly offset: number;
  /** Of every access: the widest that the function makes of the register. */
  readonly width: 32 | 64;
}

/** Rewrites `fn` so that the `spilled` registers live in the frame; new registers join `unspillable`. */
export function spill(
  fn: MachineFunction,
  spilled: readonly Register[],
  file: RegisterFile,
  unspillable: Set<Register>,
): void {
  const wide = wideRegisters(fn);
  const slots = new Map<Register, Slot>();
  for (const register of spilled) {
    slots.set(register, { offset: fn.frameBytes, width: wide.has(register) ? 64 : 32 });
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
    arrivals.push(file.storeSpill(arrived, slot.offset, slot.width));
    return arrived;
  });

  /** Every return reads a result from one register. */
  const results = new Map<Register, Register>();
  const returned = (register: Register | undefined): Register | undefined => {
    if (register === undefined || !slots.has(register)) return register;
    const temporary = fresh();
    results.set(register, temporary);
    return temporary;
  };
  fn.result = returned(fn.result);
  fn.resultHigh = returned(fn.resultHigh);

  for (const block of fn.blocks) {
    const rewritten: MachineInstruction[] = block === fn.blocks[0] ? arrivals : [];
    for (const instruction of block.instructions) {
      if (!isIdle(instruction)) rewritten.push(...through(instruction));
    }
    if (block.branch) {
      const around = through(block.branch);
      block.branch = around.pop();
      rewritten.push(...around);
    }
    block.instructions = rewritten;
  }

  /** Loads, the instruction itself, stores. A branch only reads registers, so nothing follows it. */
  function through(given: MachineInstruction): MachineInstruction[] {
    const instruction = withSlot(given);
    const renamed = new Map<Register, Register>();
    const loads: MachineInstruction[] = [];
    const stores: MachineInstruction[] = [];
    const rename = (register: Register, role: string): Register => {
      const slot = slots.get(register);
      if (slot === undefined) return register;
      let temporary = renamed.get(register);
      if (temporary === undefined) {
        temporary = (instruction.op === "ret" ? results.get(register) : undefined) ?? fresh();
        renamed.set(register, temporary);
        if (isRead(instruction, register)) loads.push(file.loadSpill(temporary, slot.offset, slot.width));
      }
      if (role !== "u") stores.push(file.storeSpill(temporary, slot.offset, slot.width));
      return temporary;
    };
    for (const [index, operand] of instruction.operands.entries()) {
      if (operand.kind === "register") {
        operand.register = rename(operand.register, instruction.roles[index] ?? "u");
      } else if (operand.kind === "memory") {
        if (operand.base !== undefined) operand.base = rename(operand.base, "u");
        if (operand.index !== undefined) operand.index = rename(operand.index, "u");
      }
    }
    return [...loads, instruction, ...stores];
  }

  /** The instruction on the slot itself, when one spilled register occurs in it once. */
  function withSlot(instruction: MachineInstruction): MachineInstruction {
    for (const [index, operand] of instruction.operands.entries()) {
      if (operand.kind !== "register") continue;
      const slot = slots.get(operand.register);
      if (!slot || occurrences(instruction, operand.register) > 1) continue;
      const direct = file.useSpill(instruction, index, slot.offset, slot.width);
      if (direct) return direct;
    }
    return instruction;
  }
}

/** A move of a register to itself, left over where several share a slot. */
function isIdle({ isMove, operands: [to, from] }: MachineInstruction): boolean {
  return isMove && to?.kind === "register" && from?.kind === "register" && to.register === from.register;
}

function occurrences(instruction: MachineInstruction, register: Register): number {
  let count = 0;
  for (const operand of instruction.operands) {
    if (operand.kind === "register" && operand.register === register) count++;
    if (operand.kind === "memory")
      count += Number(operand.base === register) + Number(operand.index === register);
  }
  return count;
}

function isRead(instruction: MachineInstruction, register: Register): boolean {
  let read = false;
  forEachUse(instruction, (used) => {
    if (used === register) read = true;
  });
  return read;
}

/**
 * Registers that some instruction names at 64 bits. As a base or index a register of 32 bits is zero-extended, and so it is when
 * 32 bits are loaded; but of one that is nothing else nobody knows the width.
 */
function wideRegisters(fn: MachineFunction): Set<Register> {
  const wide = new Set<Register>();
  const narrow = new Set<Register>();
  const inAddresses = new Set<Register>();
  forEachInstruction(fn, ({ width, operands }) => {
    for (const operand of operands) {
      if (operand.kind === "register") (width === 64 ? wide : narrow).add(operand.register);
      if (operand.kind === "memory") {
        if (operand.base !== undefined) inAddresses.add(operand.base);
        if (operand.index !== undefined) inAddresses.add(operand.index);
      }
    }
  });
  for (const register of inAddresses) if (!narrow.has(register)) wide.add(register);
  return wide;
}
