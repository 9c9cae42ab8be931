/**
 * Branches that only show where blocks lie one behind the other: one that skips a block of an instruction or two, which then jumps
 * away, becomes the jump itself, and those instructions conditional.
 *
 *     beq past                strne r0, [r1]
 *     str r0, [r1]            bne elsewhere
 *     b elsewhere
 *   past:
 *
 * Before blocks are in order nobody knows whether the jump is needed, and what is conditional shares no ends with other blocks.
 */

import { branchTarget, type MachineBlock, type MachineFunction } from "../../machine/machine.ts";
import { canDepend, isLast } from "./conditional.ts";
import { jumpIf, opposite } from "./instructions.ts";

/** More instructions than these are faster to skip. */
const most = 2;

/** Rewrites the blocks of functions that are laid out. */
export function joinJumps(functions: readonly MachineFunction[]): void {
  for (const fn of functions) {
    const targets = targetsOf(fn);
    for (let at = 0; at + 2 < fn.blocks.length; at++) {
      const [block, skipped, past] = fn.blocks.slice(at, at + 3) as [
        MachineBlock,
        MachineBlock,
        MachineBlock,
      ];
      if (!targets.has(skipped) && join(block, skipped, past)) fn.blocks.splice(at + 1, 1);
    }
  }
}

function targetsOf({ blocks }: MachineFunction): ReadonlySet<MachineBlock | undefined> {
  return new Set(blocks.flatMap(({ instructions }) => instructions.map(branchTarget)));
}

function join(block: MachineBlock, skipped: MachineBlock, past: MachineBlock): boolean {
  const branch = block.instructions.at(-1);
  const away = skipped.instructions.at(-1);
  const inverse = opposite[branch?.condition ?? ""];
  const onward = away && branchTarget(away);
  const done = skipped.instructions.slice(0, -1);
  if (!branch || branchTarget(branch) !== past || inverse === undefined) return false;
  if (!onward || away.condition !== undefined || done.length > most) return false;
  if (!canDepend(done) || done.some(isLast)) return false;
  const conditional = done.map((each) => ({ ...each, condition: inverse }));
  block.instructions.splice(-1, 1, ...conditional, { ...jumpIf(inverse, onward), span: branch.span });
  block.next = past;
  return true;
}
