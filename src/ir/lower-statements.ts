/**
 * Statements to blocks. Where control cannot get any more nothing is lowered.
 */

import { assert } from "../base/errors.ts";
import type { Expression, JumpLabel, Statement, SwitchCase } from "../lang/checked.ts";
import type { Block, Instruction } from "./ir.ts";
import {
  type LoweringContext,
  lowerCondition,
  lowerEffects,
  lowerLocal,
  lowerValue,
} from "./lower-expressions.ts";
import { irType } from "./representation.ts";

/** Where `break` and `continue` of the labels around a statement go. */
export interface StatementContext extends LoweringContext {
  readonly jumps: Map<JumpLabel, JumpTargets>;
}

interface JumpTargets {
  readonly break: Block;
  /** Undefined: not a loop. */
  readonly continue: Block | undefined;
}

type Kind<K extends Statement["kind"]> = Extract<Statement, { readonly kind: K }>;

export function lowerStatements(context: StatementContext, statements: readonly Statement[]): void {
  for (const statement of statements) {
    if (context.builder.isUnreachable()) return;
    lowerStatement(context, statement);
  }
}

function lowerStatement(context: StatementContext, statement: Statement): void {
  const { builder } = context;
  switch (statement.kind) {
    case "variable":
      lowerLocal(context, statement.local, statement.value, statement.span);
      return;
    case "expression":
      lowerEffects(context, statement.expression);
      return;
    case "block":
      lowerStatements(context, statement.body);
      return;
    case "if":
      lowerIf(context, statement);
      return;
    case "loop":
      if (statement.bodyFirst) lowerDoLoop(context, statement);
      else lowerLoop(context, statement);
      return;
    case "switch":
      lowerSwitch(context, statement);
      return;
    case "labeled": {
      const end = builder.newBlock();
      context.jumps.set(statement.label, { break: end, continue: undefined });
      lowerStatements(context, statement.body);
      builder.jump(end);
      builder.beginSealed(end);
      return;
    }
    case "break":
    case "continue": {
      const target = context.jumps.get(statement.label)?.[statement.kind];
      assert(target !== undefined, `${statement.kind} ${statement.label.name} has no target`);
      builder.jump(target);
      builder.beginUnreachable();
      return;
    }
    case "return":
      builder.return(statement.value && lowerValue(context, statement.value));
      builder.beginUnreachable();
  }
}

function lowerIf(context: StatementContext, statement: Kind<"if">): void {
  const { builder } = context;
  const then = builder.newBlock();
  const end = builder.newBlock();
  const otherwise = statement.else.length > 0 ? builder.newBlock() : end;
  lowerCondition(context, statement.condition, then, otherwise);
  builder.beginSealed(then);
  lowerStatements(context, statement.then);
  builder.jump(end);
  if (otherwise !== end) {
    builder.beginSealed(otherwise);
    lowerStatements(context, statement.else);
    builder.jump(end);
  }
  builder.beginSealed(end);
}

/** `while` and `for`: the condition is in the header, where every round begins. */
function lowerLoop(context: StatementContext, statement: Kind<"loop">): void {
  const { builder } = context;
  const { condition, update } = statement;
  lowerStatements(context, statement.initial);
  if (builder.isUnreachable()) return;
  const header = builder.newBlock();
  const exit = builder.newBlock();
  const latch = update.length > 0 ? builder.newBlock() : header;
  context.jumps.set(statement.label, { break: exit, continue: latch });
  builder.jump(header);
  builder.beginOpen(header);
  if (condition !== undefined) {
    const body = builder.newBlock();
    lowerCondition(context, condition, body, exit);
    builder.beginSealed(body);
  }
  lowerStatements(context, statement.body);
  builder.jump(latch);
  if (latch !== header) {
    builder.beginSealed(latch);
    lowerStatements(context, update);
    builder.jump(header);
  }
  builder.seal(header);
  builder.beginSealed(exit);
}

