/**
 * The dominator tree, by the iterative algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance
 * Algorithm", 2001). Blocks must be in reverse post-order, numbered by `id`.
 */

import type { Block, IrFunction } from "./ir.ts";

export interface Dominators {
  /** Whether every way to `block` leads through `dominator` (a block dominates itself). */
  dominates(dominator: Block, block: Block): boolean;
}

export function findDominators(fn: IrFunction): Dominators {
  const count = fn.blocks.length;
  const parent = new Int32Array(count).fill(-1);
  parent[0] = 0;
  const intersect = (a: number, b: number): number => {
    let [x, y] = [a, b];
    while (x !== y) {
      while (x > y) x = parent[x] as number;
      while (y > x) y = parent[y] as number;
    }
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let index = 1; index < count; index++) {
      let nearest = -1;
      for (const { id } of (fn.blocks[index] as Block).predecessors) {
        if ((parent[id] as number) < 0) continue;
        nearest = nearest < 0 ? id : intersect(id, nearest);
      }
      if (nearest >= 0 && parent[index] !== nearest) {
        parent[index] = nearest;
        changed = true;
      }
    }
  }
  return {
    dominates(dominator, block) {
      let at = block.id;
      while (at > dominator.id) at = parent[at] as number;
      return at === dominator.id;
    },
  };
}
