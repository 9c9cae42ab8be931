/**
 * What may as well be done before a branch. What both of its sides begin with is there once instead of twice. And where the sides
 * meet again, and one of them only puts something into registers that the other has no use for, that side is gone with its jump.
 *
 * Runs on allocated code. Numbers that the target's improvements make in ways that change flags stay where they are.
 */

import { keyOf } from "./keys.ts";
import { isConstant } from "./known-values.ts";
import {
  definitionsOf,
  endsOf,
  liveAfterEach,
  liveAtEnds,
  type RegisterBits,
  usesOf,
} from "./live-registers.ts";
import {
  branchTarget,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  successors,
} from "./machine.ts";

/** More than these are better skipped. */
const most = 4;

/** Moves instructions between the blocks of `fn`; returns whether it did. */
export function hoistSides(fn: MachineFunction): boolean {
  let changed = false;
  const live = new Map(liveAtEnds(fn));
  const entries = countEntries(fn);
  for (const block of fn.blocks) {
    const target = block.branch && branchTarget(block.branch);
    const { next } = block;
    if (!target || !next || target === next) continue;
    while (entries.get(target) === 1 && entries.get(next) === 1 && hoistCommon(block, target, next)) {
      changed = true;
    }
    for (const [side, other] of [[next, target] as const, [target, next] as const]) {
      if (entries.get(side) !== 1 || !isShortSide(side) || other === side.next) continue;
      const written = side.instructions.reduce((bits, each) => bits | definitionsOf(each), 0);
      if ((liveAtStart(other, live.get(other) ?? 0) & written) !== 0) continue;
      if (!moveBefore(block, side.instructions)) continue;
      side.instructions = [];
      live.set(block, (live.get(block) ?? 0) | written);
      changed = true;
      break;
    }
  }
  return changed;
}

function countEntries(fn: MachineFunction): ReadonlyMap<MachineBlock, number> {
  const counts = new Map<MachineBlock, number>(fn.blocks.slice(0, 1).map((entry) => [entry, 2]));
  for (const block of fn.blocks) {
    for (const next of successors(block)) counts.set(next, (counts.get(next) ?? 0) + 1);
  }
  return counts;
}

/** A few plain instructions, and nothing else. */
function isShortSide({ instructions, branch, next }: MachineBlock): boolean {
  if (branch || !next || instructions.length === 0 || instructions.length > most) return false;
  // Shared ends part a push from its pop.
  const depths = instructions.map(({ op }) => (op === "push" ? 1 : op === "pop" ? -1 : 0));
  if (depths.some((depth, index) => depth === -1 && depths[index - 1] !== 1)) return false;
  if (depths.some((depth, index) => depth === 1 && depths[index + 1] !== -1)) return false;
  return instructions.every(isPlain);
}

/** Computes a register from a register or a number. */
function isPlain(instruction: MachineInstruction): boolean {
  const { operands, uses, defines, condition, isMove, op } = instruction;
  return (
    uses.length === 0 &&
    defines.length === 0 &&
    condition === undefined &&
    (isMove || isConstant.has(op) || isStackStep(instruction)) &&
    operands.every(({ kind }) => kind !== "memory")
  );
}

function liveAtStart(block: MachineBlock, end: RegisterBits): RegisterBits {
  const [first] = block.instructions;
  if (!first) return block.branch ? (end & ~endsOf(block.branch)) | usesOf(block.branch) : end;
  const [after] = liveAfterEach(block, end);
  return ((after ?? 0) & ~endsOf(first)) | usesOf(first);
}

/** Moves what both sides begin with, which nobody else goes to, before the branch. */
function hoistCommon(block: MachineBlock, target: MachineBlock, next: MachineBlock): boolean {
  const [first] = target.instructions;
  const [twin] = next.instructions;
  if (!first || !twin || keyOf(first) !== keyOf(twin)) return false;
  if (!isPlain(first) || isStackStep(first) || !moveBefore(block, [first])) return false;
  target.instructions.shift();
  next.instructions.shift();
  return true;
}

/** amd64 pushes a number and takes it from the stack. */
function isStackStep({ op }: MachineInstruction): boolean {
  return op === "push" || op === "pop";
}

/** Puts a side's instructions before what the block's branch looks at; returns whether they may be there. */
function moveBefore({ instructions, branch }: MachineBlock, moved: readonly MachineInstruction[]): boolean {
  const written = moved.reduce((bits, each) => bits | definitionsOf(each), 0);
  const read = moved.reduce((bits, each) => bits | usesOf(each), 0);
  if (!branch || (usesOf(branch) & written) !== 0) return false;
  const last = instructions.at(-1);
  const isApart =
    last === undefined ||
    ((usesOf(last) & written) === 0 && (definitionsOf(last) & (written | read)) === 0 && !isTransfer(last));
  if (isApart) instructions.splice(-1, 0, ...moved);
  return isApart;
}

function isTransfer({ uses, defines }: MachineInstruction): boolean {
  return uses.length > 0 || defines.length > 0;
}
