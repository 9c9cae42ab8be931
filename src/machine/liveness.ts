/**
 * Which registers are live at the end of each block: the usual backward fixed point over bit sets, with a list of the
 * blocks whose beginnings have become more live since those before them looked.
 */

import { type MachineFunction, type MachineInstruction, type Register, successors } from "./machine.ts";
import { forEachDefinition, forEachUse } from "./registers.ts";

/** A set of register numbers, 32 to a word. */
export type RegisterSet = Uint32Array;

export function has(set: RegisterSet, register: number): boolean {
  return ((set[register >>> 5] as number) & (1 << (register & 31))) !== 0;
}

export function insert(set: RegisterSet, register: number): void {
  set[register >>> 5] = (set[register >>> 5] as number) | (1 << (register & 31));
}

export function remove(set: RegisterSet, register: number): void {
  set[register >>> 5] = (set[register >>> 5] as number) & ~(1 << (register & 31));
}

/** Registers live when control leaves each block, by the block's place in `fn.blocks`. */
export function liveOut(fn: MachineFunction): RegisterSet[] {
  const words = (fn.registers + 31) >>> 5;
  const empty = (): RegisterSet => new Uint32Array(words);
  const place = new Map(fn.blocks.map((block, index) => [block, index]));
  const live = fn.blocks.map(empty);
  /** Live when control enters. */
  const entered = fn.blocks.map(empty);
  const defined = fn.blocks.map(empty);
  const predecessors: number[][] = fn.blocks.map(() => []);

  let use = empty();
  let define = empty();
  const noteUse = (register: Register): void => {
    if (!has(define, register)) insert(use, register);
  };
  const noteDefinition = (register: Register): void => insert(define, register);
  const note = (instruction: MachineInstruction): void => {
    forEachUse(instruction, noteUse);
    forEachDefinition(instruction, noteDefinition);
  };
  for (const [index, block] of fn.blocks.entries()) {
    use = entered[index] as RegisterSet;
    define = defined[index] as RegisterSet;
    block.instructions.forEach(note);
    if (block.branch) note(block.branch);
    for (const next of successors(block)) predecessors[place.get(next) as number]?.push(index);
  }

  // What is live where control enters a block is live where it leaves those before: the last block is taken up first.
  const work = fn.blocks.map((_, index) => index);
  const waiting = new Uint8Array(fn.blocks.length).fill(1);
  for (let index = work.pop(); index !== undefined; index = work.pop()) {
    waiting[index] = 0;
    const before = entered[index] as RegisterSet;
    for (const predecessor of predecessors[index] as number[]) {
      const out = live[predecessor] as RegisterSet;
      const kept = defined[predecessor] as RegisterSet;
      const into = entered[predecessor] as RegisterSet;
      let grown = false;
      for (let word = 0; word < words; word++) {
        const added = (before[word] as number) & ~(out[word] as number);
        if (added === 0) continue;
        out[word] = (out[word] as number) | added;
        const further = added & ~(kept[word] as number) & ~(into[word] as number);
        if (further === 0) continue;
        into[word] = (into[word] as number) | further;
        grown = true;
      }
      if (!grown || waiting[predecessor] === 1) continue;
      waiting[predecessor] = 1;
      work.push(predecessor);
    }
  }
  return live;
}
