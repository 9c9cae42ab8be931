/**
 * Types as written to types as meant, and the layout of classes. A class gets its type when its name is first
 * met and its layout when its fields or its size are: so classes may refer to each other in any order, but not lie
 * inside themselves.
 */

import type { TypeNode } from "./ast.ts";
import { type Checker, type ClassSymbol, type Context, moduleContext, report } from "./checker.ts";
import { checkValue } from "./convert.ts";
import { preludeTypes } from "./intrinsics.ts";
import { type FieldShape, largestObject, layOut, storageSize } from "./layout.ts";
import { lookUp } from "./names.ts";
import { suggestion } from "./suggest.ts";
import {
  booleanType,
  errorType,
  formatType,
  type IntegerTypes,
  neverType,
  pointerTo,
  stringType,
  voidType,
} from "./type-relations.ts";
import type { IntegerName, Type } from "./types.ts";

/** What the type is for: strings and results have places of their own. */
export type TypeUse = "variable" | "parameter" | "field" | "result" | "element" | "cast";

/** The type that `node` means, or errorType when that has been reported. */
export function resolveType(context: Context, node: TypeNode, use: TypeUse): Type {
  switch (node.kind) {
    case "error":
      return errorType;
    case "named":
      return allow(context, node, use, resolveNamed(context, node));
    case "keyword":
      return resolveKeyword(context, node, use);
    default:
      report(context.checker, node.span, "valueType", {
        type: "a constant",
        use,
        help: "write the name of a type",
      });
      return errorType;
  }
}

/** An alias may name a type that this place does not take. */
function allow(context: Context, node: TypeNode, use: TypeUse, type: Type): Type {
  if (type === stringType && use !== "variable" && use !== "parameter") {
    report(context.checker, node.span, "stringPlace");
    return errorType;
  }
  return type;
}

function resolveKeyword(context: Context, node: TypeNode & { kind: "keyword" }, use: TypeUse): Type {
  switch (node.name) {
    case "boolean":
      return booleanType;
    case "string":
      return allow(context, node, use, stringType);
    case "number":
      report(context.checker, node.span, "number", { name: "number" });
      return errorType;
    case "void":
      if (use === "result") return voidType;
      break;
    case "never":
      if (use === "result") return neverType;
      break;
    default:
  }
  report(context.checker, node.span, "valueType", {
    type: node.name,
    use,
    help: "write the type of its values",
  });
  return errorType;
}

type NamedNode = TypeNode & { readonly kind: "named" };

function resolveNamed(context: Context, node: NamedNode): Type {
  const { text } = node.name;
  const symbol = lookUp(context, text);
  if (symbol && symbol.kind !== "intrinsic") {
    if (symbol.kind === "error") return errorType;
    if (node.args[0]) return wrongArguments(context, node, "no type in <>");
    if (symbol.kind === "class") return symbol.class.type;
    if (symbol.kind === "alias") return symbol.type;
    if (symbol.kind === "group" && symbol.type) return symbol.type;
    report(context.checker, node.name.span, "notType", { name: text });
    return errorType;
  }
  const { types } = context.checker;
  if (text === "Ptr") {
    const [element] = node.args;
    if (!element || node.args.length !== 1) return wrongArguments(context, node, "one type in <>");
    const type = resolveType(context, element, "element");
    return type === errorType ? errorType : pointerTo(type);
  }
  if (text === "Fixed") return resolveFixed(context, node);
  if (text === "Inline") {
    report(context.checker, node.span, "inlineType");
    return errorType;
  }
  if (text === "bool" || isIntegerName(types, text)) {
    if (node.args[0]) return wrongArguments(context, node, "no type in <>");
    return text === "bool" ? booleanType : types[text];
  }
  return unknownType(context, node);
}

function isIntegerName(types: IntegerTypes, name: string): name is IntegerName {
  return Object.hasOwn(types, name);
}

function wrongArguments(context: Context, node: NamedNode, expected: string): Type {
  report(context.checker, node.span, "typeArguments", { name: node.name.text, expected });
  return errorType;
}

