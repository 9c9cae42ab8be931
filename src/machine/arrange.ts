/**
 * The order of a function's blocks. A block costs a jump where none of its successors follows it, and on machines whose near
 * branches are shorter it is worth something to lie near the blocks that it goes to and comes from.
 *
 * Starting from an order in which most blocks fall into each other, a successor is moved behind its predecessor, or the other way
 * round: by itself, with all that it falls into, or with its whole chain beside the other's. A move stays if the function is
 * smaller then, branches relaxed as the assembler will do it.
 */

import { branchTarget, type MachineBlock, type MachineInstruction } from "./machine.ts";

/** The bytes of near and far branches, and how far near ones reach. */
export interface BranchSizes {
  readonly near: number;
  readonly far: number;
  readonly reach: number;
}

/** Of jumps, and of a conditional branch. */
export interface AllBranchSizes {
  readonly jump: BranchSizes;
  branch(branch: MachineInstruction): BranchSizes;
}

const passes = 2;

/**
 * `blocks` in a better order; the first stays first. `bytes` gives those of a block without the branches that end it. No block goes to
 * another but those given.
 */
export function arrange(
  blocks: readonly MachineBlock[],
  bytes: (block: MachineBlock) => number,
  sizes: AllBranchSizes,
): MachineBlock[] {
  const flow = flowOf(blocks, sizes);
  const edges = blocks.flatMap((_, from) =>
    [flow.next[from] as number, flow.target[from] as number]
      .filter((to) => to >= 0 && to !== from)
      .map((to) => [from, to] as const),
  );
  const order = new Order(flow, Int32Array.from(blocks, bytes), sizes.jump);
  // Until every edge was tried without a gain since the last one.
  let idle = 0;
  for (let pass = 0; pass < passes && idle < edges.length; pass++) {
    for (const [from, to] of edges) {
      const before = order.size;
      order.bringTogether(from, to);
      idle = order.size === before ? idle + 1 : 0;
      if (idle >= edges.length) break;
    }
  }
  return [...order.blocks].map((index) => blocks[index] as MachineBlock);
}

/** Where each block goes, by index: -1 for nowhere. */
interface Flow {
  readonly next: Int32Array;
  /** Of its conditional branch. */
  readonly target: Int32Array;
  /** The bytes of that branch, near and far, and how far the near one reaches. */
  readonly near: Int32Array;
  readonly far: Int32Array;
  readonly reach: Float64Array;
}

function flowOf(blocks: readonly MachineBlock[], sizes: AllBranchSizes): Flow {
  const places = new Map(blocks.map((block, index) => [block, index]));
  const placeOf = (block: MachineBlock | undefined): number => (block && places.get(block)) ?? -1;
  const branchSizes = blocks.map(({ branch }) => (branch ? sizes.branch(branch) : sizes.jump));
  return {
    next: Int32Array.from(blocks, ({ next }) => placeOf(next)),
    target: Int32Array.from(blocks, ({ branch }) => placeOf(branch && branchTarget(branch))),
    near: Int32Array.from(branchSizes, ({ near }) => near),
    far: Int32Array.from(branchSizes, ({ far }) => far),
    reach: Float64Array.from(branchSizes, ({ reach }) => reach),
  };
}

/** An order of blocks and its size. */
class Order {
  blocks: Int32Array;
  size: number;
  private readonly flow: Flow;
  private readonly bytes: Int32Array;
  private readonly jump: BranchSizes;
  private readonly isRelaxed: boolean;
  private candidate: Int32Array;
  /** By block: where it is in `blocks`. */
  private readonly places: Int32Array;
  /** By block, for measuring: its first byte, the end of its branch and of its jump, and which of them are far. */
  private readonly starts: Int32Array;
  private readonly branchEnds: Int32Array;
  private readonly jumpEnds: Int32Array;
  private readonly isFar: Uint8Array;
  /** The same in `blocks`. */
  private readonly isFarNow: Uint8Array;

  constructor(flow: Flow, bytes: Int32Array, jump: BranchSizes) {
    this.flow = flow;
    this.bytes = bytes;
    this.jump = jump;
    this.isRelaxed = jump.near !== jump.far;
    const count = bytes.length;
    this.blocks = Int32Array.from(bytes, (_, index) => index);
    this.candidate = Int32Array.from(this.blocks);
    this.places = Int32Array.from(this.blocks);
    this.starts = new Int32Array(count);
    this.branchEnds = new Int32Array(count);
    this.jumpEnds = new Int32Array(count);
    this.isFar = new Uint8Array(count);
    this.size = this.measure(this.blocks, Number.POSITIVE_INFINITY);
    this.isFarNow = this.isFar.slice();
  }

