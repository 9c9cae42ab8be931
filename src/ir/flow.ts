/**
 * Simplification of control flow: branches on constants, blocks that only pass on, chains of blocks, and branches
 * whose outcome is known on the way in.
 */

import { createInstruction } from "./build.ts";
import { evaluate, isCompare, isTruth } from "./evaluate.ts";
import type { Block, Instruction, IrFunction, Type } from "./ir.ts";
import { forEachSuccessor, orderBlocks, removePredecessor } from "./order.ts";

/** Returns whether anything changed. Leaves the blocks in reverse post-order. */
export function simplifyFlow(fn: IrFunction): boolean {
  let changed = false;
  for (let again = true; again; ) {
    again = false;
    for (const block of fn.blocks) {
      if (foldBranch(block) || straightenBranch(block)) again = true;
    }
    orderBlocks(fn);
    for (const block of fn.blocks) {
      if (block.id >= 0 && mergeWithSuccessor(block)) again = true;
    }
    fn.blocks = fn.blocks.filter((block) => block.id >= 0);
    for (const block of fn.blocks) {
      if (passThrough(fn, block) || threadPhi(fn, block)) again = true;
    }
    if (again) orderBlocks(fn);
    changed ||= again;
  }
  return changed;
}

/** A branch on a constant is a jump. */
function foldBranch(block: Block): boolean {
  const { terminator } = block;
  if (terminator.kind !== "branch" || terminator.condition.op !== "const") return false;
  const taken = terminator.condition.value !== 0n;
  removePredecessor(taken ? terminator.else : terminator.then, block);
  block.terminator = { kind: "jump", target: taken ? terminator.then : terminator.else };
  return true;
}

/** `if (x === 0)` of a truth value, with the sides exchanged, is `if (x)`; `x !== 0` is `x`. */
function straightenBranch(block: Block): boolean {
  const { terminator } = block;
  if (terminator.kind !== "branch") return false;
  const { condition } = terminator;
  if (condition.op !== "eq" && condition.op !== "ne") return false;
  const [inner, zero] = condition.args;
  if (zero?.op !== "const" || zero.value !== 0n || !inner) return false;
  if (!isTruth(inner.op)) return false;
  terminator.condition = inner;
  if (condition.op === "eq") {
    const { then } = terminator;
    terminator.then = terminator.else;
    terminator.else = then;
  }
  return true;
}

/** Two blocks between which nothing else comes or goes are one. The merged block is marked with id -1. */
function mergeWithSuccessor(block: Block): boolean {
  const { terminator } = block;
  if (terminator.kind !== "jump") return false;
  const next = terminator.target;
  if (next.predecessors.length !== 1 || next === block) return false;
  if (next.instructions[0]?.op === "phi") return false;
  block.instructions.push(...next.instructions);
  block.terminator = next.terminator;
  next.instructions = [];
  next.id = -1;
  forEachSuccessor(block, (successor) => {
    successor.predecessors = successor.predecessors.map((from) => (from === next ? block : from));
  });
  return true;
}

/** Whoever goes to an empty block that jumps on goes there directly, unless that would make two like edges. */
function passThrough(fn: IrFunction, block: Block): boolean {
  const { terminator } = block;
  if (block.instructions.length > 0 || terminator.kind !== "jump" || block === fn.blocks[0]) return false;
  const { target } = terminator;
  if (target === block) return false;
  let changed = false;
  for (const from of [...block.predecessors]) {
    if (target.predecessors.includes(from) && !canShareEdge(from, block, target)) continue;
    redirect(from, block, target, (phi) => phi.args[target.predecessors.indexOf(block)] as Instruction);
    changed = true;
  }
  if (block.predecessors.length === 0) {
    removePredecessor(target, block);
    block.terminator = { kind: "unreachable" };
  }
  return changed;
}

/** Both sides of a branch may go to one block when its phis do not tell them apart: the branch becomes a jump. */
function canShareEdge(from: Block, block: Block, target: Block): boolean {
  const direct = target.predecessors.indexOf(from);
  const through = target.predecessors.indexOf(block);
  return target.instructions.every(
    (phi) =>
      phi.op !== "phi" || isSameValue(phi.args[direct] as Instruction, phi.args[through] as Instruction),
  );
}

function isSameValue(a: Instruction, b: Instruction): boolean {
  return a === b || (a.op === "const" && b.op === "const" && a.value === b.value);
}

/** Moves the edge `from → block` to `target`, whose phis get `operand(phi)` for it. */
function redirect(
  from: Block,
  block: Block,
  target: Block,
  operand: (phi: Instruction) => Instruction,
): void {
  const shares = target.predecessors.includes(from);
  if (!shares) {
    for (const phi of target.instructions) {
      if (phi.op !== "phi") break;
      phi.args.push(operand(phi));
    }
    target.predecessors.push(from);
  }
  removePredecessor(block, from);
  const { terminator } = from;
  if (terminator.kind === "jump" || shares) from.terminator = { kind: "jump", target };
  else if (terminator.kind === "branch") {
    if (terminator.then === block) terminator.then = target;
    else terminator.else = target;
  }
}

/**
 * A block that only decides on a phi: predecessors that bring a constant know the outcome and go there
 * directly. The phi may be used after the decision where exactly one side leads; a new phi there takes its place.
 */
