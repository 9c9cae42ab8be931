/**
 * Accesses by way of the next address. Folding writes a load at `next = at + 1` as one at `at`, with an offset, which is best as long
 * as nobody else wants `next`. Where somebody does, and `at` was kept for such accesses only, they go through `next`, so that
 * both can have one register and the step is an increment.
 *
 * Runs once, right before selection: folding would undo it.
 */

import { type DominatorTree, dominates, dominatorTree } from "./dominators.ts";
import { type Block, type Instruction, type IrFunction, normalize, type Type } from "./ir.ts";
import { forEachSuccessor } from "./order.ts";

/** Changes the operands of accesses and sums. */
export function rebase(fn: IrFunction): void {
  const uses = usesOf(fn);
  const homes = new Map<Instruction, Block>();
  for (const block of fn.blocks) for (const value of block.instructions) homes.set(value, block);
  let tree: DominatorTree | undefined;
  for (const block of fn.blocks) {
    for (const next of block.instructions) {
      const distance = stepOf(next);
      const [at] = next.args;
      if (distance === undefined || at === undefined) continue;
      const others = (uses.get(at) ?? []).filter(({ user }) => user !== next);
      if (others.length === 0 || (uses.get(next) ?? []).length === 0) continue;
      const later = usesAfter(next, block, homes.get(at), others);
      if (later.length === 0 || !later.every((use) => goesBy(use, at, next, distance))) continue;
      tree ??= dominatorTree(fn);
      const dominators = tree;
      if (!later.every((use) => use.block === block || dominates(dominators, block, use.block))) continue;
      for (const use of later) move(use.user as Instruction, next, distance);
      uses.set(
        at,
        (uses.get(at) ?? []).filter((use) => !later.includes(use)),
      );
      uses.set(next, [...(uses.get(next) ?? []), ...later]);
    }
  }
}

/** Where a value is wanted: by an instruction, or, without one, at the end of the block. */
interface Use {
  readonly user: Instruction | undefined;
  readonly block: Block;
  /** In the block, of the user. */
  readonly index: number;
}

/** A phi wants its operands at the ends of the predecessors. */
function usesOf(fn: IrFunction): Map<Instruction, Use[]> {
  const uses = new Map<Instruction, Use[]>();
  const note = (
    value: Instruction | undefined,
    user: Instruction | undefined,
    block: Block,
    index: number,
  ) => {
    if (value === undefined) return;
    const list = uses.get(value);
    if (list) list.push({ user, block, index });
    else uses.set(value, [{ user, block, index }]);
  };
  for (const block of fn.blocks) {
    const { instructions, terminator } = block;
    for (const [index, user] of instructions.entries()) {
      for (const [operand, value] of user.args.entries()) {
        if (user.op !== "phi") note(value, user, block, index);
        else note(value, undefined, block.predecessors[operand] as Block, Number.POSITIVE_INFINITY);
      }
    }
    if (terminator.kind === "branch") note(terminator.condition, undefined, block, Number.POSITIVE_INFINITY);
    if (terminator.kind === "return") note(terminator.value, undefined, block, Number.POSITIVE_INFINITY);
  }
  return uses;
}

/** Offsets of accesses from here on cost more than a step saves. */
const farOffset = 128;

/** The number that an addition adds. */
function stepOf({ op, args }: Instruction): bigint | undefined {
  const [from, amount] = args;
  return op === "add" && from?.op !== "address" && amount?.op === "const" ? amount.value : undefined;
}

/** The uses that control may come to after `next` in `block`, but by way of `home`, where what they use is computed anew. */
function usesAfter(next: Instruction, block: Block, home: Block | undefined, uses: readonly Use[]): Use[] {
  const start = block.instructions.indexOf(next);
  const reached = new Set<Block>();
  const waiting: Block[] = [];
  forEachSuccessor(block, (successor) => waiting.push(successor));
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (reached.has(at) || at === home) continue;
    reached.add(at);
    forEachSuccessor(at, (successor) => waiting.push(successor));
  }
  return uses.filter((use) => (use.block === block && use.index > start) || reached.has(use.block));
}

/** Whether `next` will do in place of `at`: an access to memory at `at` plus an offset, or a sum with a constant. */
function goesBy({ user }: Use, at: Instruction, next: Instruction, distance: bigint): boolean {
  if (user === undefined || user.args[0] !== at || user.args.lastIndexOf(at) !== 0) return false;
  if (stepOf(user) !== undefined) return user.type === next.type;
  const isAccess = user.op.startsWith("load") || user.op.startsWith("store");
  const offset = BigInt(user.offset) - distance;
  if (!isAccess || offset < -farOffset || offset >= farOffset) return false;
  return next.noWrap || next.type === "i64" || offset === 0n;
}

function move(user: Instruction, next: Instruction, distance: bigint): void {
  user.args[0] = next;
  const amount = stepOf(user);
  if (amount === undefined) user.offset -= Number(distance);
  else
    user.args[1] = {
      ...(user.args[1] as Instruction),
      value: normalize(user.type as Type, amount - distance),
    };
}
