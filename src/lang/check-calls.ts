/**
 * Calls: of functions, of methods, of the two methods that every pointer has, and of intrinsics.
 */

import type { CallNode, ExpressionNode } from "./ast.ts";
import { completeClass } from "./check-declarations.ts";
import { checkIntrinsic } from "./check-intrinsics.ts";
import { staticMethod, symbolOf, unknownMember } from "./check-places.ts";
import { layOutClass } from "./check-types.ts";
import type { Expression } from "./checked.ts";
import { type Context, errorAt, type FunctionSymbol, fail, report } from "./checker.ts";
import { checkAs, checkValue, coerce, coerceIndex, decay } from "./convert.ts";
import type { Span } from "./source.ts";
import { suggestion } from "./suggest.ts";
import { errorType, neverType } from "./type-relations.ts";
import type { Type } from "./types.ts";

type MemberNode = ExpressionNode & { readonly kind: "member" };

export function checkCall(context: Context, node: CallNode, expected: Type | undefined): Expression {
  const { callee, span } = node;
  if (callee.kind === "name") {
    const symbol = symbolOf(context, callee);
    if (symbol.kind === "function") return callFunction(context, symbol.fn, undefined, node);
    if (symbol.kind === "intrinsic") return checkIntrinsic(context, symbol.intrinsic, node, expected);
    if (symbol.kind === "error") return checkArguments(context, node);
    if (symbol.kind === "undeclared")
      return fail(context, callee.span, "beforeDeclaration", { name: callee.text });
    return fail(context, callee.span, "notCallable");
  }
  if (callee.kind === "member") return callMember(context, callee, node);
  if (callee.kind === "error") return errorAt(span);
  return fail(context, callee.span, "notCallable");
}

/** The arguments of a call whose callee is wrong may be wrong too. */
function checkArguments(context: Context, node: CallNode): Expression {
  for (const arg of node.args) context.checker.checkExpression(context, arg);
  return errorAt(node.span);
}

function callMember(context: Context, callee: MemberNode, node: CallNode): Expression {
  const { object: objectNode, name } = callee;
  if (objectNode.kind === "name") {
    const symbol = symbolOf(context, objectNode);
    if (symbol.kind === "error") return checkArguments(context, node);
    if (symbol.kind === "class") {
      const method = staticMethod(context, symbol.class, name.text);
      if (method) return callFunction(context, method, undefined, node);
      const note = symbol.class.methods.has(name.text)
        ? `\`${name.text}\` is not static: call it on an object`
        : suggestion(name.text, symbol.class.methods.keys());
      return fail(context, name.span, "unknownMember", {
        type: `\`${symbol.class.type.name}\``,
        name: name.text,
        note,
      });
    }
  }
  const object = checkValue(context, objectNode);
  if (object.type === errorType) return checkArguments(context, node);
  if (object.type.kind === "class") return callMethod(context, object, callee, node);
  if (object.type.kind === "pointer" || object.type.kind === "fixed") {
    if (name.text === "add") return pointerAdd(context, decay(object), node);
    if (name.text === "since") return pointerDistance(context, decay(object), node);
  }
  return unknownMember(context, object, callee);
}

function callMethod(context: Context, object: Expression, callee: MemberNode, node: CallNode): Expression {
  const { name } = callee;
  const symbol = object.type.kind === "class" ? context.checker.classes.get(object.type) : undefined;
  if (!symbol) return errorAt(node.span);
  layOutClass(context.checker, symbol);
  completeClass(context.checker, symbol);
  const method = symbol.methods.get(name.text);
  if (method && !method.declaration.isStatic) return callFunction(context, method, object, node);
  if (symbol.fields.has(name.text)) return fail(context, callee.span, "notCallable");
  return fail(context, name.span, "unknownMember", {
    type: `\`${symbol.type.name}\``,
    name: name.text,
    note: method
      ? `\`${name.text}\` is static: write \`${symbol.type.name}.${name.text}(…)\``
      : suggestion(name.text, symbol.methods.keys()),
  });
}

function callFunction(
  context: Context,
  fn: FunctionSymbol,
  self: Expression | undefined,
  node: CallNode,
): Expression {
  const { checked, declaration } = fn;
  const { span } = node;
  if (!context.fn) return fail(context, span, "notConstant");
  if (node.typeArguments[0]) {
    report(context.checker, span, "typeArguments", {
      name: declaration.name.text,
      expected: "no type in <>",
    });
  }
  const parameters = self ? checked.parameters.slice(1) : checked.parameters;
  const args = self ? [self] : [];
  if (!hasCount(context, declaration.name.text, parameters.length, node))
    return checkArguments(context, node);
  let isWrong = false;
  parameters.forEach((parameter, index) => {
    const arg = node.args[index];
    if (!arg) return;
    const value = checkAs(context, arg, parameter.type);
    if (value.type === errorType) isWrong = true;
    args.push(value);
  });
  if (isWrong || checked.result === errorType) return wrongCall(checked.result, checked.returns, span);
  return { kind: "call", callee: checked, args, type: checked.returns ? checked.result : neverType, span };
}

/** A call with a wrong argument still does not come back, so that no other report follows. */
function wrongCall(result: Type, returns: boolean, span: Span): Expression {
  if (returns) return errorAt(span);
  return { kind: "constant", value: 0n, type: result === errorType ? errorType : neverType, span };
}

/** Whether a call has as many arguments as it must; reports when not. */
export function hasCount(context: Context, name: string, expected: number, node: CallNode): boolean {
  const found = node.args.length;
  if (found === expected) return true;
  report(context.checker, node.span, "argumentCount", {
    name,
    expected: expected === 0 ? "no arguments" : expected === 1 ? "1 argument" : `${expected} arguments`,
    found: found === 1 ? "1 is" : `${found} are`,
  });
  return false;
}

function pointerAdd(context: Context, pointer: Expression, node: CallNode): Expression {
  const [argument] = node.args;
  if (!hasCount(context, "add", 1, node) || !argument) return checkArguments(context, node);
  const count = narrowIndex(context, coerceIndex(context, checkValue(context, argument)));
  if (count.type === errorType) return errorAt(node.span);
  return {
    kind: "intrinsic",
    intrinsic: "pointerAdd",
    args: [pointer, count],
    type: pointer.type,
    span: node.span,
  };
}

/** An i32 or u32: narrower integers are widened. */
function narrowIndex(context: Context, value: Expression): Expression {
  const { type } = value;
  if (type.kind !== "integer" || type.bits >= 32) return value;
  return coerce(context, value, type.signed ? context.checker.types.i32 : context.checker.types.u32);
}

function pointerDistance(context: Context, pointer: Expression, node: CallNode): Expression {
  const [argument] = node.args;
  if (!hasCount(context, "since", 1, node) || !argument) return checkArguments(context, node);
  const start = checkAs(context, argument, pointer.type);
  if (start.type === errorType) return errorAt(node.span);
  const { u32 } = context.checker.types;
  return {
    kind: "intrinsic",
    intrinsic: "pointerDistance",
    args: [pointer, start],
    type: u32,
    span: node.span,
  };
}
