/**
 * Sides without a jump: where a branch chooses between two sides that meet again, and one of them only puts something into
 * registers that the other has no use for, that is done before the branch, and the side is gone with its jump.
 *
 * Runs on allocated code. Numbers that the target's improvements make in ways that change flags stay where they are.
 */

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
    for (const [side, other] of [[next, target] as const, [target, next] as const]) {
      if (entries.get(side) !== 1 || !isPlain(side) || other === side.next) continue;
      const written = side.instructions.reduce((bits, each) => bits | definitionsOf(each), 0);
      if ((liveAtStart(other, live.get(other) ?? 0) & written) !== 0 || !makeRoom(block, side, written))
        continue;
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

/** A few instructions that compute registers from registers and numbers, and nothing else. */
function isPlain({ instructions, branch, next }: MachineBlock): boolean {
  if (branch || !next || instructions.length === 0 || instructions.length > most) return false;
  // Shared ends part a push from its pop.
  const depths = instructions.map(({ op }) => (op === "push" ? 1 : op === "pop" ? -1 : 0));
  if (depths.some((depth, index) => depth === -1 && depths[index - 1] !== 1)) return false;
  if (depths.some((depth, index) => depth === 1 && depths[index + 1] !== -1)) return false;
  return instructions.every(
    ({ operands, uses, defines, condition, isMove, op }) =>
      uses.length === 0 &&
      defines.length === 0 &&
      condition === undefined &&
      (isMove || isConstant.has(op)) &&
      operands.every(({ kind }) => kind !== "memory"),
  );
}

/** What puts a number or an address into a register, on one machine or another; amd64 pushes it and takes it from the stack. */
const isConstant: ReadonlySet<string> = new Set(["mov", "li", "adr", "push", "pop"]);

function liveAtStart(block: MachineBlock, end: RegisterBits): RegisterBits {
  const [first] = block.instructions;
  if (!first) return block.branch ? (end & ~endsOf(block.branch)) | usesOf(block.branch) : end;
  const [after] = liveAfterEach(block, end);
  return ((after ?? 0) & ~endsOf(first)) | usesOf(first);
}

/** Puts the side's instructions before what the branch looks at. */
function makeRoom(block: MachineBlock, side: MachineBlock, written: RegisterBits): boolean {
  const { instructions, branch } = block;
  if (!branch || (usesOf(branch) & written) !== 0) return false;
  const read = side.instructions.reduce((bits, each) => bits | usesOf(each), 0);
  const last = instructions.at(-1);
  const isApart =
    last !== undefined &&
    (usesOf(last) & written) === 0 &&
    (definitionsOf(last) & (written | read)) === 0 &&
    !isTransfer(last);
  if (!isApart) return false;
  instructions.splice(-1, 0, ...side.instructions);
  side.instructions = [];
  return true;
}

function isTransfer({ uses, defines }: MachineInstruction): boolean {
  return uses.length > 0 || defines.length > 0;
}
