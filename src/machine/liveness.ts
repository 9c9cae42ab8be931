/**
 * Which registers are live at the end of each block: the usual backward fixed point over bit sets.
 */

import { type MachineFunction, successors } from "./machine.ts";
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

/** Calls `visit` with each member, in ascending order. */
export function forEachMember(set: RegisterSet, visit: (register: number) => void): void {
  for (let word = 0; word < set.length; word++) {
    let bits = set[word] as number;
    while (bits !== 0) {
      const low = 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      visit(word * 32 + low);
    }
  }
}

/** Registers live when control leaves each block, by the block's place in `fn.blocks`. */
export function liveOut(fn: MachineFunction): RegisterSet[] {
  const words = (fn.registers + 31) >>> 5;
  const place = new Map(fn.blocks.map((block, index) => [block, index]));
  const used = fn.blocks.map(() => new Uint32Array(words));
  const defined = fn.blocks.map(() => new Uint32Array(words));
  const live = fn.blocks.map(() => new Uint32Array(words));
  const follow = fn.blocks.map((block) => successors(block).map((next) => place.get(next) as number));

  for (const [index, block] of fn.blocks.entries()) {
    const use = used[index] as RegisterSet;
    const define = defined[index] as RegisterSet;
    const all = block.branch ? [...block.instructions, block.branch] : block.instructions;
    for (const instruction of all) {
      forEachUse(instruction, (register) => {
        if (!has(define, register)) insert(use, register);
      });
      forEachDefinition(instruction, (register) => insert(define, register));
    }
  }

  for (let changed = true; changed; ) {
    changed = false;
    for (let index = fn.blocks.length - 1; index >= 0; index--) {
      const out = live[index] as RegisterSet;
      for (const next of follow[index] as number[]) {
        const nextUse = used[next] as RegisterSet;
        const nextDefine = defined[next] as RegisterSet;
        const nextOut = live[next] as RegisterSet;
        for (let word = 0; word < words; word++) {
          const before = out[word] as number;
          const after =
            before | (nextUse[word] as number) | ((nextOut[word] as number) & ~(nextDefine[word] as number));
          if (after !== (before | 0) && after >>> 0 !== before) {
            out[word] = after;
            changed = true;
          }
        }
      }
    }
  }
  return live;
}
