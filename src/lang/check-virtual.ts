/**
 * Constants of virtual modules: the declaration gives the type, the build gives the value.
 */

import { assert } from "../base/errors.ts";
import type { TypeNode, VariableDeclaration } from "./ast.ts";
import { ensureLayout, resolveType } from "./check-types.ts";
import type { Expression } from "./checked.ts";
import { type Context, errorSymbol, type NameSymbol } from "./checker.ts";
import { stringConstant } from "./data.ts";
import { storageSize } from "./layout.ts";
import type { Span } from "./source.ts";
import { booleanType, errorType, holds, untyped } from "./type-relations.ts";
import type { Type } from "./types.ts";
import type { VirtualValue } from "./virtual-module.ts";

/** The symbol of a declared constant; a constant without value does not exist on this target. */
export function virtualSymbol(context: Context, declaration: VariableDeclaration): NameSymbol {
  const { checker, scope } = context;
  const { name, type: node } = declaration;
  const value = checker.virtualModules.get(scope.module.name)?.values.get(name.text);
  if (!value) return { kind: "absent" };
  if (!node) return errorSymbol;
  const type = declaredType(context, node, value);
  if (type === errorType) return errorSymbol;
  return { kind: "constant", value: constantOf(context, value, type, name.text, name.span) };
}

/** `number` is an exact constant; in `Fixed<T, number>` it is the number of elements that there are. */
function declaredType(context: Context, node: TypeNode, value: VirtualValue): Type {
  if (node.kind === "keyword" && node.name === "number") return untyped;
  if (node.kind === "named" && node.name.text === "Fixed" && value.kind === "data") {
    const [elementNode, lengthNode] = node.args;
    if (elementNode && lengthNode?.kind === "keyword" && lengthNode.name === "number") {
      const element = resolveType(context, elementNode, "element");
      ensureLayout(context.checker, element);
      const size = storageSize(element);
      return size === 0
        ? errorType
        : { kind: "fixed", element, length: Math.floor(value.object.bytes.length / size) };
    }
  }
  return resolveType(context, node, "variable");
}

/** The tool makes both the declaration and the value, so that they do not fit is a bug. */
function constantOf(context: Context, value: VirtualValue, type: Type, name: string, span: Span): Expression {
  const where = `${context.scope.module.name} ${name}`;
  switch (value.kind) {
    case "integer":
      assert(type.kind === "integer", `${where}: an integer for another type`);
      assert(type === untyped || holds(type, value.value), `${where}: ${value.value} does not fit`);
      return { kind: "constant", value: value.value, type, span };
    case "boolean":
      assert(type.kind === "boolean", `${where}: a boolean for another type`);
      return { kind: "constant", value: value.value ? 1n : 0n, type: booleanType, span };
    case "text":
      assert(type.kind === "string", `${where}: text for another type`);
      return stringConstant(context.checker, value.bytes, span);
    default:
      assert(
        type.kind === "pointer" || type.kind === "fixed" || type.kind === "class",
        `${where}: data for a value`,
      );
      return { kind: "data", object: value.object, offset: value.offset ?? 0, type, span };
  }
}
