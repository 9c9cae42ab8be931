/**
 * Who calls whom: the functions with callees before callers, and those in a recursive cycle (Tarjan's strongly
 * connected components).
 */

import type { IrFunction } from "./ir.ts";

export interface CallGraph {
  readonly calleesFirst: readonly IrFunction[];
  /** Functions that can call themselves, directly or through others. */
  readonly recursive: ReadonlySet<IrFunction>;
}

export function callGraph(functions: readonly IrFunction[]): CallGraph {
  const calleesFirst: IrFunction[] = [];
  const recursive = new Set<IrFunction>();
  const index = new Map<IrFunction, number>();
  const low = new Map<IrFunction, number>();
  const open: IrFunction[] = [];
  const isOpen = new Set<IrFunction>();

  const visit = (fn: IrFunction): void => {
    const number = index.size;
    index.set(fn, number);
    low.set(fn, number);
    open.push(fn);
    isOpen.add(fn);
    for (const callee of calleesOf(fn)) {
      if (callee === fn) recursive.add(fn);
      if (!index.has(callee)) visit(callee);
      if (isOpen.has(callee)) low.set(fn, Math.min(low.get(fn) as number, low.get(callee) as number));
    }
    if (low.get(fn) !== number) return;
    const component = open.splice(open.indexOf(fn));
    for (const member of component) {
      isOpen.delete(member);
      if (component.length > 1) recursive.add(member);
    }
    // Within a cycle any order will do; the stack has the last visited at its end.
    calleesFirst.push(...component.reverse());
  };
  for (const fn of functions) if (!index.has(fn)) visit(fn);
  return { calleesFirst, recursive };
}

function calleesOf(fn: IrFunction): Set<IrFunction> {
  const callees = new Set<IrFunction>();
  for (const { instructions } of fn.blocks) {
    for (const { op, callee } of instructions) if (op === "call" && callee) callees.add(callee);
  }
  return callees;
}
