/**
 * Which physical registers are read later, for improvements after allocation: 32 registers as the bits of a number.
 * Flow between functions is in the instructions: a return reads the result, a call what it passes.
 */

import {
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type Register,
  successors,
} from "./machine.ts";
import { forEachDefinition, forEachInstruction, forEachUse } from "./registers.ts";

/** A bit for each of the registers 0 to 31; those beyond are not followed. */
export type RegisterBits = number;

export function registerBit(register: Register): RegisterBits {
  return register < 32 ? 1 << register : 0;
}

/** What is live when control leaves each block. */
export function liveAtEnds(fn: MachineFunction): ReadonlyMap<MachineBlock, RegisterBits> {
  const used = new Map<MachineBlock, RegisterBits>();
  const defined = new Map<MachineBlock, RegisterBits>();
  for (const block of fn.blocks) {
    let [use, define] = [0, 0];
    for (const instruction of block.instructions) {
      use |= usesOf(instruction) & ~define;
      define |= definitionsOf(instruction);
    }
    if (block.branch) {
      use |= usesOf(block.branch) & ~define;
      define |= definitionsOf(block.branch);
    }
    used.set(block, use);
    defined.set(block, define);
  }
  const live = new Map<MachineBlock, RegisterBits>(fn.blocks.map((block) => [block, 0]));
  for (let changed = true; changed; ) {
    changed = false;
    for (let index = fn.blocks.length - 1; index >= 0; index--) {
      const block = fn.blocks[index] as MachineBlock;
      let after = live.get(block) ?? 0;
      for (const next of successors(block)) {
        after |= (used.get(next) ?? 0) | ((live.get(next) ?? 0) & ~(defined.get(next) ?? 0));
      }
      if (after === live.get(block)) continue;
      live.set(block, after);
      changed = true;
    }
  }
  return live;
}

/** What is live after each of the block's instructions, when `end` is live at its end. */
export function liveAfterEach(block: MachineBlock, end: RegisterBits): RegisterBits[] {
  const live: RegisterBits[] = [];
  let now = block.branch ? (end & ~definitionsOf(block.branch)) | usesOf(block.branch) : end;
  for (let index = block.instructions.length - 1; index >= 0; index--) {
    live[index] = now;
    const instruction = block.instructions[index] as MachineInstruction;
    now = (now & ~definitionsOf(instruction)) | usesOf(instruction);
  }
  return live;
}

/** Every register that the function changes. */
export function changedRegisters(fn: MachineFunction): RegisterBits {
  let bits = 0;
  forEachInstruction(fn, (instruction) => {
    bits |= definitionsOf(instruction);
  });
  return bits;
}

export function usesOf(instruction: MachineInstruction): RegisterBits {
  let bits = 0;
  forEachUse(instruction, (register) => {
    bits |= registerBit(register);
  });
  return bits;
}

export function definitionsOf(instruction: MachineInstruction): RegisterBits {
  let bits = 0;
  forEachDefinition(instruction, (register) => {
    bits |= registerBit(register);
  });
  return bits;
}
