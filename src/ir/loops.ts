/**
 * Loop depth of each block: how many natural loops it is in. A back edge goes to a block that dominates its
 * source; in the reducible flow graphs that lowering makes, that is an edge against reverse post-order.
 */

import type { Block, IrFunction } from "./ir.ts";

/** The depth of each block, by its place in `fn.blocks`, which must be in reverse post-order. */
export function loopDepths(fn: IrFunction): number[] {
  const place = new Map<Block, number>(fn.blocks.map((block, index) => [block, index]));
  const depth = fn.blocks.map(() => 0);
  for (const [headerPlace, header] of fn.blocks.entries()) {
    const latches = header.predecessors.filter((block) => (place.get(block) ?? -1) >= headerPlace);
    if (latches.length === 0) continue;
    const body = new Set<Block>([header]);
    const waiting = [...latches];
    for (let block = waiting.pop(); block; block = waiting.pop()) {
      if (body.has(block)) continue;
      body.add(block);
      waiting.push(...block.predecessors);
    }
    for (const block of body) {
      const index = place.get(block) as number;
      depth[index] = (depth[index] as number) + 1;
    }
  }
  return depth;
}
