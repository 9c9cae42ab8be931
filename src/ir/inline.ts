/**
 * Inlining: a call becomes the callee's body where that makes the whole smaller.
 *
 * A function called once is always worth it: the call, the return and the moves between registers go. One called more often is
 * worth it when its body is not larger than what a call costs, or, for speed, when the call is a notable part of its time. Callees come
 * before callers, so a body that is copied is already as small as it gets.
 */

import type { Optimize } from "../base/optimize.ts";
import { createBlock, createInstruction } from "./build.ts";
import { type Block, type Instruction, type IrFunction, isFloating, type Op, type Terminator } from "./ir.ts";
import { forEachSuccessor, orderBlocks, rewriteOperands } from "./order.ts";

/** A function beyond this many instructions takes no more in: allocation time grows with the square. */
const largestCaller = 2500;
/** A body of at most this many instructions, plus one for each parameter, is no larger than a call. */
const smallBody = 3;
/** The same for a function that is called twice, which would be written once more and not any number of times. */
const smallBodyOfTwo = 7;
/** What has more than one instruction: the number and the arguments go to fixed registers, the result comes from one. */
const more: Readonly<Partial<Record<Op, number>>> = { syscall: 2, call: 5 };
/** For speed: next to a body of at most this many instructions, what a call costs is notable. */
const quickBody = 30;

/** Inlines what pays into `caller`; `calls` counts the calls of each function in the program. Returns whether it did. */
export function inlineInto(
  caller: IrFunction,
  calls: ReadonlyMap<IrFunction, number>,
  optimize: Optimize,
): boolean {
  const replaced = new Map<Instruction, Instruction>();
  let size = sizeOf(caller);
  let changed = false;
  for (let index = 0; index < caller.blocks.length; index++) {
    const block = caller.blocks[index] as Block;
    const at = block.instructions.findIndex(
      (value) => value.op === "call" && isWorthwhile(value, caller, size, calls, optimize),
    );
    if (at < 0) continue;
    const call = block.instructions[at] as Instruction;
    size += sizeOf(call.callee as IrFunction);
    splice(caller, block, at, call, replaced);
    changed = true;
  }
  if (!changed) return false;
  rewriteOperands(caller, (value) => {
    let found = value;
    for (let next = replaced.get(found); next; next = replaced.get(found)) found = next;
    return found;
  });
  orderBlocks(caller);
  return true;
}

/** How often each function is called. */
export function countCalls(functions: readonly IrFunction[]): Map<IrFunction, number> {
  const calls = new Map<IrFunction, number>();
  for (const fn of functions) {
    for (const { instructions } of fn.blocks) {
      for (const { op, callee } of instructions) {
        if (op === "call" && callee) calls.set(callee, (calls.get(callee) ?? 0) + 1);
      }
    }
  }
  return calls;
}

function sizeOf(fn: IrFunction): number {
  let size = 0;
  for (const { instructions } of fn.blocks) {
    size += instructions.length + 1;
    for (const { op } of instructions) size += more[op] ?? 0;
  }
  return size;
}

function isWorthwhile(
  call: Instruction,
  caller: IrFunction,
  size: number,
  calls: ReadonlyMap<IrFunction, number>,
  optimize: Optimize,
): boolean {
  const { callee } = call;
  if (!callee || callee === caller) return false;
  const callCount = calls.get(callee);
  const isOnly = callCount === 1;
  const isQuick = optimize === "speed" && callee.returns && sizeOf(callee) <= quickBody;
  if (!isOnly && !isQuick && callee.blocks.length > 1) return false;
  const body = sizeOf(callee) - callee.parameters.length;
  const most = (callCount === 2 ? smallBodyOfTwo : smallBody) + callee.parameters.length;
  const isSmall = callee.blocks.length === 1 && body <= most;
  return (isSmall || ((isOnly || isQuick) && size + body <= largestCaller)) && !callsItself(callee);
}

function callsItself(fn: IrFunction): boolean {
  return fn.blocks.some(({ instructions }) => instructions.some((value) => value.callee === fn));
}

/** Splits `block` around the call and puts a copy of the callee's blocks between. */
function splice(
  caller: IrFunction,
  block: Block,
  at: number,
  call: Instruction,
  replaced: Map<Instruction, Instruction>,
): void {
  const callee = call.callee as IrFunction;
  const after = createBlock(0);
  after.instructions = block.instructions.slice(at + 1);
  after.terminator = block.terminator;
  forEachSuccessor(after, (successor) => {
    successor.predecessors = successor.predecessors.map((from) => (from === block ? after : from));
  });
  block.instructions.length = at;

  // A debugger has nothing to step through in it: its line is that of the call. `main` is called at its own declaration.
  const isStraight = callee.blocks.length === 1 && call.span !== callee.span;
  const blocks = new Map<Block, Block>(callee.blocks.map((original) => [original, createBlock(0)]));
  const values = new Map<Instruction, Instruction>();
  for (const [index, parameter] of callee.parameters.entries()) {
    values.set(parameter, call.args[index] as Instruction);
  }
  for (const [original, copy] of blocks) {
    for (const value of original.instructions) {
      if (value.op === "parameter") continue;
      const copied: Instruction = { ...createInstruction(value.op, value.type, [], value.span), ...value };
      if (isStraight) copied.span = call.span;
      values.set(value, copied);
      copy.instructions.push(copied);
    }
  }
  const copyOf = (value: Instruction): Instruction =>
    isFloating(value) ? value : (values.get(value) as Instruction);
  const results: Instruction[] = [];
  for (const [original, copy] of blocks) {
    for (const value of copy.instructions) value.args = value.args.map(copyOf);
    copy.predecessors = original.predecessors.map((from) => blocks.get(from) as Block);
    copy.terminator = copyTerminator(original.terminator, blocks, copyOf, after);
    if (original.terminator.kind === "return") {
      after.predecessors.push(copy);
      if (original.terminator.value) results.push(copyOf(original.terminator.value));
    }
  }
  const entry = blocks.get(callee.blocks[0] as Block) as Block;
  block.terminator = { kind: "jump", target: entry };
  entry.predecessors.push(block);

  if (call.type !== "void" && after.predecessors.length > 0) {
    const [only] = results;
    if (results.length === 1 && only) replaced.set(call, only);
    else {
      const phi = createInstruction("phi", call.type, results, call.span);
      after.instructions.unshift(phi);
      replaced.set(call, phi);
    }
  }
  caller.blocks.push(...blocks.values(), after);
}

function copyTerminator(
  terminator: Terminator,
  blocks: ReadonlyMap<Block, Block>,
  copyOf: (value: Instruction) => Instruction,
  after: Block,
): Terminator {
  switch (terminator.kind) {
    case "jump":
      return { kind: "jump", target: blocks.get(terminator.target) as Block };
    case "branch":
      return {
        kind: "branch",
        condition: copyOf(terminator.condition),
        then: blocks.get(terminator.then) as Block,
        else: blocks.get(terminator.else) as Block,
      };
    case "return":
      return { kind: "jump", target: after };
    case "unreachable":
      return terminator;
  }
}
