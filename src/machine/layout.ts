/**
 * Block layout: the order of a function's blocks, and the jumps that the order leaves.
 *
 * Each block is followed by the one it falls into, or by the one it branches to with the condition
 * inverted, as long as that is not placed yet; so most jumps vanish. `arrange` improves on that. Nothing else depends on the order.
 */

import { type AllBranchSizes, arrange, type BranchSizes } from "./arrange.ts";
import { chainBranches, type LaidBlock, type LaidBranch } from "./chain-branches.ts";
import { conditionKey } from "./keys.ts";
import { branchTarget, type MachineBlock, type MachineFunction, type MachineInstruction } from "./machine.ts";

/** What layout has to know of a target. */
export interface JumpMaker {
  jump(to: MachineBlock): MachineInstruction;
  invert(branch: MachineInstruction, to: MachineBlock): MachineInstruction;
  /** Where near branches are shorter than far ones. */
  readonly branchSizes?: AllBranchSizes;
}

const everywhere: BranchSizes = { near: 4, far: 4, reach: Number.POSITIVE_INFINITY };
const alike: AllBranchSizes = { branch: () => everywhere, jump: everywhere };

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
  const ordered = order(fn);
  const { branchSizes: sizes } = maker;
  const bytes = new Map(ordered.map((block) => [block, sizes ? bytesOf(block, measure) : 0]));
  fn.blocks = arrange(ordered, (block) => bytes.get(block) ?? 0, sizes ?? alike);
  const ends = fn.blocks.map((block, index) => close(block, fn.blocks[index + 1], maker));
  if (!sizes) return;
  const laid = fn.blocks.map((block, index): LaidBlock => {
    const { jump, falls } = ends[index] as BlockEnd;
    return { block, bytes: bytes.get(block) ?? 0, falls, branches: branchesOf(block, jump, sizes) };
  });
  fn.blocks = chainBranches(laid, { jump: maker.jump, sizes: sizes.jump });
}

function bytesOf(
  { instructions }: MachineBlock,
  measure: (instruction: MachineInstruction) => number,
): number {
  return instructions.reduce((sum, instruction) => sum + measure(instruction), 0);
}

function branchesOf(
  block: MachineBlock,
  jump: MachineInstruction | undefined,
  sizes: AllBranchSizes,
): LaidBranch[] {
  const written = block.instructions.filter((each) => branchTarget(each) !== undefined);
  return written.map((instruction) =>
    instruction === jump
      ? { instruction, condition: "", sizes: sizes.jump }
      : { instruction, condition: conditionKey(instruction), sizes: sizes.branch(instruction) },
  );
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