/** `do … while`: the condition is in the latch, where every round ends. */
function lowerDoLoop(context: StatementContext, statement: Kind<"loop">): void {
  const { builder } = context;
  lowerStatements(context, statement.initial);
  if (builder.isUnreachable()) return;
  const body = builder.newBlock();
  const latch = builder.newBlock();
  const exit = builder.newBlock();
  context.jumps.set(statement.label, { break: exit, continue: latch });
  builder.jump(body);
  builder.beginOpen(body);
  lowerStatements(context, statement.body);
  builder.jump(latch);
  builder.beginSealed(latch);
  lowerStatements(context, statement.update);
  if (statement.condition === undefined) builder.jump(body);
  else lowerCondition(context, statement.condition, body, exit);
  builder.seal(body);
  builder.beginSealed(exit);
}

/**
 * A chain of comparisons in source order, then the bodies. Values next to each other that lead to one body
 * are one comparison of a range.
 */
function lowerSwitch(context: StatementContext, statement: Kind<"switch">): void {
  const { builder } = context;
  const { cases } = statement;
  const value = lowerValue(context, statement.value);
  const exit = builder.newBlock();
  context.jumps.set(statement.label, { break: exit, continue: undefined });
  const bodies = bodyBlocks(context, cases, exit);
  const fallback = bodies[cases.findIndex(({ isDefault }) => isDefault)] ?? exit;
  for (let first = 0; first < cases.length; ) {
    const target = bodies[first];
    assert(target !== undefined, "a case has a body");
    const values: bigint[] = [];
    // Cases without statements of their own share the next body.
    for (; first < cases.length && bodies[first] === target; first++)
      values.push(...(cases[first]?.values ?? []));
    if (target !== fallback) testValues(context, statement.value, value, values, target);
  }
  builder.jump(fallback);
  builder.beginUnreachable();
  cases.forEach(({ body }, index) => {
    const block = bodies[index];
    if (body.length === 0 || block === undefined) return;
    builder.jump(block);
    builder.beginSealed(block);
    lowerStatements(context, body);
  });
  builder.jump(exit);
  builder.beginSealed(exit);
}

/** The block where each case's statements begin; without statements that of the next, at last `exit`. */
function bodyBlocks({ builder }: StatementContext, cases: readonly SwitchCase[], exit: Block): Block[] {
  const bodies: Block[] = [];
  let next = exit;
  for (const { body } of cases.toReversed()) {
    if (body.length > 0) next = builder.newBlock();
    bodies.push(next);
  }
  return bodies.reverse();
}

/** Goes to `target` when `value` is one of `values`; otherwise the cursor goes on. */
function testValues(
  context: StatementContext,
  expression: Expression,
  value: Instruction,
  values: readonly bigint[],
  target: Block,
): void {
  const { builder } = context;
  for (const { first, last } of ranges(values)) {
    const next = builder.newBlock();
    builder.branch(isBetween(context, expression, value, first, last), target, next);
    builder.beginSealed(next);
  }
}

/** `value - first <= last - first`, unsigned: one comparison for both ends. */
function isBetween(
  { builder }: StatementContext,
  { type, span }: Expression,
  value: Instruction,
  first: bigint,
  last: bigint,
): Instruction {
  const width = irType(type);
  if (first === last) return builder.emit("eq", "i32", [value, builder.constant(width, first, span)], span);
  const above =
    first === 0n ? value : builder.emit("sub", width, [value, builder.constant(width, first, span)], span);
  return builder.emit("ule", "i32", [above, builder.constant(width, last - first, span)], span);
}

/** The runs of consecutive numbers; in the order of `values` when there is nothing to merge. */
function ranges(values: readonly bigint[]): { first: bigint; last: bigint }[] {
  const sorted = values.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  const found: { first: bigint; last: bigint }[] = [];
  for (const value of sorted) {
    const run = found.at(-1);
    if (run !== undefined && run.last === value - 1n) run.last = value;
    else if (run?.last !== value) found.push({ first: value, last: value });
  }
  return found.length < sorted.length ? found : values.map((value) => ({ first: value, last: value }));
}
