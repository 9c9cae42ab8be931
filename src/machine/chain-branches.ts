/**
 * Branches by way of others, on machines whose near branches are shorter.
 *
 * A far branch goes to another branch nearby that leads where it wants to: to a jump, or to the same conditional
 * branch, which is taken when it is reached like this, because nothing lies between that could change what it looks at.
 * Where several far branches come by, a jump for them is put between two blocks, where control does not fall through.
 *
 * Runs on blocks that are laid out, with their branches written.
 */

import type { BranchSizes } from "./arrange.ts";
import { branchTarget, type MachineBlock, type MachineInstruction } from "./machine.ts";

/** A branch or jump as it is written. */
export interface LaidBranch {
  readonly instruction: MachineInstruction;
  /** Equal for branches that are taken under the same conditions; empty for a jump. */
  readonly condition: string;
  readonly sizes: BranchSizes;
}

/** A block's bytes without its branches, which are at its end. */
export interface LaidBlock {
  readonly block: MachineBlock;
  readonly bytes: number;
  readonly branches: readonly LaidBranch[];
  /** Control may fall into the following block. */
  readonly falls: boolean;
}

interface Branch extends LaidBranch {
  /** Where control ends up. */
  readonly target: Stretch;
  /** The branch that it goes to instead. */
  via: Branch | undefined;
  isFar: boolean;
  /** Of its first byte. */
  at: number;
}

/** A block, or a jump between two blocks. */
interface Stretch {
  readonly block: MachineBlock;
  /** Without branches, which are at the end. */
  readonly bytes: number;
  branches: readonly Branch[];
  /** Control may fall into the following stretch. */
  readonly falls: boolean;
  at: number;
}

/** How a jump is written. */
export interface Jumps {
  jump(to: MachineBlock): MachineInstruction;
  readonly sizes: BranchSizes;
}

/** The blocks in the given order, with branches redirected, and with blocks split or added for them to go to. */
export function chainBranches(blocks: readonly LaidBlock[], jumps: Jumps): MachineBlock[] {
  let stretches = stretchesOf(blocks);
  chain(stretches);
  for (const { target, after } of islandsWorthTrying(stretches)) {
    const before = place(stretches);
    const vias = branchesOf(stretches).map((branch) => branch.via);
    const island = islandTo(target, jumps, freeId(stretches));
    const index = stretches.indexOf(after) + 1;
    const longer = [...stretches.slice(0, index), island, ...stretches.slice(index)];
    chain(longer);
    if (place(longer) < before) stretches = longer;
    else for (const [at, branch] of branchesOf(stretches).entries()) branch.via = vias[at];
  }
  return write(stretches);
}

function stretchesOf(blocks: readonly LaidBlock[]): readonly Stretch[] {
  const stretches = blocks.map(
    ({ block, bytes, falls }): Stretch => ({ block, bytes, falls, branches: [], at: 0 }),
  );
  const starts = new Map(stretches.map((stretch) => [stretch.block, stretch]));
  for (const [index, { branches }] of blocks.entries()) {
    (stretches[index] as Stretch).branches = branches.map(({ instruction, condition, sizes }): Branch => {
      const target = starts.get(branchTarget(instruction) as MachineBlock) as Stretch;
      return { instruction, condition, sizes, target, via: undefined, isFar: false, at: 0 };
    });
  }
  return stretches;
}

function branchesOf(stretches: readonly Stretch[]): Branch[] {
  return stretches.flatMap((stretch) => stretch.branches);
}

/** Gives everything its place, with branches as short as can be, and returns the bytes of all. */
function place(stretches: readonly Stretch[]): number {
  const branches = branchesOf(stretches);
  for (const branch of branches) branch.isFar = false;
  for (;;) {
    let at = 0;
    for (const stretch of stretches) {
      stretch.at = at;
      at += stretch.bytes;
      for (const branch of stretch.branches) {
        branch.at = at;
        at += sizeOf(branch);
      }
    }
    let settled = true;
    for (const branch of branches) {
      if (branch.isFar || reaches(branch, (branch.via ?? branch.target).at)) continue;
      branch.isFar = true;
      settled = false;
    }
    if (settled) return at;
  }
}

function sizeOf({ isFar, sizes }: Branch): number {
  return isFar ? sizes.far : sizes.near;
}

function reaches({ at, sizes }: Branch, place: number): boolean {
  return Math.abs(place - at - sizes.near) <= sizes.reach;
}

