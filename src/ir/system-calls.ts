/**
 * Which system calls a program can make once it has installed its filter: what the filter must let through.
 *
 * Control flow is followed forwards from the installing system call: through the rest of its function, into every
 * function called from there and on behind the call, and, when the function that was left half-way returns, on behind
 * each call of it. The program is closed, so nothing else can run.
 */

import { UserError } from "../base/errors.ts";
import type { Block, Instruction, IrFunction, IrProgram } from "./ir.ts";
import { forEachSuccessor } from "./order.ts";

/** The numbers of all system calls of the program. Throws a UserError when one is computed at run time. */
export function calledNumbers(program: IrProgram): ReadonlySet<number> {
  const blocks = program.functions.flatMap((fn) => fn.blocks);
  const calls = blocks.flatMap((block) => block.instructions.filter((value) => value.op === "syscall"));
  return new Set(calls.map(numberOf));
}

/**
 * The numbers of the system calls that can follow one that `isInstall`, ascending; undefined when there is none.
 * Throws a UserError when a number is computed at run time.
 */
export function systemCallsAfter(
  program: IrProgram,
  isInstall: (call: Instruction) => boolean,
): number[] | undefined {
  const numbers = new Set<number>();
  const entered = new Set<IrFunction>();
  const continued = new Set<Instruction>();
  const visited = new Set<Block>();
  /** Functions that were entered before the filter was there: only they return to calls that were not followed. */
  const open = new Set<IrFunction>();
  let found = false;

  for (const fn of program.functions) {
    for (const block of fn.blocks) {
      for (const [index, value] of block.instructions.entries()) {
        if (value.op !== "syscall" || !isInstall(value)) continue;
        found = true;
        resume(fn, block, index + 1);
      }
    }
  }
  return found ? [...numbers].sort((a, b) => a - b) : undefined;

  /** Goes on in a function that was entered before. */
  function resume(fn: IrFunction, block: Block, from: number): void {
    if (!open.has(fn)) {
      open.add(fn);
      // What was followed after a call may have returned already.
      if (fn.blocks.some((each) => visited.has(each) && each.terminator.kind === "return"))
        continueAfterCalls(fn);
    }
    follow(fn, block, from);
  }

  function follow(fn: IrFunction, block: Block, from: number): void {
    for (const value of block.instructions.slice(from)) {
      if (value.op === "syscall") numbers.add(numberOf(value));
      if (value.op === "call" && value.callee && !entered.has(value.callee)) {
        entered.add(value.callee);
        const [entry] = value.callee.blocks;
        if (entry) visit(value.callee, entry);
      }
    }
    if (block.terminator.kind === "return" && open.has(fn)) continueAfterCalls(fn);
    forEachSuccessor(block, (next) => visit(fn, next));
  }

  function visit(fn: IrFunction, block: Block): void {
    if (visited.has(block)) return;
    visited.add(block);
    follow(fn, block, 0);
  }

  function continueAfterCalls(fn: IrFunction): void {
    for (const caller of program.functions) {
      for (const block of caller.blocks) {
        for (const [index, value] of block.instructions.entries()) {
          if (value.callee !== fn || continued.has(value)) continue;
          continued.add(value);
          resume(caller, block, index + 1);
        }
      }
    }
  }
}

function numberOf(call: Instruction): number {
  const [number] = call.args;
  if (number?.op === "const") return Number(number.value);
  throw new UserError("a system call's number is not a constant, so no filter can be derived", {
    exitCode: 1,
  });
}
