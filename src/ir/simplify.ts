/**
 * The middle of the compiler: makes a program smaller without changing what it does.
 *
 * Functions are simplified callees first, so that what is inlined is simple already. Each round folds and shares
 * computations, drops what became dead and straightens control flow, until nothing changes.
 */

import type { Optimize } from "../base/optimize.ts";
import { type CallGraph, callGraph } from "./call-graph.ts";
import { combine } from "./combine.ts";
import { dropDeadInstructions, dropUnreachable } from "./dead.ts";
import { simplifyFlow } from "./flow.ts";
import type { FoldContext } from "./fold.ts";
import { countCalls, inlineInto } from "./inline.ts";
import type { IrFunction, IrProgram } from "./ir.ts";

/** The smaller program, or the quicker one. Functions of the given one are changed in place. */
export function simplify(program: IrProgram, optimize: Optimize = "size"): IrProgram {
  const data = new Map(program.data.map((object) => [object.name, object]));
  const context: FoldContext = { data: (name) => data.get(name) };
  const graph: CallGraph = callGraph(program.functions);
  const calls = countCalls(program.functions);
  for (const fn of graph.calleesFirst) {
    simplifyFunction(fn, context);
    while (inlineInto(fn, calls, optimize)) simplifyFunction(fn, context);
  }
  return dropUnreachable(program);
}

/** Simplifies each function by itself: after `expand64`, when a function's result may be two values, nothing is inlined. */
export function tidy(program: IrProgram): IrProgram {
  const data = new Map(program.data.map((object) => [object.name, object]));
  for (const fn of program.functions) simplifyFunction(fn, { data: (name) => data.get(name) });
  return dropUnreachable(program);
}

function simplifyFunction(fn: IrFunction, context: FoldContext): void {
  for (let round = 0; round < 10; round++) {
    const combined = combine(fn, context);
    dropDeadInstructions(fn);
    const straightened = simplifyFlow(fn);
    if (!combined && !straightened) return;
  }
}
