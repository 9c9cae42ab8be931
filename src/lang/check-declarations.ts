/**
 * Declarations at the top level to symbols: constants, variables, storage, tables, groups, classes, and the
 * signatures of functions. Bodies come later.
 */

import { never } from "../base/errors.ts";
import type { ClassDeclaration, FunctionDeclaration, GroupDeclaration, VariableDeclaration } from "./ast.ts";
import { initialCall, storageGlobal, tableConstant } from "./check-storage.ts";
import { layOutClass, resolveType } from "./check-types.ts";
import { virtualSymbol } from "./check-virtual.ts";
import type { Expression, Global, Local } from "./checked.ts";
import {
  type Checker,
  type ClassSymbol,
  type Context,
  type Entry,
  errorAt,
  errorSymbol,
  type FunctionSymbol,
  type ModuleScope,
  moduleContext,
  type NameSymbol,
  report,
} from "./checker.ts";
import { checkValue, coerce } from "./convert.ts";
import { storageAlignment, storageSize } from "./layout.ts";
import { uniqueName } from "./names.ts";
import { errorType, holds, neverType, untyped, voidType } from "./type-relations.ts";
import type { Type } from "./types.ts";

/** The symbol of a declaration, made on first use. */
export function resolveEntry(checker: Checker, scope: ModuleScope, entry: Entry): NameSymbol {
  const { declaration } = entry;
  if (entry.state === "resolved") return entry.symbol;
  if (entry.state === "resolving") {
    report(checker, declaration.name.span, "constantCycle", { name: declaration.name.text });
    entry.state = "resolved";
    entry.symbol = errorSymbol;
    return errorSymbol;
  }
  entry.state = "resolving";
  const symbol = resolveDeclaration(checker, scope, entry);
  // A cycle has made it an error meanwhile.
  if (entry.state === "resolving") entry.symbol = symbol;
  entry.state = "resolved";
  return entry.symbol;
}

function resolveDeclaration(checker: Checker, scope: ModuleScope, { declaration }: Entry): NameSymbol {
  const context = moduleContext(checker, scope);
  switch (declaration.kind) {
    case "function":
      return { kind: "function", fn: functionSymbol(checker, scope, declaration, undefined) };
    case "class":
      return { kind: "class", class: classSymbol(checker, scope, declaration) };
    case "group":
      return resolveGroup(context, declaration);
    case "alias":
      return { kind: "alias", type: resolveType(context, declaration.type, "variable") };
    case "variable":
      if (scope.module.isVirtual) return virtualSymbol(context, declaration);
      return declaration.isConstant
        ? resolveConstant(context, declaration, declaration.name.text)
        : resolveVariable(context, declaration);
    default:
      return never(declaration);
  }
}

/** A function with its signature; its body is checked when all declarations are known. */
function functionSymbol(
  checker: Checker,
  scope: ModuleScope,
  declaration: FunctionDeclaration,
  owner: ClassSymbol | undefined,
): FunctionSymbol {
  const context = moduleContext(checker, scope);
  const parameters: Local[] = [];
  if (owner && !declaration.isStatic) {
    parameters.push({ name: "this", type: owner.type, span: declaration.name.span });
  }
  for (const { name, type } of declaration.parameters) {
    parameters.push({ name: name.text, type: resolveType(context, type, "parameter"), span: name.span });
  }
  const result = resolveType(context, declaration.result, "result");
  const { text } = declaration.name;
  const name = uniqueName(checker, scope, owner ? `${owner.declaration.name.text}.${text}` : text);
  const fn: FunctionSymbol = {
    declaration,
    scope,
    owner,
    checked: {
      name,
      parameters,
      result: result === neverType ? voidType : result,
      returns: result !== neverType,
      locals: [],
      body: [],
      span: declaration.name.span,
    },
    deferred: [],
    scratch: [],
  };
  checker.functions.push(fn);
  return fn;
}

function classSymbol(checker: Checker, scope: ModuleScope, declaration: ClassDeclaration): ClassSymbol {
  const symbol: ClassSymbol = {
    declaration,
    scope,
    type: { kind: "class", name: declaration.name.text, fields: [], size: 0, alignment: 1 },
    layout: "unknown",
    isComplete: false,
    fields: new Map(),
    readonlyFields: new Set(),
    methods: new Map(),
    constants: new Map(),
  };
  checker.classes.set(symbol.type, symbol);
  return symbol;
}

/** Methods and constants of a class, and its layout. Their types may name the class itself, so this comes second. */
export function completeClass(checker: Checker, symbol: ClassSymbol): void {
  if (symbol.isComplete) return;
  symbol.isComplete = true;
  const { declaration, scope } = symbol;
  const names = new Set<string>();
  const isNew = ({ text, span }: { readonly text: string; readonly span: Local["span"] }): boolean => {
    if (names.has(text)) report(checker, span, "duplicate", { name: text });
    return !names.has(text) && names.add(text) !== undefined;
  };
  for (const field of declaration.fields) isNew(field.name);
  for (const constant of declaration.constants) {
    if (isNew(constant.name)) {
      symbol.constants.set(constant.name.text, {
        declaration: constant,
        state: "unresolved",
        symbol: errorSymbol,
      });
    }
  }
  for (const method of declaration.methods) {
    if (isNew(method.name)) {
      symbol.methods.set(method.name.text, functionSymbol(checker, scope, method, symbol));
    }
  }
  layOutClass(checker, symbol);
}

