/**
 * The shape of a function: successors, predecessors, the order of its blocks, and replacing values.
 *
 * The operands of a phi follow `block.predecessors`, so an edge is added or removed together with them. A
 * branch whose two sides are one block would be two edges with nothing to tell them apart: it is always written as a jump.
 */

import { assert } from "../base/errors.ts";
import type { Block, Instruction, IrFunction } from "./ir.ts";

/** Calls `visit` for each edge out of `block`: `then` before `else`. */
export function forEachSuccessor(block: Block, visit: (successor: Block) => void): void {
  const { terminator } = block;
  if (terminator.kind === "jump") visit(terminator.target);
  else if (terminator.kind === "branch") {
    visit(terminator.then);
    visit(terminator.else);
  }
}

/** Forgets the edge from `predecessor` to `block`, with the operands that `block`'s phis had for it. */
export function removePredecessor(block: Block, predecessor: Block): void {
  const at = block.predecessors.indexOf(predecessor);
  assert(at >= 0, `block ${predecessor.id} is no predecessor of block ${block.id}`);
  block.predecessors.splice(at, 1);
  for (const phi of block.instructions) {
    if (phi.op !== "phi") break;
    phi.args.splice(at, 1);
  }
}

/**
 * Drops the blocks that control cannot reach, puts the others in reverse post-order and numbers them in it.
 * The `then` side of a branch comes right after the branch where nothing else orders them, so a loop's body lies
 * before what follows the loop. Leaves `mark` zero.
 */
export function orderBlocks(fn: IrFunction): void {
  const entry = fn.blocks[0];
  assert(entry !== undefined, `${fn.name} has no blocks`);
  const postOrder: Block[] = [];
  const reached = 1;
  for (const block of fn.blocks) block.mark = 0;
  entry.mark = reached;
  const stack: Visit[] = [{ block: entry, successors: 0 }];
  for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
    const next = nextSuccessor(visit.block, visit.successors++);
    if (next === undefined) {
      postOrder.push(visit.block);
      stack.pop();
    } else if (next.mark !== reached) {
      next.mark = reached;
      stack.push({ block: next, successors: 0 });
    }
  }
  const ordered = postOrder.reverse();
  for (const block of ordered) dropUnreached(block, reached);
  ordered.forEach((block, index) => {
    block.id = index;
    block.mark = 0;
  });
  fn.blocks = ordered;
}

/** A block on the way from the entry, and how many of its successors were looked at. */
interface Visit {
  readonly block: Block;
  successors: number;
}

/** `else` before `then`: what is visited last comes first in reverse post-order. */
function nextSuccessor(block: Block, visited: number): Block | undefined {
  const { terminator } = block;
  if (terminator.kind === "jump") return visited === 0 ? terminator.target : undefined;
  if (terminator.kind !== "branch" || visited > 1) return undefined;
  return visited === 0 ? terminator.else : terminator.then;
}

function dropUnreached(block: Block, reached: number): void {
  const { predecessors } = block;
  if (predecessors.every((predecessor) => predecessor.mark === reached)) return;
  for (const phi of block.instructions) {
    if (phi.op !== "phi") break;
    phi.args = phi.args.filter((_, index) => predecessors[index]?.mark === reached);
  }
  block.predecessors = predecessors.filter((predecessor) => predecessor.mark === reached);
}

/** Writes `replacement(value)` in place of every operand of every instruction and terminator. */
export function rewriteOperands(fn: IrFunction, replacement: (value: Instruction) => Instruction): void {
  for (const block of fn.blocks) {
    for (const { args } of block.instructions) {
      for (let i = 0; i < args.length; i++) args[i] = replacement(args[i] as Instruction);
    }
    const { terminator } = block;
    if (terminator.kind === "branch") terminator.condition = replacement(terminator.condition);
    else if (terminator.kind === "return" && terminator.value !== undefined) {
      terminator.value = replacement(terminator.value);
    }
  }
}

/** Every use of `from` becomes one of `to`. Costs a walk over the function: for many at once, `rewriteOperands`. */
export function replaceUses(fn: IrFunction, from: Instruction, to: Instruction): void {
  rewriteOperands(fn, (value) => (value === from ? to : value));
}
