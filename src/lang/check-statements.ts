/**
 * Statements, with what control flow they have: each check says whether control can get past the statement. What
 * stands behind a statement that does not end is dead: it is not checked and not compiled, like the dead side of a
 * condition that is known.
 */

import { never } from "../base/errors.ts";
import type { ExpressionNode, StatementNode, VariableDeclaration } from "./ast.ts";
import { settleNamed } from "./check-declarations.ts";
import { checkLoop, checkSwitch, type StatementChecks } from "./check-loops.ts";
import { checkCondition } from "./check-operators.ts";
import { initialCall, storageGlobal } from "./check-storage.ts";
import { resolveType } from "./check-types.ts";
import type { Expression, Local, Statement } from "./checked.ts";
import type { Checker } from "./checker.ts";
import {
  type Context,
  errorSymbol,
  type FunctionSymbol,
  type JumpTarget,
  moduleContext,
  type NameSymbol,
  report,
} from "./checker.ts";
import { checkAs, checkValue, coerce } from "./convert.ts";
import { errorType, formatType, neverType } from "./type-relations.ts";

/** Checks the body of a function whose signature is known and completes its record. */
export function checkBody(checker: Checker, fn: FunctionSymbol): void {
  const { checked, declaration } = fn;
  const context: Context = { ...moduleContext(checker, fn.scope), fn };
  const names = new Map<string, NameSymbol>();
  context.block = { parent: undefined, names };
  for (const local of checked.parameters) {
    if (names.has(local.name)) report(checker, local.span, "duplicate", { name: local.name });
    names.set(local.name, { kind: "local", local, isConstant: false });
  }
  names.delete("this");
  predeclare(context, declaration.body);
  const body: Statement[] = [];
  const completes = checkSequence(context, declaration.body, body);
  checked.locals = context.locals;
  checked.body = body;
  if (!completes || checked.result === errorType) return;
  const { text: name, span } = declaration.name;
  if (!checked.returns) report(checker, span, "returnsNever", { name });
  else if (checked.result.kind !== "void") {
    report(checker, span, "missingReturn", { name, type: formatType(checked.result) });
  }
}

/** Statements in a scope of their own. The result says whether control gets past them. */
export function checkScope(context: Context, nodes: readonly StatementNode[], out: Statement[]): boolean {
  const outer = context.block;
  context.block = { parent: outer, names: new Map() };
  predeclare(context, nodes);
  const completes = checkSequence(context, nodes, out);
  context.block = outer;
  return completes;
}

/** A name belongs to its whole block, but has no value before its declaration. */
export function predeclare(context: Context, nodes: readonly StatementNode[]): void {
  const names = context.block?.names;
  for (const node of nodes) {
    if (node.kind !== "variable") continue;
    const { text, span } = node.name;
    if (names?.has(text)) report(context.checker, span, "duplicate", { name: text });
    names?.set(text, { kind: "undeclared" });
  }
}

export function checkSequence(context: Context, nodes: readonly StatementNode[], out: Statement[]): boolean {
  for (const node of nodes) if (!checkStatement(context, node, out)) return false;
  return true;
}

/** Appends the checked statement to `out`. Whether control gets past it. */
export function checkStatement(
  context: Context,
  node: StatementNode,
  out: Statement[],
  labels: readonly string[] = [],
): boolean {
  const { span } = node;
  switch (node.kind) {
    case "variable":
      checkVariable(context, node, out);
      return true;
    case "expression":
      return checkEffect(context, node.expression, out);
    case "block": {
      const body: Statement[] = [];
      const completes = checkScope(context, node.body, body);
      if (body.length > 0) out.push({ kind: "block", body, span });
      return completes;
    }
    case "if":
      return checkIf(context, node, out);
    case "loop":
      return checkLoop(context, node, labels, out, statementChecks);
    case "switch":
      return checkSwitch(context, node, labels, out, statementChecks);
    case "labeled":
      return checkLabeled(context, node, labels, out);
    case "jump":
      checkJump(context, node, out);
      return false;
    case "return":
      checkReturn(context, node, out);
      return false;
    case "error":
      return true;
    default:
      return never(node);
  }
}

const statementChecks: StatementChecks = { checkScope, checkSequence, checkEffect, predeclare };

function checkVariable(context: Context, node: VariableDeclaration, out: Statement[]): void {
  const symbol = variableSymbol(context, node, out);
  context.block?.names.set(node.name.text, symbol);
}

function variableSymbol(context: Context, node: VariableDeclaration, out: Statement[]): NameSymbol {
  const { checker, fn } = context;
  const { name, value: valueNode } = node;
  if (!valueNode || !fn) return errorSymbol;
  const storage = initialCall(context, valueNode);
  if (storage?.name === "scratch" && node.isConstant) {
    const taken = fn.scratch.filter((other) => other.name.split(".").at(-1) === name.text).length;
    const unique = `${fn.checked.name}.${taken === 0 ? "" : `${taken + 1}.`}${name.text}`;
    const global = storageGlobal(context, storage.call, unique, name.span);
    if (global) fn.scratch.push(global);
    return global ? { kind: "storage", global } : errorSymbol;
  }
  const type = node.type && resolveType(context, node.type, "variable");
  const given = checkValue(context, valueNode, type);
  const value = type ? coerce(context, given, type) : given;
  if (value.type === errorType) return errorSymbol;
  if (node.isConstant && isKnown(value)) return { kind: "constant", value };
  const settled = settleNamed(context, value, name.text);
  if (settled.type === errorType) return errorSymbol;
  if (settled.type.kind === "null") {
    report(checker, valueNode.span, "valueType", {
      type: "null",
      use: "variable",
      help: `write the type: \`${name.text}: Ptr<T> | null\``,
    });
    return errorSymbol;
  }
  const local: Local = { name: name.text, type: settled.type, span: name.span };
  context.locals.push(local);
  out.push({ kind: "variable", local, value: settled, span: node.span });
  return { kind: "local", local, isConstant: node.isConstant };
}