function threadPhi(fn: IrFunction, block: Block): boolean {
  const { terminator } = block;
  if (terminator.kind !== "branch") return false;
  const decision = decisionOf(block, terminator.condition);
  if (!decision) return false;
  const { phi, outcome } = decision;
  const edge = phi.args.findIndex((arg) => arg.op === "const");
  const arg = phi.args[edge];
  const from = block.predecessors[edge];
  if (!arg || !from || from === block || terminator.then === block || terminator.else === block) return false;
  const target = outcome(arg.value) ? terminator.then : terminator.else;
  if (target.predecessors.includes(from)) return false;
  if (!repairUses(fn, block, phi, arg, terminator.then, terminator.else, target)) return false;
  const viaBlock = target.predecessors.indexOf(block);
  redirect(from, block, target, (targetPhi) => {
    const value = targetPhi.args[viaBlock] as Instruction;
    return value === phi ? arg : value;
  });
  return true;
}

interface Decision {
  readonly phi: Instruction;
  readonly outcome: (value: bigint) => boolean;
}

/** The block holds one phi and a condition on the phi alone. */
function decisionOf(block: Block, condition: Instruction): Decision | undefined {
  const { instructions } = block;
  const phi = instructions[0];
  if (phi?.op !== "phi") return undefined;
  if (condition === phi && instructions.length === 1) return { phi, outcome: (value) => value !== 0n };
  if (!isCompare(condition.op) || instructions.length !== 2 || instructions[1] !== condition)
    return undefined;
  const [left, right] = condition.args;
  if (!left || !right) return undefined;
  const type = left.type as Type;
  if (left === phi && right.op === "const") {
    return { phi, outcome: (value) => evaluate(condition.op, type, value, right.value) === 1n };
  }
  if (right === phi && left.op === "const") {
    return { phi, outcome: (value) => evaluate(condition.op, type, left.value, value) === 1n };
  }
  return undefined;
}

/**
 * Prepares the uses of `phi` outside its block for the new edge into `target`. Possible when there are none, or
 * when `target` had only `block` before it and everything that uses the phi on that side is reached through it.
 */
function repairUses(
  fn: IrFunction,
  block: Block,
  phi: Instruction,
  arg: Instruction,
  then: Block,
  other: Block,
  target: Block,
): boolean {
  const users: { value: Instruction; block: Block }[] = [];
  let atTerminators = false;
  for (const place of fn.blocks) {
    if (place === block) continue;
    const { instructions } = place;
    for (let i = 0; i < instructions.length; i++) {
      const value = instructions[i] as Instruction;
      if (!value.args.includes(phi)) continue;
      if (value.op !== "phi") {
        users.push({ value, block: place });
        continue;
      }
      // Operands from `block` itself are on the decided edges: `redirect` sees to them.
      for (const [index, used] of value.args.entries()) {
        if (used === phi && place.predecessors[index] !== block)
          users.push({ value, block: place.predecessors[index] as Block });
      }
    }
    if (terminatorUses(place, phi)) atTerminators = true;
  }
  const [condition] = block.terminator.kind === "branch" ? [block.terminator.condition] : [];
  if (condition && condition !== phi && usedOutside(fn, block, condition)) return false;
  if (users.length === 0 && !atTerminators) return true;
  if (then.predecessors.length !== 1 || other.predecessors.length !== 1 || then === other) return false;
  const side = reachableWithout(target, block);
  const opposite = reachableWithout(target === then ? other : then, block);
  if (users.some((user) => side.has(user.block) && opposite.has(user.block))) return false;
  if ([...side].some((place) => opposite.has(place) && terminatorUses(place, phi))) return false;
  const merged = createInstruction("phi", phi.type, [phi], phi.span);
  target.instructions.unshift(merged);
  for (const { value, block: place } of users) {
    if (!side.has(place)) continue;
    value.args = value.args.map((used, index) =>
      used === phi && (value.op !== "phi" || side.has(blockOf(fn, value).predecessors[index] as Block))
        ? merged
        : used,
    );
  }
  for (const place of side) replaceInTerminator(place, phi, merged);
  void arg;
  return true;
}

function blockOf(fn: IrFunction, value: Instruction): Block {
  return fn.blocks.find((block) => block.instructions.includes(value)) as Block;
}

function usedOutside(fn: IrFunction, block: Block, value: Instruction): boolean {
  return fn.blocks.some(
    (place) =>
      (place !== block && terminatorUses(place, value)) ||
      place.instructions.some((user) => user.args.includes(value)),
  );
}

function terminatorUses(block: Block, value: Instruction): boolean {
  const { terminator } = block;
  if (terminator.kind === "branch") return terminator.condition === value;
  return terminator.kind === "return" && terminator.value === value;
}

function replaceInTerminator(block: Block, from: Instruction, to: Instruction): void {
  const { terminator } = block;
  if (terminator.kind === "branch" && terminator.condition === from) terminator.condition = to;
  if (terminator.kind === "return" && terminator.value === from) terminator.value = to;
}

/** Blocks that can be reached from `start` without passing `barrier`. */
function reachableWithout(start: Block, barrier: Block): Set<Block> {
  const reached = new Set<Block>([start]);
  for (const block of reached) {
    forEachSuccessor(block, (next) => {
      if (next !== barrier) reached.add(next);
    });
  }
  return reached;
}