/** Sends far branches by way of the nearest that will do. */
function chain(stretches: readonly Stretch[]): void {
  place(stretches);
  const branches = branchesOf(stretches);
  for (const branch of branches) {
    if (!branch.isFar) continue;
    branch.via = undefined;
    if (reaches(branch, branch.target.at)) continue;
    for (const other of branches) {
      if (!leads(other, branch) || !reaches(branch, other.at)) continue;
      const nearest = branch.via === undefined ? Number.POSITIVE_INFINITY : distance(branch, branch.via);
      if (distance(branch, other) < nearest) branch.via = other;
    }
    if (branch.via !== undefined) place(stretches);
  }
}

function distance(from: Branch, to: Branch): number {
  return Math.abs(from.at - to.at);
}

/** Whether who goes to `other` gets where `branch` wants to, and does not come by `branch` on the way. */
function leads(other: Branch, branch: Branch): boolean {
  if (other.target !== branch.target) return false;
  if (other.condition !== "" && other.condition !== branch.condition) return false;
  for (let next: Branch | undefined = other; next !== undefined; next = next.via) {
    if (next === branch) return false;
  }
  return true;
}

interface Island {
  readonly target: Stretch;
  /** It lies behind this. */
  readonly after: Stretch;
}

/** For each target of two far branches or more, where a jump to it would serve most. */
function islandsWorthTrying(stretches: readonly Stretch[]): Island[] {
  const wanting = new Map<Stretch, Branch[]>();
  for (const branch of branchesOf(stretches)) {
    if (!branch.isFar) continue;
    const others = wanting.get(branch.target);
    if (others) others.push(branch);
    else wanting.set(branch.target, [branch]);
  }
  const islands: Island[] = [];
  for (const [target, branches] of wanting) {
    let best: Stretch | undefined;
    let most = 1;
    for (const stretch of stretches) {
      if (stretch.falls) continue;
      const end = endOf(stretch);
      const served = branches.filter((branch) => reaches(branch, end)).length;
      if (served <= most) continue;
      best = stretch;
      most = served;
    }
    if (best) islands.push({ target, after: best });
  }
  return islands;
}

function endOf({ at, bytes, branches }: Stretch): number {
  return branches.reduce((sum, branch) => sum + sizeOf(branch), at + bytes);
}

function freeId(stretches: readonly Stretch[]): number {
  return 1 + Math.max(...stretches.map(({ block }) => block.id));
}

function islandTo(target: Stretch, { jump, sizes }: Jumps, id: number): Stretch {
  const { block } = target;
  const instruction = jump(block);
  const branch: Branch = { instruction, condition: "", sizes, target, via: undefined, isFar: false, at: 0 };
  const instructions = [instruction];
  return {
    block: { id, instructions, branch: undefined, next: block, loopDepth: block.loopDepth },
    bytes: 0,
    branches: [branch],
    falls: false,
    at: 0,
  };
}

/** The blocks; one starts at each branch that others go to. */
function write(stretches: readonly Stretch[]): MachineBlock[] {
  const branches = branchesOf(stretches);
  const wanted = new Set(branches.map(({ via }) => via));
  const starts = new Map<Branch, MachineBlock>();
  let id = freeId(stretches);
  const blocks = stretches.flatMap((stretch) => {
    const pieces = [stretch.block];
    for (const branch of stretch.branches) {
      if (!wanted.has(branch)) continue;
      const piece = splitBefore(branch.instruction, pieces.at(-1) as MachineBlock, id++);
      starts.set(branch, piece);
      if (pieces.at(-1) !== piece) pieces.push(piece);
    }
    return pieces;
  });
  for (const { instruction, via } of branches) {
    const start = via && starts.get(via);
    const last = instruction.operands.at(-1);
    if (start && last?.kind === "block") last.block = start;
  }
  return blocks;
}

/** Cuts the end of `block` off, from `branch` on. */
function splitBefore(branch: MachineInstruction, block: MachineBlock, id: number): MachineBlock {
  const at = block.instructions.indexOf(branch);
  if (at === 0) return block;
  const rest: MachineBlock = { ...block, id, instructions: block.instructions.splice(at) };
  if (block.branch !== undefined && !rest.instructions.includes(block.branch)) rest.branch = undefined;
  else block.branch = undefined;
  block.next = rest;
  return rest;
}