/** Whether a `const` needs no storage at all. */
function isKnown(value: Expression): boolean {
  return (
    (value.kind === "constant" && value.type.kind !== "null") ||
    (value.kind === "data" && value.length !== undefined)
  );
}

/** An expression for its effect: a call or an assignment. */
function checkEffect(context: Context, node: ExpressionNode, out: Statement[]): boolean {
  if (node.kind === "error") return true;
  if (node.kind !== "call" && node.kind !== "assign" && node.kind !== "update") {
    report(context.checker, node.span, "noEffect");
    return true;
  }
  const expression = context.checker.checkExpression(context, node);
  if (expression.type === errorType) return true;
  const plain: Expression = expression.kind === "update" ? { ...expression, postfix: false } : expression;
  out.push({ kind: "expression", expression: plain, span: node.span });
  return expression.type !== neverType;
}

function checkIf(context: Context, node: StatementNode & { readonly kind: "if" }, out: Statement[]): boolean {
  const condition = checkCondition(context, node.condition);
  if (condition.kind === "constant" && condition.type !== errorType) {
    const live = condition.value === 1n ? node.then : node.else;
    return live ? checkScope(context, [live], out) : true;
  }
  const then: Statement[] = [];
  const otherwise: Statement[] = [];
  const thenCompletes = checkScope(context, [node.then], then);
  const elseCompletes = node.else ? checkScope(context, [node.else], otherwise) : true;
  out.push({ kind: "if", condition, then, else: otherwise, span: node.span });
  return thenCompletes || elseCompletes;
}

function checkLabeled(
  context: Context,
  node: StatementNode & { readonly kind: "labeled" },
  labels: readonly string[],
  out: Statement[],
): boolean {
  const { label, body, span } = node;
  const names = [...labels, label.text];
  if (labels.includes(label.text) || context.jumps.some((target) => target.names.includes(label.text))) {
    report(context.checker, label.span, "duplicate", { name: label.text });
  }
  if (body.kind === "loop" || body.kind === "switch" || body.kind === "labeled") {
    return checkStatement(context, body, out, names);
  }
  const target: JumpTarget = {
    label: { name: label.text },
    names,
    kind: "block",
    isLeft: false,
    isRepeated: false,
  };
  context.jumps.push(target);
  const statements: Statement[] = [];
  const completes = checkScope(context, [body], statements);
  context.jumps.pop();
  out.push({ kind: "labeled", label: target.label, body: statements, span });
  return completes || target.isLeft;
}

function checkJump(
  context: Context,
  node: StatementNode & { readonly kind: "jump" },
  out: Statement[],
): void {
  const { word, label, span } = node;
  const target = context.jumps.findLast(({ kind, names }) =>
    label ? names.includes(label.text) : kind === "loop" || (word === "break" && kind === "switch"),
  );
  if (!target && label) report(context.checker, label.span, "unknownLabel", { name: label.text });
  else if (!target || (word === "continue" && target.kind !== "loop")) {
    report(context.checker, span, "noLoop", { word });
  } else {
    if (word === "break") target.isLeft = true;
    else target.isRepeated = true;
    out.push({ kind: word, label: target.label, span });
  }
}

function checkReturn(
  context: Context,
  node: StatementNode & { readonly kind: "return" },
  out: Statement[],
): void {
  const { checker, fn } = context;
  const { value: valueNode, span } = node;
  if (!fn) return;
  const { result, returns } = fn.checked;
  const name = fn.declaration.name.text;
  if (valueNode && (result.kind === "void" || valueNode.kind === "call")) {
    // `return exit(1);` is a call that does not come back, in a function of any result.
    const value = checker.checkExpression(context, valueNode, returns ? result : undefined);
    if (value.type === errorType) return;
    if (value.type === neverType) {
      out.push({ kind: "expression", expression: value, span });
      return;
    }
    if (result === errorType) return;
    if (result.kind !== "void" && value.type.kind !== "void") {
      out.push({ kind: "return", value: coerce(context, value, result), span });
      return;
    }
    const expected = returns ? (result.kind === "void" ? "nothing" : formatType(result)) : "never";
    report(checker, valueNode.span, "returnValue", { name, expected });
    return;
  }
  if (!returns) report(checker, span, "returnValue", { name, expected: "never" });
  else if (valueNode) out.push({ kind: "return", value: checkAs(context, valueNode, result), span });
  else if (result.kind === "void") out.push({ kind: "return", span });
  else report(checker, span, "returnValue", { name, expected: formatType(result) });
}
