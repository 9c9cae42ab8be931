/**
 * What a program uses: every function that `main` calls, directly or not, and the storage and data that these name.
 * The same walk finds calls in a circle, which must not have scratch storage.
 */

import type { DataObject } from "../base/data-object.ts";
import { never } from "../base/errors.ts";
import type { CheckedFunction, Expression, Global, Statement } from "./checked.ts";

/** What one function names. */
export interface Uses {
  readonly functions: Set<CheckedFunction>;
  readonly globals: Set<Global>;
  readonly data: Set<DataObject>;
}

export function usesOf(fn: CheckedFunction): Uses {
  const uses: Uses = { functions: new Set(), globals: new Set(), data: new Set() };
  walkStatements(fn.body, uses);
  return uses;
}

function walkStatements(statements: readonly Statement[], uses: Uses): void {
  for (const statement of statements) walkStatement(statement, uses);
}

function walkStatement(statement: Statement, uses: Uses): void {
  switch (statement.kind) {
    case "variable":
    case "return":
      if (statement.value) walk(statement.value, uses);
      return;
    case "expression":
      walk(statement.expression, uses);
      return;
    case "block":
    case "labeled":
      walkStatements(statement.body, uses);
      return;
    case "if":
      walk(statement.condition, uses);
      walkStatements(statement.then, uses);
      walkStatements(statement.else, uses);
      return;
    case "loop":
      walkStatements(statement.initial, uses);
      if (statement.condition) walk(statement.condition, uses);
      walkStatements(statement.body, uses);
      walkStatements(statement.update, uses);
      return;
    case "switch":
      walk(statement.value, uses);
      for (const one of statement.cases) walkStatements(one.body, uses);
      return;
    case "break":
    case "continue":
      return;
    default:
      never(statement);
      return;
  }
}

function walk(expression: Expression, uses: Uses): void {
  switch (expression.kind) {
    case "local":
    case "constant":
      return;
    case "global":
    case "storage":
      uses.globals.add(expression.global);
      return;
    case "data":
      uses.data.add(expression.object);
      return;
    case "field":
      walk(expression.object, uses);
      return;
    case "element":
      walk(expression.base, uses);
      walk(expression.index, uses);
      return;
    case "far":
      walk(expression.address, uses);
      return;
    case "unary":
    case "convert":
      walk(expression.operand, uses);
      return;
    case "arithmetic":
    case "comparison":
    case "logical":
      walk(expression.left, uses);
      walk(expression.right, uses);
      return;
    case "conditional":
      walk(expression.condition, uses);
      walk(expression.then, uses);
      walk(expression.else, uses);
      return;
    case "assign":
    case "update":
      walk(expression.place, uses);
      walk(expression.value, uses);
      return;
    case "call":
      uses.functions.add(expression.callee);
      for (const arg of expression.args) walk(arg, uses);
      return;
    case "intrinsic":
      for (const arg of expression.args) walk(arg, uses);
      return;
    default:
      never(expression);
      return;
  }
}

export interface Reachable {
  readonly functions: readonly CheckedFunction[];
  readonly globals: readonly Global[];
  readonly data: readonly DataObject[];
}

/** Everything live, in the order in which a walk from `main` meets it. `objects` gives what relocations name. */
export function reachableFrom(
  main: CheckedFunction,
  uses: (fn: CheckedFunction) => Uses,
  objects: ReadonlyMap<string, DataObject>,
): Reachable {
  const functions = new Set([main]);
  const globals = new Set<Global>();
  const data = new Set<DataObject>();
  for (const fn of functions) {
    const used = uses(fn);
    for (const callee of used.functions) functions.add(callee);
    for (const global of used.globals) globals.add(global);
    for (const object of used.data) data.add(object);
  }
  // A set grows while it is walked, so this is the closure.
  for (const { relocations } of data) {
    for (const { target } of relocations) {
      const object = objects.get(target);
      if (object) data.add(object);
    }
  }
  return { functions: [...functions], globals: [...globals], data: [...data] };
}

/** The functions of a circle of calls through `fn`, starting with what it calls; undefined when there is none. */
export function cycleThrough(
  fn: CheckedFunction,
  uses: (fn: CheckedFunction) => Uses,
): readonly CheckedFunction[] | undefined {
  const caller = new Map<CheckedFunction, CheckedFunction>();
  const queue = new Set<CheckedFunction>([fn]);
  for (const current of queue) {
    for (const callee of uses(current).functions) {
      if (callee === fn) {
        const path = [fn];
        for (let step = current; step !== fn; step = caller.get(step) ?? fn) path.unshift(step);
        return path;
      }
      if (!queue.has(callee)) caller.set(callee, current);
      queue.add(callee);
    }
  }
  return undefined;
}