  /** Tries the moves that bring the block `to` nearer to `from`, which goes there. */
  bringTogether(from: number, to: number): void {
    const at = this.placeOf(from);
    const start = this.placeOf(to);
    if (at + 1 === start) return;
    // Where nothing is far, only a jump less is a gain; else a move may cost a near one at first.
    const slack = this.isFarNow[from] === 0 ? 0 : 1 + this.jump.near;
    const end = this.chainEnd(start);
    // What `to` falls into comes with it; or `to` alone; or what falls into `from`; or `from` alone.
    if (this.tryMove(start, end, at + 1, slack)) return;
    if (this.tryMove(start, start + 1, at + 1, slack)) return;
    const first = this.chainStart(at);
    if (this.tryMove(first, at + 1, start, slack)) return;
    if (this.tryMove(at, at + 1, start, slack)) return;
    // Chains as a whole, beside each other.
    const last = this.chainEnd(at);
    const begin = this.chainStart(start);
    if (first === begin) return;
    if (this.tryMove(begin, end, last, slack) || this.tryMove(begin, end, first, slack)) return;
    if (this.tryMove(first, last, begin, slack)) return;
    this.tryMove(first, last, end, slack);
  }

  private placeOf(block: number): number {
    return this.places[block] as number;
  }

  /** The place behind the last block of the chain that control goes down from `place`. */
  private chainEnd(place: number): number {
    let at = place;
    while (
      at + 1 < this.blocks.length &&
      this.falls(this.blocks[at] as number, this.blocks[at + 1] as number)
    )
      at++;
    return at + 1;
  }

  private chainStart(place: number): number {
    let at = place;
    while (at > 0 && this.falls(this.blocks[at - 1] as number, this.blocks[at] as number)) at--;
    return at;
  }

  private falls(block: number, following: number): boolean {
    return this.flow.next[block] === following || this.flow.target[block] === following;
  }

  /** Moves the places from `start` to before `end` to before the place `to`, if that makes the function smaller. */
  private tryMove(start: number, end: number, to: number, slack: number): boolean {
    if (start === 0 || to === 0 || (to >= start && to <= end)) return false;
    const { blocks, candidate } = this;
    const nearBefore =
      this.jumpBytes(start - 1, start) + this.jumpBytes(end - 1, end) + this.jumpBytes(to - 1, to);
    const nearAfter =
      this.jumpBytes(start - 1, end) + this.jumpBytes(to - 1, start) + this.jumpBytes(end - 1, to);
    if (nearAfter >= nearBefore + slack) return false;
    candidate.set(blocks);
    const length = end - start;
    const place = to > start ? to - length : to;
    if (to > start) candidate.copyWithin(start, end, to);
    else candidate.copyWithin(to + length, to, start);
    candidate.set(blocks.subarray(start, end), place);
    const size = this.isRelaxed ? this.measure(candidate, this.size) : this.size + nearAfter - nearBefore;
    if (size >= this.size) return false;
    [this.blocks, this.candidate] = [candidate, blocks];
    this.size = size;
    this.isFarNow.set(this.isFar);
    for (let index = 0; index < candidate.length; index++) this.places[candidate[index] as number] = index;
    return true;
  }

  /** What the jump at the end of the block at `place` costs at least, when the one at `behind` lies behind it. */
  private jumpBytes(place: number, behind: number): number {
    const following = behind < this.blocks.length ? (this.blocks[behind] as number) : -1;
    return this.needsJump(this.blocks[place] as number, following) ? this.jump.near : 0;
  }

  private needsJump(block: number, following: number): boolean {
    const next = this.flow.next[block] as number;
    return next >= 0 && next !== following && this.flow.target[block] !== following;
  }

  /** The function's bytes in an order of blocks, or `limit` when they are no fewer than that. */
  private measure(order: Int32Array, limit: number): number {
    const { bytes, isFar, starts, branchEnds, jumpEnds, jump } = this;
    const { next, target, near, far, reach } = this.flow;
    const count = order.length;
    isFar.fill(0);
    for (;;) {
      let at = 0;
      for (let place = 0; place < count; place++) {
        const block = order[place] as number;
        const farEnds = isFar[block] as number;
        starts[block] = at;
        at += bytes[block] as number;
        if ((target[block] as number) >= 0) at += ((farEnds & 1) !== 0 ? far[block] : near[block]) as number;
        branchEnds[block] = at;
        const following = place + 1 < count ? (order[place + 1] as number) : -1;
        if (this.needsJump(block, following)) at += (farEnds & 2) !== 0 ? jump.far : jump.near;
        jumpEnds[block] = at;
      }
      // With what grows now; it will not shrink again.
      let size = at;
      for (let place = 0; place < count && size < limit; place++) {
        const block = order[place] as number;
        const farEnds = isFar[block] as number;
        const end = branchEnds[block] as number;
        const hasJump = jumpEnds[block] !== end;
        let to = target[block] as number;
        if (to >= 0 && (farEnds & 1) === 0) {
          // Without a jump the branch goes to whichever block does not follow.
          if (!hasJump && place + 1 < count && to === order[place + 1]) to = next[block] as number;
          if (to >= 0 && Math.abs((starts[to] as number) - end) > (reach[block] as number)) {
            isFar[block] = farEnds | 1;
            size += (far[block] as number) - (near[block] as number);
          }
        }
        if (hasJump && (farEnds & 2) === 0) {
          const distance = (starts[next[block] as number] as number) - (jumpEnds[block] as number);
          if (Math.abs(distance) > jump.reach) {
            isFar[block] = (isFar[block] as number) | 2;
            size += jump.far - jump.near;
          }
        }
      }
      if (size >= limit) return limit;
      if (size === at) return size;
    }
  }
}
