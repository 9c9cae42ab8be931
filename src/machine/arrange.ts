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
  const partners = partnersOf(blocks, chains);
  const measure = measurerFor(blocks, chains);

  let best = Int32Array.from(chains.starts, (_, index) => index);
  let candidate = Int32Array.from(best);
  /** Where each chain is in `best`. */
  const places = Int32Array.from(best);
  let size = measure(best, Number.POSITIVE_INFINITY);
  // Chains tried since the last improvement: when it was all of them, trying again changes nothing.
  let idle = 0;
  for (let turn = 0; turn < passes * best.length && idle < best.length; turn++) {
    const chain = turn % best.length;
    idle++;
    if (chain === 0) continue;
    /** Where it was tried, as `best` is now. */
    const tried = new Set<number>([places[chain] as number, 0]);
    for (const partner of partners[chain] as ReadonlySet<number>) {
      for (let side = 0; side <= 1; side++) {
        const from = places[chain] as number;
        const beside = (places[partner] as number) + side;
        const to = beside > from ? beside - 1 : beside;
        if (tried.has(to)) continue;
        tried.add(to);
        move(best, from, to, candidate);
        const candidateSize = measure(candidate, size);
        if (candidateSize >= size) continue;
        [best, candidate] = [candidate, best];
        size = candidateSize;
        for (let place = 0; place < best.length; place++) places[best[place] as number] = place;
        idle = 0;
      }
    }
  }
  return [...best].flatMap((chain) => {
    const members = blocks.slice(chains.starts[chain], chains.starts[chain + 1]);
    return members.map(({ block }) => block);
  });
}

/** Chains are runs of block indices. */
interface Chains {
  /** The first block of each. */
  readonly starts: Int32Array;
  /** By block. */
  readonly chainOf: Int32Array;
}

function chainsOf(blocks: readonly ArrangedBlock[]): Chains {
  const chainOf = new Int32Array(blocks.length);
  const starts: number[] = [];
  let open = false;
  for (let block = 0; block < blocks.length; block++) {
    if (!open) starts.push(block);
    chainOf[block] = starts.length - 1;
    open = blocks[block]?.falls === true;
  }
  return { starts: Int32Array.from(starts), chainOf };
}

function partnersOf(
  blocks: readonly ArrangedBlock[],
  { starts, chainOf }: Chains,
): readonly ReadonlySet<number>[] {
  const partners: Set<number>[] = Array.from(starts, () => new Set());
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

/** Writes `order` into `moved`, with what is at `from` taken out and put in at `to`. */
function move(order: Int32Array, from: number, to: number, moved: Int32Array): void {
  moved.set(order);
  if (to > from) moved.copyWithin(from, from + 1, to + 1);
  else moved.copyWithin(to + 1, to, from);
  moved[to] = order[from] as number;
}

/**
 * The function's bytes in an order of chains, or `limit` when they are no fewer than that. It is asked hundreds of times:
 * each chain is laid out by itself beforehand, with the branches inside of it, and again only while branches that leave it grow.
 */
function measurerFor(
  blocks: readonly ArrangedBlock[],
  { starts: chainStarts, chainOf }: Chains,
): (order: Int32Array, limit: number) => number {
  const branches = blocks.flatMap((block, index) => block.branches.map((branch) => ({ ...branch, index })));
  const targets = Int32Array.from(branches, ({ target }) => target);
  const far = Int32Array.from(branches, ({ sizes }) => sizes.far);
  const reach = Int32Array.from(branches, ({ sizes }) => sizes.reach);
  const fromChain = Int32Array.from(branches, ({ index }) => chainOf[index] as number);
  const toChain = targets.map((target) => chainOf[target] as number);
  const leaving = Int32Array.from(branches.keys()).filter((i) => fromChain[i] !== toChain[i]);
  const bytes = Int32Array.from(blocks, (block) => block.bytes);
  const count = chainStarts.length;

  const sizes = Int32Array.from(branches, (branch) => branch.sizes.near);
  /** From the start of its chain: where a block starts and where a branch ends. */
  const offsets = new Int32Array(blocks.length);
  const ends = new Int32Array(branches.length);
  const lengths = new Int32Array(count);
  /** Some of its branches have grown. */
  const isStale = new Uint8Array(count);
  const starts = new Int32Array(count);
  const firstBranch = new Int32Array(count);
  for (let i = branches.length - 1; i >= 0; i--) firstBranch[fromChain[i] as number] = i;
  for (let chain = 0; chain < count; chain++) layChain(chain);
  const alone = {
    sizes: sizes.slice(),
    offsets: offsets.slice(),
    ends: ends.slice(),
    lengths: lengths.slice(),
  };

  return (order, limit) => {
    sizes.set(alone.sizes);
    offsets.set(alone.offsets);
    ends.set(alone.ends);
    lengths.set(alone.lengths);
    isStale.fill(0);
    for (;;) {
      let total = 0;
      for (let place = 0; place < count; place++) {
        const chain = order[place] as number;
        starts[chain] = total;
        total += lengths[chain] as number;
      }
      const before = total;
      for (let place = 0; place < leaving.length && total < limit; place++) {
        const i = leaving[place] as number;
        const most = reach[i] as number;
        const chain = fromChain[i] as number;
        const from = (starts[chain] as number) + (ends[i] as number);
        const to = (starts[toChain[i] as number] as number) + (offsets[targets[i] as number] as number);
        if (sizes[i] === far[i] || (to - from <= most && from - to <= most)) continue;
        total += (far[i] as number) - (sizes[i] as number);
        sizes[i] = far[i] as number;
        isStale[chain] = 1;
      }
      if (total >= limit) return limit;
      if (total === before) return total;
      for (let chain = 0; chain < count; chain++) if (isStale[chain] === 1) layChain(chain);
    }
  };

  /** Places the chain's blocks and branches, and again while those that stay inside grow. */
  function layChain(chain: number): void {
    const end = chainStarts[chain + 1] ?? blocks.length;
    const first = firstBranch[chain] as number;
    isStale[chain] = 0;
    for (let grew = true; grew; ) {
      let branch = first;
      let at = 0;
      for (let block = chainStarts[chain] as number; block < end; block++) {
        offsets[block] = at;
        at += bytes[block] as number;
        for (; branches[branch]?.index === block; branch++) {
          at += sizes[branch] as number;
          ends[branch] = at;
        }
      }
      lengths[chain] = at;
      grew = false;
      for (let i = first; i < branch; i++) {
        if (toChain[i] !== chain || sizes[i] === far[i]) continue;
        const distance = (offsets[targets[i] as number] as number) - (ends[i] as number);
        if (Math.abs(distance) <= (reach[i] as number)) continue;
        sizes[i] = far[i] as number;
        grew = true;
      }
    }
  }
}
