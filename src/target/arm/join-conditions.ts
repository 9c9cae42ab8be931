/**
 * Two conditions in one branch: `a || b` and `a && b` are two comparisons and two branches to one place. The second comparison can be
 * made under the condition that the first did not decide, and the first branch goes, provided that what the first would have branched
 * on lets the second branch, too: `cmp r0, #32; cmpne r0, #9; beq`.
 */

import { branchTarget, type MachineBlock, type MachineFunction, successors } from "../../machine/machine.ts";
import { jumpIf, opposite } from "./instructions.ts";
import { arithmetic, compares } from "./opcodes.ts";

/** More instructions than these are faster to skip. */
const most = 3;

/** What else holds under a condition, whatever set the flags. */
const implied: Readonly<Record<string, readonly string[]>> = {
  eq: ["ls", "le"],
  hi: ["hs", "ne"],
  lo: ["ls"],
  gt: ["ge", "ne"],
  lt: ["le"],
};

/** Rewrites the blocks of an allocated function, before they are laid out. */
export function joinConditions(fn: MachineFunction): void {
  const entries = new Map<MachineBlock, number>(fn.blocks.slice(0, 1).map((entry) => [entry, 2]));
  for (const block of fn.blocks) {
    for (const next of successors(block)) entries.set(next, (entries.get(next) ?? 0) + 1);
  }
  const gone = new Set<MachineBlock>();
  for (const block of fn.blocks) {
    if (gone.has(block)) continue;
    for (let second = join(block, entries); second; second = join(block, entries)) {
      gone.add(second);
      // Both went there.
      const target = block.branch && branchTarget(block.branch);
      if (target) entries.set(target, (entries.get(target) ?? 0) - 1);
    }
  }
  fn.blocks = fn.blocks.filter((block) => !gone.has(block));
}

/** A way out of a block, and the other one. */
interface Way {
  readonly condition: string;
  readonly to: MachineBlock;
  readonly other: MachineBlock;
}

function waysOf({ branch, next }: MachineBlock): readonly Way[] {
  const target = branch && branchTarget(branch);
  const condition = branch?.condition;
  const inverse = opposite[condition ?? ""];
  if (!target || !next || target === next || condition === undefined || inverse === undefined) return [];
  return [
    { condition, to: target, other: next },
    { condition: inverse, to: next, other: target },
  ];
}

/** Takes the comparison of a block that follows into `block`; returns that block. */
function join(block: MachineBlock, entries: ReadonlyMap<MachineBlock, number>): MachineBlock | undefined {
  for (const first of waysOf(block)) {
    const follower = first.other;
    if (follower === block || entries.get(follower) !== 1 || !isComparison(follower)) continue;
    const second = waysOf(follower).find(({ to }) => to === first.to);
    if (!second || !compareBoth(block, first.condition, follower, second.condition)) continue;
    block.next = second.other;
    return follower;
  }
  return undefined;
}

/** A few instructions of which the last compares and nothing else touches the flags. */
function isComparison({ instructions }: MachineBlock): boolean {
  const last = instructions.length - 1;
  return (
    last >= 0 &&
    instructions.length <= most &&
    instructions.every(
      ({ op, condition, uses, defines }, index) =>
        condition === undefined &&
        uses.length === 0 &&
        (defines.length === 0 || movesBase(op)) &&
        Object.hasOwn(compares, op) === (index === last) &&
        !(op.endsWith("s") && Object.hasOwn(arithmetic, op.slice(0, -1))) &&
        op !== "ret" &&
        op !== "tail",
    )
  );
}

function movesBase(op: string): boolean {
  return op.endsWith("-pre") || op.endsWith("-post");
}

/** Writes both comparisons and the branch at the end of `block`. */
function compareBoth(block: MachineBlock, first: string, follower: MachineBlock, second: string): boolean {
  const { branch, instructions } = block;
  const to = follower.branch && waysOf(follower).find(({ condition }) => condition === second)?.to;
  const inverse = opposite[first] as string;
  if (!to || !branch) return false;
  if (first === second || implied[first]?.includes(second)) {
    for (const each of follower.instructions) instructions.push({ ...each, condition: inverse });
    block.branch = { ...jumpIf(second, to), span: branch.span };
    return true;
  }
  // The other way round, where nothing but the comparisons is exchanged.
  const last = instructions.at(-1);
  const [only] = follower.instructions;
  const isPlain = last && Object.hasOwn(compares, last.op) && last.condition === undefined;
  if (!isPlain || !only || follower.instructions.length > 1 || !implied[second]?.includes(first))
    return false;
  instructions.splice(-1, 1, only, { ...last, condition: opposite[second] });
  block.branch = { ...jumpIf(first, to), span: branch.span };
  return true;
}
