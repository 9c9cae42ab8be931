/**
 * The order of chains of blocks on machines whose near branches are shorter.
 *
 * A chain is a run of blocks that fall into each other; between chains control never falls, so they may lie in any order. Each
 * chain is tried beside those that it branches to and from, and stays where the whole function is smallest, branches
 * relaxed as the assembler will do it.
 */

import type { MachineBlock } from "./machine.ts";

/** The bytes of near and far branches, and how far near ones reach. */
export interface BranchSizes {
  readonly near: number;
  readonly far: number;
  readonly reach: number;
}

export interface ArrangedBranch {
  /** Index of the block that it goes to. */
  readonly target: number;
  readonly sizes: BranchSizes;
}

/** A block's bytes without its branches, which are at its end. */
export interface ArrangedBlock {
  readonly block: MachineBlock;
  readonly bytes: number;
  readonly branches: readonly ArrangedBranch[];
  /** Control may fall into the following block. */
  readonly falls: boolean;
}

const passes = 2;

/** The blocks in a better order; the first stays first. */
export function arrange(blocks: readonly ArrangedBlock[]): MachineBlock[] {
  const chains = chainsOf(blocks);
  const chainOf = new Int32Array(blocks.length);
  for (const [index, chain] of chains.entries()) for (const block of chain) chainOf[block] = index;
  const partners = partnersOf(blocks, chainOf, chains.length);
  const measure = measurerFor(blocks, chains);

  let best = chains.map((_, index) => index);
  let size = measure(best);
  for (let pass = 0; pass < passes; pass++) {
    const before = size;
    for (let chain = 1; chain < chains.length; chain++) {
      for (const partner of partners[chain] as ReadonlySet<number>) {
        for (const side of [0, 1]) {
          const candidate = best.filter((other) => other !== chain);
          const at = candidate.indexOf(partner) + side;
          if (at === 0) continue;
          candidate.splice(at, 0, chain);
          const candidateSize = measure(candidate);
          if (candidateSize >= size) continue;
          best = candidate;
          size = candidateSize;
        }
      }
    }
    if (size === before) break;
  }
  return best.flatMap((chain) =>
    (chains[chain] as number[]).map((block) => (blocks[block] as ArrangedBlock).block),
  );
}

/** Runs of block indices. */
function chainsOf(blocks: readonly ArrangedBlock[]): number[][] {
  const chains: number[][] = [];
  let open = false;
  for (const [index, { falls }] of blocks.entries()) {
    if (open) chains.at(-1)?.push(index);
    else chains.push([index]);
    open = falls;
  }
  return chains;
}

function partnersOf(
  blocks: readonly ArrangedBlock[],
  chainOf: Int32Array,
  count: number,
): readonly ReadonlySet<number>[] {
  const partners: Set<number>[] = Array.from({ length: count }, () => new Set());
  for (const [index, { branches }] of blocks.entries()) {
    for (const { target } of branches) {
      const [from, to] = [chainOf[index] as number, chainOf[target] as number];
      if (from === to) continue;
      partners[from]?.add(to);
      partners[to]?.add(from);
    }
  }
  return partners;
}

/** The function's bytes in an order of chains; its arrays are made once. */
function measurerFor(
  blocks: readonly ArrangedBlock[],
  chains: readonly (readonly number[])[],
): (order: readonly number[]) => number {
  const starts = new Int32Array(blocks.length);
  const branches = blocks.flatMap(({ branches: own }, block) => own.map((branch) => ({ ...branch, block })));
  const first = new Int32Array(blocks.length + 1);
  for (const { block } of branches) first[block + 1] = (first[block + 1] as number) + 1;
  for (let i = 0; i < blocks.length; i++) first[i + 1] = (first[i + 1] as number) + (first[i] as number);
  const targets = Int32Array.from(branches, ({ target }) => target);
  const near = Int32Array.from(branches, ({ sizes }) => sizes.near);
  const far = Int32Array.from(branches, ({ sizes }) => sizes.far);
  const reach = Int32Array.from(branches, ({ sizes }) => sizes.reach);
  const bytes = Int32Array.from(blocks, (block) => block.bytes);
  const ends = new Int32Array(branches.length);
  const isFar = new Uint8Array(branches.length);

  return (order) => {
    isFar.fill(0);
    for (;;) {
      let at = 0;
      for (const chain of order) {
        for (const block of chains[chain] as readonly number[]) {
          starts[block] = at;
          at += bytes[block] as number;
          for (let i = first[block] as number; i < (first[block + 1] as number); i++) {
            at += (isFar[i] === 1 ? far[i] : near[i]) as number;
            ends[i] = at;
          }
        }
      }
      let grown = false;
      for (let i = 0; i < targets.length; i++) {
        if (isFar[i] === 1) continue;
        const distance = (starts[targets[i] as number] as number) - (ends[i] as number);
        if (distance > (reach[i] as number) || distance < -(reach[i] as number)) {
          isFar[i] = 1;
          grown = true;
        }
      }
      if (!grown) return at;
    }
  };
}
