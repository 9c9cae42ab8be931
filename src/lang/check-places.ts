/**
 * Names, members and elements: what has a value, and what of it can be assigned to.
 */

import type { ExpressionNode } from "./ast.ts";
import { completeClass } from "./check-declarations.ts";
import { ensureLayout, layOutClass } from "./check-types.ts";
import type { Expression, Place } from "./checked.ts";
import {
  type ClassSymbol,
  type Context,
  errorAt,
  type FunctionSymbol,
  fail,
  type NameSymbol,
  report,
} from "./checker.ts";
import { checkValue, coerceIndex, describe } from "./convert.ts";
import { makeDiagnostic } from "./diagnostics.ts";
import { lookUp, visibleNames } from "./names.ts";
import type { Span } from "./source.ts";
import { suggestion } from "./suggest.ts";
import { errorType, formatType, untyped } from "./type-relations.ts";
import type { Type } from "./types.ts";

type NameNode = ExpressionNode & { readonly kind: "name" };
type MemberNode = ExpressionNode & { readonly kind: "member" };
type IndexNode = ExpressionNode & { readonly kind: "index" };

/** The symbol of a name; an unknown one is reported. */
export function symbolOf(context: Context, node: NameNode): NameSymbol {
  const symbol = lookUp(context, node.text);
  if (symbol) return symbol;
  if (node.text === "undefined") report(context.checker, node.span, "undefined");
  else {
    const note =
      node.text === "console"
        ? '`import { print } from "microlith/std"` has what writes'
        : suggestion(node.text, visibleNames(context));
    report(context.checker, node.span, "unknownName", { name: node.text, note });
  }
  return { kind: "error" };
}

export function checkName(context: Context, node: NameNode): Expression {
  return valueOfSymbol(context, symbolOf(context, node), node.text, node.span);
}

function valueOfSymbol(context: Context, symbol: NameSymbol, name: string, span: Span): Expression {
  switch (symbol.kind) {
    case "constant":
      return { ...symbol.value, span };
    case "local":
      return { kind: "local", local: symbol.local, type: symbol.local.type, span };
    case "global":
      return { kind: "global", global: symbol.global, type: symbol.global.type, span };
    case "storage":
      return { kind: "storage", global: symbol.global, type: symbol.global.type, span };
    case "absent":
      context.isAbsent = true;
      context.fn?.deferred.push(makeDiagnostic(span, "absent", { name }));
      return errorAt(span);
    case "undeclared":
      return fail(context, span, "beforeDeclaration", { name });
    case "error":
      return errorAt(span);
    case "function":
      return fail(context, span, "notValue", { name, what: "function", help: `call it: \`${name}(…)\`` });
    case "intrinsic":
      return fail(context, span, "notValue", { name, what: "function", help: `call it: \`${name}(…)\`` });
    case "class":
      return fail(context, span, "notValue", {
        name,
        what: "class",
        help: `\`zeroed<${name}>()\` is storage for one`,
      });
    case "group":
      return fail(context, span, "notValue", {
        name,
        what: "group of constants",
        help: `write \`${name}.MEMBER\``,
      });
    default:
      return fail(context, span, "notValue", { name, what: "type", help: "" });
  }
}

export function checkThis(context: Context, span: Span): Expression {
  const { fn } = context;
  const [self] = fn?.checked.parameters ?? [];
  if (fn?.owner && !fn.declaration.isStatic && self)
    return { kind: "local", local: self, type: self.type, span };
  return fail(context, span, "unknownName", {
    name: "this",
    note: "`this` is known in methods that are not static",
  });
}

export function checkMember(context: Context, node: MemberNode): Expression {
  const { object: objectNode, name, span } = node;
  if (objectNode.kind === "name") {
    const symbol = symbolOf(context, objectNode);
    if (symbol.kind === "group") return groupMember(context, symbol, node);
    if (symbol.kind === "class") return staticMember(context, symbol.class, node);
    if (symbol.kind === "error") return errorAt(span);
  }
  const object = checkValue(context, objectNode);
  const { type } = object;
  switch (type.kind) {
    case "class": {
      const symbol = context.checker.classes.get(type);
      if (!symbol) return errorAt(span);
      layOutClass(context.checker, symbol);
      const field = symbol.fields.get(name.text);
      if (field) return { kind: "field", object, field, type: field.type, span };
      break;
    }
    case "fixed":
      if (name.text === "length")
        return { kind: "constant", value: BigInt(type.length), type: untyped, span };
      break;
    case "string":
      if (name.text === "length") return stringLength(context, object, span);
      break;
    default:
      if (type === errorType) return errorAt(span);
  }
  return unknownMember(context, object, node);
}

function stringLength(context: Context, text: Expression, span: Span): Expression {
  if (text.kind === "data" && text.length !== undefined) {
    return { kind: "constant", value: BigInt(text.length), type: untyped, span };
  }
  return {
    kind: "intrinsic",
    intrinsic: "stringLength",
    args: [text],
    type: context.checker.types.u32,
    span,
  };
}

/** Reports a member that `object` does not have. */
export function unknownMember(context: Context, object: Expression, node: MemberNode): Expression {
  const { type } = object;
  const { text, span } = node.name;
  const members = memberNames(context, object);
  if (members.methods.includes(text)) return fail(context, span, "methodValue", { name: text });
  const note = suggestion(text, [...members.fields, ...members.methods]);
  return fail(context, span, "unknownMember", {
    type: type.kind === "class" ? `\`${type.name}\`` : describe(object),
    name: text,
    note: note || memberHelp(type),
  });
}

