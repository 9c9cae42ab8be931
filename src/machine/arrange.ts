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
 * each chain is laid out by itself beforehand, and again only while its branches grow.
 */
function measurerFor(
  blocks: readonly ArrangedBlock[],
  { starts: chainStarts, chainOf }: Chains,
): (order: Int32Array, limit: number) => number {
  const branches = blocks.flatMap((block, index) => block.branches.map((branch) => ({ ...branch, index })));
  const targets = Int32Array.from(branches, ({ target }) => target);
  const toChain = targets.map((target) => chainOf[target] as number);
  const near = Int32Array.from(branches, ({ sizes }) => sizes.near);
  const far = Int32Array.from(branches, ({ sizes }) => sizes.far);
  const reach = Int32Array.from(branches, ({ sizes }) => sizes.reach);
  const bytes = Int32Array.from(blocks, (block) => block.bytes);
  const count = chainStarts.length;
  /** Where each chain's branches end; they are in the order of the chains. */
  const branchEnds = new Int32Array(count);
  for (const { index } of branches) {
    const chain = chainOf[index] as number;
    branchEnds[chain] = (branchEnds[chain] as number) + 1;
  }
  for (let chain = 1; chain < count; chain++) {
    branchEnds[chain] = (branchEnds[chain] as number) + (branchEnds[chain - 1] as number);
  }

  const sizes = Int32Array.from(near);
  /** From the start of its chain: where a block starts and where a branch ends. */
  const offsets = new Int32Array(blocks.length);
  const ends = new Int32Array(branches.length);
  const lengths = new Int32Array(count);
  /** Some of its branches have grown. */
  const isStale = new Uint8Array(count);
  const starts = new Int32Array(count);
  for (let chain = 0; chain < count; chain++) layChain(chain);
  const nearest = { offsets: offsets.slice(), ends: ends.slice(), lengths: lengths.slice() };

  return (order, limit) => {
    sizes.set(near);
    offsets.set(nearest.offsets);
    ends.set(nearest.ends);
    lengths.set(nearest.lengths);
    isStale.fill(0);
    for (;;) {
      let total = 0;
      for (let place = 0; place < count; place++) {
        const chain = order[place] as number;
        starts[chain] = total;
        total += lengths[chain] as number;
      }
      const before = total;
      for (let chain = 0, i = 0; chain < count && total < limit; chain++) {
        const start = starts[chain] as number;
        for (const end = branchEnds[chain] as number; i < end; i++) {
          const to = (starts[toChain[i] as number] as number) + (offsets[targets[i] as number] as number);
          const distance = to - start - (ends[i] as number);
          const most = reach[i] as number;
          if ((distance <= most && distance >= -most) || sizes[i] === far[i]) continue;
          total += (far[i] as number) - (near[i] as number);
          sizes[i] = far[i] as number;
          isStale[chain] = 1;
        }
      }
      if (total >= limit) return limit;
      if (total === before) return total;
      for (let chain = 0; chain < count; chain++) if (isStale[chain] === 1) layChain(chain);
    }
  };

  function layChain(chain: number): void {
    const end = chainStarts[chain + 1] ?? blocks.length;
    let branch = chain === 0 ? 0 : (branchEnds[chain - 1] as number);
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
    isStale[chain] = 0;
  }
}
