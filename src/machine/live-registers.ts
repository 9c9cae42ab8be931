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
  const { blocks } = fn;
  const places = new Map(blocks.map((block, place) => [block, place]));
  const following = blocks.map((block) => successors(block).map((next) => places.get(next) as number));
  const used = new Int32Array(blocks.length);
  const defined = new Int32Array(blocks.length);
  for (const [place, { instructions, branch }] of blocks.entries()) {
    let [use, define] = [0, 0];
    const note = (instruction: MachineInstruction): void => {
      use |= usesOf(instruction) & ~define;
      define |= definitionsOf(instruction);
    };
    instructions.forEach(note);
    if (branch) note(branch);
    used[place] = use;
    defined[place] = define;
  }
  const live = new Int32Array(blocks.length);
  for (let changed = true; changed; ) {
    changed = false;
    for (let place = blocks.length - 1; place >= 0; place--) {
      let after = live[place] as RegisterBits;
      for (const next of following[place] as readonly number[]) {
        after |= (used[next] as number) | ((live[next] as number) & ~(defined[next] as number));
      }
      if (after === live[place]) continue;
      live[place] = after;
      changed = true;
    }
  }
  return new Map(blocks.map((block, place) => [block, live[place] as RegisterBits]));
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
