/**
 * Operations that a machine has no instructions for become others, or calls of functions written in IR, which are
 * simplified, inlined and allocated like any other.
 */

import type { Span } from "../lang/source.ts";
import { createInstruction } from "./build.ts";
import type { Instruction, IrFunction, IrProgram, Op } from "./ir.ts";
import { rewriteOperands } from "./order.ts";

/** What becomes of one operation. */
export interface Expansion {
  /** A few instructions instead of `value`, the result last; undefined when a call is shorter. */
  inPlace(value: Instruction): Instruction[] | undefined;
  /** The function to call, with the operation's operands as parameters. */
  make(span: Span | undefined): IrFunction;
}

export type Expansions = Readonly<Partial<Record<Op, Expansion>>>;

/** Replaces the operations in the program's functions, which are changed in place; the program itself when there are none. */
export function expandOperations(program: IrProgram, expansions: Expansions): IrProgram {
  const made = new Map<Op, IrFunction>();
  let changed = false;
  for (const fn of program.functions) {
    const replaced = new Map<Instruction, Instruction>();
    for (const block of fn.blocks) {
      if (!block.instructions.some(({ op }) => expansions[op])) continue;
      block.instructions = block.instructions.flatMap((value) => {
        const expansion = expansions[value.op];
        if (!expansion) return [value];
        const expanded = expansion.inPlace(value) ?? [call(value, expansion)];
        const last = expanded.at(-1);
        changed = true;
        if (last && value.type !== "void") replaced.set(value, last);
        return expanded;
      });
    }
    if (replaced.size > 0) rewriteOperands(fn, (value) => replaced.get(value) ?? value);
  }
  return !changed ? program : { ...program, functions: [...program.functions, ...made.values()] };

  function call(value: Instruction, expansion: Expansion): Instruction {
    const callee = made.get(value.op) ?? expansion.make(value.span);
    made.set(value.op, callee);
    const replacement = createInstruction("call", value.type, value.args, value.span);
    replacement.callee = callee;
    return replacement;
  }
}