/** The names of types that TypeScript has and the language refuses, beside `any` and its like. */
function unknownType(context: Context, node: NamedNode): Type {
  const { checker } = context;
  const { text } = node.name;
  if (text === "Array" || text === "ReadonlyArray") report(checker, node.span, "arrayType");
  else {
    const { entries, imports } = context.scope;
    const known = [...preludeTypes, ...Object.keys(checker.types), ...entries.keys(), ...imports.keys()];
    report(checker, node.name.span, "unknownType", { name: text, note: suggestion(text, known) });
  }
  return errorType;
}

function resolveFixed(context: Context, node: NamedNode): Type {
  const [elementNode, lengthNode] = node.args;
  if (!elementNode || !lengthNode || node.args.length !== 2) {
    return wrongArguments(context, node, "an element type and a length in <>");
  }
  const element = resolveType(context, elementNode, "element");
  const length = fixedLength(context, lengthNode);
  if (element === errorType || length === undefined) return errorType;
  return { kind: "fixed", element, length };
}

function fixedLength(context: Context, node: TypeNode): number | undefined {
  if (node.kind === "error") return undefined;
  let length: bigint | undefined;
  if (node.kind === "literal") length = node.value;
  if (node.kind === "typeof") {
    const value = checkValue({ ...context, fn: undefined }, node.value);
    if (value.type === errorType) return undefined;
    if (value.kind === "constant" && value.type.kind === "integer") length = value.value;
  }
  if (length !== undefined && length >= 0n && length < BigInt(largestObject)) return Number(length);
  report(context.checker, node.span, "fixedLength");
  return undefined;
}

/** Lays out the class that `type` is or has in place, so that its size is known. */
export function ensureLayout(checker: Checker, type: Type): void {
  if (type.kind === "fixed") ensureLayout(checker, type.element);
  if (type.kind === "class") {
    const symbol = checker.classes.get(type);
    if (symbol) layOutClass(checker, symbol);
  }
}

export function layOutClass(checker: Checker, symbol: ClassSymbol): void {
  if (symbol.layout === "known") return;
  const { name } = symbol.declaration;
  if (symbol.layout === "computing") {
    report(checker, name.span, "recursiveClass", { name: name.text });
    symbol.layout = "known";
    return;
  }
  symbol.layout = "computing";
  const context = moduleContext(checker, symbol.scope);
  const shapes: FieldShape[] = [];
  for (const field of symbol.declaration.fields) {
    const { type, inline } = resolveField(context, field.type);
    if (inline) ensureLayout(checker, type);
    shapes.push({ name: field.name.text, type, inline });
    if (field.isReadonly) symbol.readonlyFields.add(field.name.text);
  }
  const { fields, size, alignment } = layOut(shapes);
  symbol.type.fields = fields;
  symbol.type.size = size;
  symbol.type.alignment = alignment;
  for (const field of fields) symbol.fields.set(field.name, field);
  symbol.layout = "known";
  if (size >= largestObject) report(checker, name.span, "objectSize", { type: name.text });
}

function resolveField(context: Context, node: TypeNode): { readonly type: Type; readonly inline: boolean } {
  if (node.kind === "named" && node.name.text === "Inline" && !lookUp(context, "Inline")) {
    const [inner] = node.args;
    const type = inner && node.args.length === 1 ? resolveType(context, inner, "field") : undefined;
    if (type === errorType) return { type, inline: false };
    if (type?.kind === "class" || type?.kind === "fixed") return { type, inline: true };
    report(context.checker, node.span, "inlineType");
    return { type: errorType, inline: false };
  }
  const type = resolveType(context, node, "field");
  return { type, inline: type.kind === "fixed" };
}

/** Whether `type` can be static storage; reports when not. */
export function isStorage(context: Context, type: Type, node: TypeNode): boolean {
  if (type === errorType) return false;
  if (type.kind !== "class" && type.kind !== "fixed") {
    report(context.checker, node.span, "storageType", {
      type: formatType(type),
      help: "use `let` for a single value",
    });
    return false;
  }
  ensureLayout(context.checker, type);
  if (storageSize(type) < largestObject) return true;
  report(context.checker, node.span, "objectSize", { type: formatType(type) });
  return false;
}
