/**
 * Loops and switches: the statements that `break` leaves.
 */

import type { ExpressionNode, LoopNode, StatementNode, SwitchNode } from "./ast.ts";
import { checkCondition } from "./check-operators.ts";
import type { Expression, Statement, SwitchCase } from "./checked.ts";
import { type BlockScope, type Context, type JumpTarget, report } from "./checker.ts";
import { checkAs, checkValue, describe, settle } from "./convert.ts";
import { errorType } from "./type-relations.ts";

/** What loops and switches need of check-statements, which needs them. */
export interface StatementChecks {
  readonly checkScope: (context: Context, nodes: readonly StatementNode[], out: Statement[]) => boolean;
  readonly checkSequence: (context: Context, nodes: readonly StatementNode[], out: Statement[]) => boolean;
  readonly checkEffect: (context: Context, node: ExpressionNode, out: Statement[]) => boolean;
  readonly predeclare: (context: Context, nodes: readonly StatementNode[]) => void;
}

/** while, do-while and for. A condition that is known false leaves nothing of the body. */
export function checkLoop(
  context: Context,
  node: LoopNode,
  names: readonly string[],
  out: Statement[],
  checks: StatementChecks,
): boolean {
  const { bodyFirst, span } = node;
  const outer = context.block;
  context.block = { parent: outer, names: new Map() };
  checks.predeclare(context, node.initial);
  const initial: Statement[] = [];
  checks.checkSequence(context, node.initial, initial);
  const condition = node.condition && checkCondition(context, node.condition);
  const known =
    condition?.kind === "constant" && condition.type !== errorType ? condition.value === 1n : undefined;
  if (known === false && !bodyFirst) {
    context.block = outer;
    if (initial.length > 0) out.push({ kind: "block", body: initial, span });
    return true;
  }
  const target: JumpTarget = {
    label: { name: names.at(-1) ?? "" },
    names,
    kind: "loop",
    isLeft: false,
    isRepeated: false,
  };
  context.jumps.push(target);
  const body: Statement[] = [];
  const bodyCompletes = checks.checkScope(context, [node.body], body);
  context.jumps.pop();
  const update: Statement[] = [];
  for (const expression of node.update) checks.checkEffect(context, expression, update);
  context.block = outer;
  const isEndless = node.condition === undefined || known === true;
  const tested: { condition?: Expression } = isEndless || !condition ? {} : { condition };
  out.push({ kind: "loop", label: target.label, initial, ...tested, bodyFirst, update, body, span });
  if (target.isLeft) return true;
  if (isEndless) return false;
  return !bodyFirst || bodyCompletes || target.isRepeated;
}

export function checkSwitch(
  context: Context,
  node: SwitchNode,
  names: readonly string[],
  out: Statement[],
  checks: StatementChecks,
): boolean {
  const { checker } = context;
  const { span } = node;
  let value = settle(context, checkValue(context, node.value));
  if (value.type !== errorType && value.type.kind !== "integer") {
    report(checker, value.span, "integerOperand", {
      operator: "switch",
      found: describe(value),
      help: "use `if`",
    });
    value = { ...value, type: errorType } as Expression;
  }
  const target: JumpTarget = {
    label: { name: names.at(-1) ?? "" },
    names,
    kind: "switch",
    isLeft: false,
    isRepeated: false,
  };
  context.jumps.push(target);
  const outer = context.block;
  // All cases share one scope, but a name declared in one has no value in another.
  context.block = { parent: outer, names: new Map() };
  for (const one of node.cases) checks.predeclare(context, one.body);
  const cases: SwitchCase[] = [];
  const seen = new Set<bigint>();
  let hasDefault = false;
  let completes = true;
  for (const one of node.cases) {
    const values: bigint[] = [];
    if (one.value) {
      const constant = caseValue(context, value, one.value, seen);
      if (constant !== undefined) values.push(constant);
    }
    const body: Statement[] = [];
    const shared: BlockScope | undefined = context.block;
    context.block = { parent: shared, names: new Map() };
    completes = checks.checkSequence(context, one.body, body);
    context.block = shared;
    hasDefault ||= one.value === undefined;
    cases.push({ values, isDefault: one.value === undefined, body });
  }
  context.block = outer;
  context.jumps.pop();
  out.push({ kind: "switch", label: target.label, value, cases, span });
  return completes || target.isLeft || !hasDefault;
}

function caseValue(
  context: Context,
  value: Expression,
  node: NonNullable<SwitchNode["cases"][number]["value"]>,
  seen: Set<bigint>,
): bigint | undefined {
  const constant = checkAs(context, node, value.type);
  if (constant.type === errorType) return undefined;
  if (constant.kind !== "constant") {
    report(context.checker, node.span, "notConstant");
    return undefined;
  }
  if (seen.has(constant.value)) {
    report(context.checker, node.span, "duplicateCase", { value: String(constant.value) });
  }
  seen.add(constant.value);
  return constant.value;
}
