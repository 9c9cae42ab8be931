/**
 * Static storage and tables: `zeroed<T>()`, `scratch<T>()` and `table<T>(…)`, which stand only as the value of a
 * `const`, because the name of the constant is the name of the storage.
 */

import type { CallNode, ExpressionNode } from "./ast.ts";
import { isStorage, resolveType } from "./check-types.ts";
import type { Expression, Global } from "./checked.ts";
import { type Context, errorAt, report } from "./checker.ts";
import { checkValue, coerce } from "./convert.ts";
import { tableObject } from "./data.ts";
import { storageAlignment, storageSize } from "./layout.ts";
import { lookUp } from "./names.ts";
import type { Span } from "./source.ts";
import { errorType, formatType } from "./type-relations.ts";

export interface InitialCall {
  readonly name: "zeroed" | "scratch" | "table";
  readonly call: CallNode;
}

/** The call of one of the three that `node` is, if it is one. */
export function initialCall(context: Context, node: ExpressionNode): InitialCall | undefined {
  if (node.kind !== "call" || node.callee.kind !== "name") return undefined;
  const { text } = node.callee;
  if (text !== "zeroed" && text !== "scratch" && text !== "table") return undefined;
  const symbol = lookUp(context, text);
  return symbol?.kind === "intrinsic" ? { name: text, call: node } : undefined;
}

/** The storage that `zeroed<T>()` or `scratch<T>()` names; undefined when something about it was reported. */
export function storageGlobal(
  context: Context,
  call: CallNode,
  name: string,
  span: Span,
): Global | undefined {
  const node = onlyTypeArgument(context, call);
  if (!node) return undefined;
  if (call.args.length > 0) {
    report(context.checker, call.span, "argumentCount", {
      name: call.callee.kind === "name" ? call.callee.text : "",
      expected: "no arguments",
      found: call.args.length === 1 ? "1 is" : `${call.args.length} are`,
    });
  }
  const type = resolveType(context, node, "cast");
  if (!isStorage(context, type, node)) return undefined;
  return { name, type, size: storageSize(type), alignment: storageAlignment(type), initial: 0n, span };
}

/** The value of `table<T>(…)`: a Fixed of read-only elements. */
export function tableConstant(context: Context, call: CallNode, name: string): Expression {
  const node = onlyTypeArgument(context, call);
  if (!node) return errorAt(call.span);
  const element = resolveType(context, node, "element");
  if (element === errorType) return errorAt(call.span);
  if (element.kind !== "integer" && element.kind !== "boolean") {
    report(context.checker, node.span, "tableType", { type: formatType(element) });
    return errorAt(call.span);
  }
  const values: bigint[] = [];
  let isWrong = false;
  for (const arg of call.args) {
    const given = checkValue(context, arg, element);
    if (given.type !== errorType && given.kind !== "constant") {
      report(context.checker, arg.span, "notConstant");
      isWrong = true;
      continue;
    }
    const value = coerce(context, given, element);
    if (value.kind !== "constant" || value.type === errorType) isWrong = true;
    else values.push(value.value);
  }
  if (isWrong) return errorAt(call.span);
  const object = tableObject(name, element, values);
  const type = { kind: "fixed", element, length: values.length } as const;
  return { kind: "data", object, offset: 0, type, span: call.span };
}

function onlyTypeArgument(context: Context, call: CallNode): CallNode["typeArguments"][number] | undefined {
  const [only] = call.typeArguments;
  if (only && call.typeArguments.length === 1) return only;
  const name = call.callee.kind === "name" ? call.callee.text : "";
  report(context.checker, call.span, "typeArguments", { name, expected: "one type in <>" });
  return undefined;
}
