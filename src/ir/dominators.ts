/**
 * Dominators, after Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001): fast
 * for the functions of real programs, and short.
 */

import type { Block, IrFunction } from "./ir.ts";
import { forEachSuccessor } from "./order.ts";

export interface DominatorTree {
  isReachable(block: Block): boolean;
  /** The closest strict dominator; undefined for the entry and for what control does not reach. */
  parent(block: Block): Block | undefined;
}

/** Does every path from the entry to `block` lead through `dominator`? A block dominates itself. */
export function dominates(tree: DominatorTree, dominator: Block, block: Block): boolean {
  let current: Block | undefined = block;
  while (current !== undefined && current !== dominator) current = tree.parent(current);
  return current === dominator;
}

/** Of any function: its blocks may be in any order and some out of reach. */
export function dominatorTree(fn: IrFunction): DominatorTree {
  const order = reversePostOrder(fn);
  const position = new Map<Block, number>(order.map((block, index) => [block, index]));
  /** By position in `order`. */
  const parents: number[] = [0];
  for (let changed = true; changed; ) {
    changed = false;
    order.forEach((block, index) => {
      if (index === 0) return;
      const parent = commonDominator(block, position, parents);
      if (parents[index] === parent) return;
      parents[index] = parent;
      changed = true;
    });
  }
  return {
    isReachable: (block) => position.has(block),
    parent: (block) => {
      const index = position.get(block);
      return index === undefined || index === 0 ? undefined : order[parents[index] ?? 0];
    },
  };
}

function commonDominator(
  block: Block,
  position: ReadonlyMap<Block, number>,
  parents: readonly number[],
): number {
  let common: number | undefined;
  for (const predecessor of block.predecessors) {
    const index = position.get(predecessor);
    if (index === undefined || parents[index] === undefined) continue;
    common = common === undefined ? index : meet(parents, common, index);
  }
  return common ?? 0;
}

/** A dominator comes before what it dominates, so the later of the two goes up. */
function meet(parents: readonly number[], left: number, right: number): number {
  let [first, second] = [left, right];
  while (first !== second) {
    if (first > second) first = parents[first] ?? 0;
    else second = parents[second] ?? 0;
  }
  return first;
}

function reversePostOrder(fn: IrFunction): Block[] {
  const seen = new Set<Block>();
  const postOrder: Block[] = [];
  const stack: { readonly block: Block; readonly next: Block[] }[] = [];
  const enter = (block: Block): void => {
    if (seen.has(block)) return;
    seen.add(block);
    const next: Block[] = [];
    forEachSuccessor(block, (successor) => next.push(successor));
    stack.push({ block, next });
  };
  for (const entry of fn.blocks.slice(0, 1)) enter(entry);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.next.pop();
    if (next !== undefined) enter(next);
    else {
      postOrder.push(top.block);
      stack.pop();
    }
  }
  return postOrder.reverse();
}