/** A `const` at the top level or a static one of a class. */
function resolveConstant(context: Context, declaration: VariableDeclaration, name: string): NameSymbol {
  const { checker, scope } = context;
  const { value: node, type: typeNode } = declaration;
  if (!node) return errorSymbol;
  const storage = initialCall(context, node);
  if (storage?.name === "zeroed") {
    const global = storageGlobal(
      context,
      storage.call,
      uniqueName(checker, scope, name),
      declaration.name.span,
    );
    return global ? { kind: "storage", global } : errorSymbol;
  }
  if (storage?.name === "table") {
    const value = tableConstant(context, storage.call, uniqueName(checker, scope, name));
    return context.isAbsent ? { kind: "absent" } : { kind: "constant", value };
  }
  const type = typeNode && resolveType(context, typeNode, "variable");
  const value = checkConstant(context, node, type);
  if (context.isAbsent) return { kind: "absent" };
  return value.type === errorType ? errorSymbol : { kind: "constant", value };
}

/** Addresses are given out when everything is compiled. */
const addressNote =
  "addresses are only known in functions: a variable at the top level starts as `null` and is set there";

function isPlaceOfObjects({ kind }: Type): boolean {
  return kind === "pointer" || kind === "class" || kind === "fixed";
}

/** A value known when compiling, of `type` when there is one. */
function checkConstant(
  context: Context,
  node: NonNullable<VariableDeclaration["value"]>,
  type: Type | undefined,
): Expression {
  const value = checkValue(context, node, type);
  if (value.type === errorType) return value;
  if (value.kind !== "constant" && value.kind !== "data") {
    const note = isPlaceOfObjects(value.type) ? addressNote : "";
    report(context.checker, node.span, "notConstant", { note });
    return errorAt(node.span);
  }
  return type ? coerce(context, value, type) : value;
}

function resolveVariable(context: Context, declaration: VariableDeclaration): NameSymbol {
  const { checker, scope } = context;
  const { name, value: node, type: typeNode } = declaration;
  if (!node) return errorSymbol;
  const type = typeNode && resolveType(context, typeNode, "variable");
  let value = checkConstant(context, node, type);
  if (context.isAbsent) return { kind: "absent" };
  if (value.type === untyped) value = settleNamed(context, value, name.text);
  if (value.type === errorType) return errorSymbol;
  if (value.kind === "data" && isPlaceOfObjects(value.type)) {
    report(checker, node.span, "notConstant", { note: addressNote });
    return errorSymbol;
  }
  if (value.kind !== "constant" || value.type.kind === "null") {
    report(checker, name.span, "globalType");
    return errorSymbol;
  }
  const size = value.type.kind === "class" ? 4 : storageSize(value.type);
  const alignment = value.type.kind === "class" ? 4 : storageAlignment(value.type);
  const global: Global = {
    name: uniqueName(checker, scope, name.text),
    type: value.type,
    size,
    alignment,
    initial: value.value,
    span: name.span,
  };
  return { kind: "global", global };
}

/** The value of a variable without a written type: a plain number is an i32. */
export function settleNamed(context: Context, value: Expression, name: string): Expression {
  if (value.type !== untyped || value.kind !== "constant") return value;
  const { i32 } = context.checker.types;
  if (holds(i32, value.value)) return coerce(context, value, i32);
  report(context.checker, value.span, "needsType", { value: String(value.value), name });
  return errorAt(value.span);
}

/** Members count up from the one before; an initial value may name the members above it. */
function resolveGroup(context: Context, declaration: GroupDeclaration): NameSymbol {
  const { checker } = context;
  const members = new Map<string, Expression>();
  const names = new Map<string, NameSymbol>();
  context.block = declaration.isEnum ? { parent: undefined, names } : undefined;
  let next: bigint | undefined = 0n;
  for (const { name, value: node } of declaration.members) {
    if (members.has(name.text)) report(checker, name.span, "duplicate", { name: name.text });
    let value: Expression =
      next === undefined
        ? errorAt(name.span)
        : { kind: "constant", value: next, type: untyped, span: name.span };
    if (node) value = checkConstant(context, node, undefined);
    if (declaration.isEnum && value.type !== errorType) {
      if (value.kind !== "constant" || value.type.kind !== "integer") {
        report(checker, node?.span ?? name.span, "stringMember");
        value = errorAt(name.span);
      }
    }
    members.set(name.text, value);
    names.set(name.text, { kind: "constant", value });
    next = value.kind === "constant" && value.type.kind === "integer" ? value.value + 1n : undefined;
  }
  if (context.isAbsent) return { kind: "absent" };
  return declaration.isEnum ? enumSymbol(context, members) : { kind: "group", members, type: undefined };
}

function enumSymbol(context: Context, members: ReadonlyMap<string, Expression>): NameSymbol {
  const { types } = context.checker;
  const values = [...members.values()];
  const isSmall = values.every((value) => value.kind !== "constant" || holds(types.u8, value.value));
  const type = isSmall ? types.u8 : types.i32;
  const typed = new Map<string, Expression>();
  for (const [name, value] of members) {
    const plain: Expression = value.type === errorType ? value : { ...value, type: untyped };
    typed.set(name, coerce(context, plain, type));
  }
  return { kind: "group", members: typed, type };
}
