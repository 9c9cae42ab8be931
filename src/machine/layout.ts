/**
 * Block layout: the order of a function's blocks, and the jumps that the order leaves.
 *
 * Each block is followed by the one it falls into, or by the one it branches to with the condition
 * inverted, as long as that is not placed yet; so most jumps vanish. Nothing else depends on the order.
 */

import { type ArrangedBlock, type ArrangedBranch, arrange, type BranchSizes } from "./arrange.ts";
import { chainBranches } from "./chain-branches.ts";
import { growFollowers } from "./fall-through.ts";
import { conditionKey } from "./keys.ts";
import {
  branchTarget,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  successors,
} from "./machine.ts";

/** What layout has to know of a target. */
export interface JumpMaker {
  jump(to: MachineBlock): MachineInstruction;
  invert(branch: MachineInstruction, to: MachineBlock): MachineInstruction;
  /** Where near branches are shorter than far ones: the sizes of conditional branches and of jumps. */
  readonly branchSizes?: { readonly branch: BranchSizes; readonly jump: BranchSizes };
}

/**
 * Orders the blocks and writes their branches and jumps as instructions. `measure` gives the bytes of an
 * instruction that is no branch.
 */
export function layOut(
  fn: MachineFunction,
  maker: JumpMaker,
  measure: (instruction: MachineInstruction) => number,
): void {
  forwardEmptyBlocks(fn);
  // Where far branches are longer, long chains keep what belongs together apart, and cost more than their jumps.
  fn.blocks = maker.branchSizes ? order(fn) : joinPairs(order(fn));
  const ends = fn.blocks.map((block, index) => close(block, fn.blocks[index + 1], maker));
  if (!maker.branchSizes) return;
  const arranged = arrange(describe(fn.blocks, ends, maker.branchSizes, measure));
  fn.blocks = chainBranches(arranged, { jump: maker.jump, sizes: maker.branchSizes.jump });
}

function describe(
  blocks: readonly MachineBlock[],
  ends: readonly BlockEnd[],
  sizes: NonNullable<JumpMaker["branchSizes"]>,
  measure: (instruction: MachineInstruction) => number,
): ArrangedBlock[] {
  const places = new Map(blocks.map((block, place) => [block, place]));
  return blocks.map((block, place) => {
    const { jump, falls } = ends[place] as BlockEnd;
    let bytes = 0;
    const branches: ArrangedBranch[] = [];
    for (const instruction of block.instructions) {
      const to = branchTarget(instruction);
      const target = to && places.get(to);
      if (target === undefined) bytes += measure(instruction);
      else if (instruction === jump) branches.push({ instruction, condition: "", target, sizes: sizes.jump });
      else branches.push({ instruction, condition: conditionKey(instruction), target, sizes: sizes.branch });
    }
    return { block, bytes, branches, falls };
  });
}

/** A block that only goes on to another is skipped by all who go to it. */
export function forwardEmptyBlocks(fn: MachineFunction): void {
  const final = (block: MachineBlock): MachineBlock => {
    const passed = new Set<MachineBlock>();
    let at = block;
    while (at.instructions.length === 0 && !at.branch && at.next && !passed.has(at)) {
      passed.add(at);
      at = at.next;
    }
    return at;
  };
  for (const block of fn.blocks) {
    if (block.next) block.next = final(block.next);
    const last = block.branch?.operands.at(-1);
    if (last?.kind === "block") last.block = final(last.block);
    if (last?.kind === "block" && last.block === block.next) block.branch = undefined;
  }
}

function order(fn: MachineFunction): MachineBlock[] {
  const placed = new Set<MachineBlock>();
  const ordered: MachineBlock[] = [];
  const waiting: MachineBlock[] = [];
  let block: MachineBlock | undefined = fn.blocks[0];
  while (block) {
    placed.add(block);
    ordered.push(block);
    const target = block.branch && branchTarget(block.branch);
    const open: MachineBlock[] = [block.next, target].filter(
      (b) => b !== undefined && !placed.has(b),
    ) as MachineBlock[];
    const [first, second] = open;
    // Of two, stay inside the loop; of two alike, the one that falls through.
    const chosen: MachineBlock | undefined =
      first && second && second.loopDepth > first.loopDepth ? second : first;
    for (const other of open) if (other !== chosen) waiting.push(other);
    block = chosen;
    while (!block && waiting.length > 0) {
      const candidate = waiting.pop();
      if (candidate && !placed.has(candidate)) block = candidate;
    }
  }
  return ordered;
}

/** With more blocks that fall into the next one. Chains of them stand where their first block did. */
function joinPairs(blocks: readonly MachineBlock[]): MachineBlock[] {
  const pairs = Int32Array.from(blocks, (block, place) => {
    const following = blocks[place + 1];
    return following !== undefined && successors(block).includes(following) ? place + 1 : -1;
  });
  const followers = growFollowers(blocks, pairs);
  const isFollower = new Set(followers);
  const joined: MachineBlock[] = [];
  for (let start = 0; start < blocks.length; start++) {
    if (isFollower.has(start)) continue;
    for (let place = start; place !== -1; place = followers[place] as number) {
      joined.push(blocks[place] as MachineBlock);
    }
  }
  return joined;
}

interface BlockEnd {
  /** The jump at the end, when one was needed. */
  readonly jump: MachineInstruction | undefined;
  /** Control may go on into the following block. */
  readonly falls: boolean;
}

/** Writes the block's branch and jump, as far as falling into `following` does not do. */
function close(block: MachineBlock, following: MachineBlock | undefined, maker: JumpMaker): BlockEnd {
  const { branch, next } = block;
  if (branch && next && branchTarget(branch) === following && next !== following) {
    block.instructions.push(maker.invert(branch, next));
    return { jump: undefined, falls: true };
  }
  if (branch) block.instructions.push(branch);
  if (!next || next === following) return { jump: undefined, falls: next !== undefined };
  const jump = maker.jump(next);
  block.instructions.push(jump);
  return { jump, falls: false };
}