function memberHelp(type: Type): string {
  if (type.kind === "pointer" && type.element.kind === "class") return "`p[0]` is the first element";
  if (type.kind === "pointer") return "a pointer has `add` and `since`, and elements `p[i]`";
  if (type.kind === "fixed") return "a Fixed has `length`, `add` and `since`, and elements `f[i]`";
  if (type.kind === "string") return "a string has `length`; `bytes(text)[i]` is one of its bytes";
  return "";
}

function memberNames(
  context: Context,
  { type }: Expression,
): { readonly fields: readonly string[]; readonly methods: readonly string[] } {
  if (type.kind === "pointer") return { fields: [], methods: ["add", "since"] };
  if (type.kind === "fixed") return { fields: ["length"], methods: ["add", "since"] };
  if (type.kind === "string") return { fields: ["length"], methods: [] };
  const symbol = type.kind === "class" ? context.checker.classes.get(type) : undefined;
  if (!symbol) return { fields: [], methods: [] };
  completeClass(context.checker, symbol);
  const methods = [...symbol.methods.values()].filter(({ declaration }) => !declaration.isStatic);
  return {
    fields: [...symbol.fields.keys()],
    methods: methods.map(({ declaration }) => declaration.name.text),
  };
}

function groupMember(
  context: Context,
  group: NameSymbol & { kind: "group" },
  { object, name, span }: MemberNode,
): Expression {
  const value = group.members.get(name.text);
  if (value) return { ...value, span };
  const type = object.kind === "name" ? `\`${object.text}\`` : "the group";
  return fail(context, name.span, "unknownMember", {
    type,
    name: name.text,
    note: suggestion(name.text, group.members.keys()),
  });
}

function staticMember(context: Context, owner: ClassSymbol, { name, span }: MemberNode): Expression {
  completeClass(context.checker, owner);
  const entry = owner.constants.get(name.text);
  if (entry) {
    const symbol = context.checker.resolveEntry(context.checker, owner.scope, entry);
    return valueOfSymbol(context, symbol, name.text, span);
  }
  if (staticMethod(context, owner, name.text))
    return fail(context, name.span, "methodValue", { name: name.text });
  return fail(context, name.span, "unknownMember", {
    type: `\`${owner.type.name}\``,
    name: name.text,
    note:
      suggestion(name.text, [...owner.constants.keys(), ...owner.methods.keys()]) ||
      "behind the name of a class stand its static members; fields belong to an object",
  });
}

/** The static method of a class with this name. */
export function staticMethod(context: Context, owner: ClassSymbol, name: string): FunctionSymbol | undefined {
  completeClass(context.checker, owner);
  const method = owner.methods.get(name);
  return method?.declaration.isStatic ? method : undefined;
}

export function checkIndex(context: Context, node: IndexNode): Expression {
  const { span } = node;
  const base = checkValue(context, node.object);
  const index = coerceIndex(context, checkValue(context, node.index));
  const { type } = base;
  if (type === errorType || index.type === errorType) return errorAt(span);
  if (type.kind !== "pointer" && type.kind !== "fixed") {
    return fail(context, base.span, "notIndexable", { found: describe(base) });
  }
  if (type.kind === "fixed" && index.kind === "constant") {
    if (index.value < 0n || index.value >= BigInt(type.length)) {
      return fail(context, index.span, "indexRange", {
        type: formatType(type),
        last: String(type.length - 1),
        index: String(index.value),
      });
    }
  }
  ensureLayout(context.checker, type.element);
  return { kind: "element", base, index, type: type.element, span };
}

/** The place that `node` names, to be assigned to; undefined when that was reported. */
export function checkPlace(context: Context, node: ExpressionNode): Place | undefined {
  const { checker } = context;
  if (node.kind === "name" && !isAssignable(context, node)) return undefined;
  if (node.kind !== "name" && node.kind !== "member" && node.kind !== "index") {
    if (node.kind !== "error") report(checker, node.span, "notPlace");
    return undefined;
  }
  const value = checkValue(context, node);
  if (value.type === errorType) return undefined;
  switch (value.kind) {
    case "local":
    case "global":
      return value;
    case "field": {
      const { field, object } = value;
      const owner = object.type.kind === "class" ? checker.classes.get(object.type) : undefined;
      if (field.inline) break;
      if (!owner?.readonlyFields.has(field.name)) return value;
      report(checker, value.span, "assignReadonly", { what: `the field \`${field.name}\`` });
      return undefined;
    }
    case "element":
      if (value.type.kind === "class" || value.type.kind === "fixed") break;
      if (value.base.kind !== "data") return value;
      report(checker, value.span, "assignReadonly", { what: "a table" });
      return undefined;
    default:
      if (node.kind === "member") {
        report(checker, node.span, "assignConstant", { name: node.name.text, help: "" });
        return undefined;
      }
  }
  report(checker, value.span, "assignInPlace", { type: formatType(value.type) });
  return undefined;
}

function isAssignable(context: Context, node: NameNode): boolean {
  const symbol = lookUp(context, node.text);
  if (
    symbol?.kind === "constant" ||
    symbol?.kind === "storage" ||
    (symbol?.kind === "local" && symbol.isConstant)
  ) {
    const help =
      symbol.kind === "storage" ? "set the fields or elements of the storage" : "declare it with `let`";
    report(context.checker, node.span, "assignConstant", { name: node.text, help });
    return false;
  }
  return true;
}
