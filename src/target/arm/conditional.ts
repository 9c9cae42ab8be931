/**
 * Short blocks as conditional instructions: where a branch only skips a few instructions, those are done under the opposite
 * condition instead, and the branch goes.
 *
 * What may become conditional leaves the flags alone, because those behind it need them too; only the last may be a call, or leave
 * the function.
 */

import type { MachineBlock, MachineFunction, MachineInstruction } from "../../machine/machine.ts";
import { branchTarget, successors } from "../../machine/machine.ts";
import { opposite } from "./instructions.ts";
import { arithmetic, compares } from "./opcodes.ts";

/** More instructions than these are faster to skip. */
const most = 4;

/** Rewrites the blocks of an allocated function, before they are laid out. */
export function makeConditional(fn: MachineFunction): void {
  for (let changed = true; changed; ) {
    changed = false;
    const predecessors = countPredecessors(fn);
    for (const block of fn.blocks) {
      const gone = skip(block, predecessors);
      if (!gone) continue;
      fn.blocks = fn.blocks.filter((other) => !gone.includes(other));
      changed = true;
      break;
    }
  }
}

function countPredecessors(fn: MachineFunction): ReadonlyMap<MachineBlock, number> {
  const counts = new Map<MachineBlock, number>();
  for (const block of fn.blocks) {
    for (const next of successors(block)) counts.set(next, (counts.get(next) ?? 0) + 1);
  }
  return counts;
}

/** Takes what the branch at the end of `block` chooses between into it. Returns the blocks that this makes superfluous. */
function skip(
  block: MachineBlock,
  predecessors: ReadonlyMap<MachineBlock, number>,
): readonly MachineBlock[] | undefined {
  const { branch, next } = block;
  const then = branch && branchTarget(branch);
  const condition = branch?.condition;
  const inverse = opposite[condition ?? ""];
  if (!then || !next || condition === undefined || inverse === undefined || then === next) return undefined;
  const fits = (side: MachineBlock): boolean =>
    side !== block && predecessors.get(side) === 1 && !side.branch && canDepend(side.instructions);
  const take = (side: MachineBlock, when: string): void => {
    for (const each of side.instructions) block.instructions.push({ ...each, condition: when });
  };
  const join = (to: MachineBlock | undefined): void => {
    block.branch = undefined;
    block.next = to;
  };
  // Both sides meet: the first must leave the flags for the second.
  if (fits(then) && fits(next) && then.next === next.next && !then.instructions.some(isLast)) {
    take(then, condition);
    take(next, inverse);
    join(then.next);
    return [then, next];
  }
  for (const [side, other, when] of [
    [next, then, inverse],
    [then, next, condition],
  ] as const) {
    // One side joins the other, or leaves the function, maybe by way of a return that others share.
    if (!fits(side)) continue;
    const { next: onward } = side;
    const isLeft = onward && onward !== other && isReturn(onward) && !side.instructions.some(isLast);
    if (onward !== other && onward !== undefined && !isLeft) continue;
    take(side, when);
    if (isLeft) take(onward, when);
    join(other);
    return [side];
  }
  // A lone return is no longer than the branch to it.
  if (isReturn(then)) {
    take(then, condition);
    join(next);
    return [];
  }
  return undefined;
}

/** It does nothing but return. */
function isReturn({ instructions, branch, next }: MachineBlock): boolean {
  return instructions.length === 1 && !branch && !next && canDepend(instructions);
}

export function canDepend(instructions: readonly MachineInstruction[]): boolean {
  return (
    instructions.length > 0 &&
    instructions.length <= most &&
    instructions.every(
      (each, index) =>
        each.condition === undefined &&
        !changesFlags(each) &&
        (!isLast(each) || index === instructions.length - 1),
    )
  );
}

/** After it the flags are others, or control is elsewhere. */
export function isLast({ op, operands: [first] }: MachineInstruction): boolean {
  if (op === "bl" || op === "tail" || op === "ret" || op === "pop") return true;
  return op === "ldr-post" && first?.kind === "register" && first.register === 15;
}

/** Reading them is for what stands behind one that sets them. */
function changesFlags({ op }: MachineInstruction): boolean {
  return Object.hasOwn(compares, op) || (op.endsWith("s") && Object.hasOwn(arithmetic, op.slice(0, -1)));
}
