/**
 * The checker's state for one program and one target, and the symbols that names stand for.
 *
 * Declarations are resolved on first use, in any order and across files that import each other: an entry goes from
 * unresolved to resolving to resolved, and meeting a resolving entry again is a cycle.
 */

import type { DataObject } from "../base/data-object.ts";
import type {
  ClassDeclaration,
  Declaration,
  ExpressionNode,
  FunctionDeclaration,
  SyntaxModule,
} from "./ast.ts";
import type { CheckedFunction, Expression, Global, JumpLabel, Local } from "./checked.ts";
import type { DiagnosticName } from "./diagnostic-table.ts";
import { type Diagnostic, type DiagnosticValues, makeDiagnostic } from "./diagnostics.ts";
import type { Intrinsic } from "./intrinsics.ts";
import type { Span } from "./source.ts";
import { errorType, type IntegerTypes } from "./type-relations.ts";
import type { ClassType, Field, IntegerType, Type } from "./types.ts";
import type { VirtualModule } from "./virtual-module.ts";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type NameSymbol =
  /** A value known when compiling: a `constant` expression, or a `data` expression for strings and tables. */
  | { readonly kind: "constant"; readonly value: Expression }
  | { readonly kind: "local"; readonly local: Local; readonly isConstant: boolean }
  /** A scalar variable at the top level. */
  | { readonly kind: "global"; readonly global: Global }
  /** `zeroed` and `scratch`. */
  | { readonly kind: "storage"; readonly global: Global }
  | { readonly kind: "function"; readonly fn: FunctionSymbol }
  | { readonly kind: "class"; readonly class: ClassSymbol }
  | {
      readonly kind: "group";
      readonly members: ReadonlyMap<string, Expression>;
      /** Of an enum. */
      readonly type: IntegerType | undefined;
    }
  | { readonly kind: "alias"; readonly type: Type }
  | { readonly kind: "intrinsic"; readonly intrinsic: Intrinsic }
  /** A constant of a virtual module that this target does not have. */
  | { readonly kind: "absent" }
  /** In its block, but declared further down. */
  | { readonly kind: "undeclared" }
  /** Already reported. */
  | { readonly kind: "error" };

export interface FunctionSymbol {
  readonly declaration: FunctionDeclaration;
  readonly scope: ModuleScope;
  /** The class of a method; a method that is not static has `this` as its first parameter. */
  readonly owner: ClassSymbol | undefined;
  /** Signature first, body later. */
  readonly checked: Mutable<CheckedFunction>;
  /** Reports that count only if the function is live. */
  readonly deferred: Diagnostic[];
  readonly scratch: Global[];
}

export interface ClassSymbol {
  readonly declaration: ClassDeclaration;
  readonly scope: ModuleScope;
  readonly type: Mutable<ClassType>;
  layout: "unknown" | "computing" | "known";
  /** Methods and constants are entered. */
  isComplete: boolean;
  /** Empty until the layout is known. */
  readonly fields: Map<string, Field>;
  readonly readonlyFields: Set<string>;
  readonly methods: Map<string, FunctionSymbol>;
  readonly constants: Map<string, Entry>;
}

export interface Entry {
  readonly declaration: Declaration;
  state: "unresolved" | "resolving" | "resolved";
  symbol: NameSymbol;
}

export interface ModuleScope {
  readonly module: SyntaxModule;
  readonly entries: Map<string, Entry>;
  /** By local name. */
  readonly imports: Map<string, ImportedName>;
}

export interface ImportedName {
  /** Undefined when the module was not found. */
  readonly from: SyntaxModule | undefined;
  readonly specifier: string;
  /** As the module has it. */
  readonly name: string;
  readonly span: Span;
  symbol?: NameSymbol;
}

/** Names of a block. */
export interface BlockScope {
  readonly parent: BlockScope | undefined;
  readonly names: Map<string, NameSymbol>;
}

export interface Checker {
  readonly types: IntegerTypes;
  readonly virtualModules: ReadonlyMap<string, VirtualModule>;
  readonly diagnostics: Diagnostic[];
  /** By module name. */
  readonly scopes: Map<string, ModuleScope>;
  /** Every one is checked, used or not. */
  readonly functions: FunctionSymbol[];
  readonly classes: Map<ClassType, ClassSymbol>;
  /** How many modules declare a name: one that several declare is told apart by its file. */
  readonly nameCounts: Map<string, number>;
  /** String constants by their bytes (one character for each): equal ones are one object. */
  readonly strings: Map<string, DataObject>;
  readonly takenNames: Set<string>;
  /** Expressions need declarations and declarations need expressions; these two hooks are the way back. */
  readonly resolveEntry: (checker: Checker, scope: ModuleScope, entry: Entry) => NameSymbol;
  readonly checkExpression: (context: Context, node: ExpressionNode, expected?: Type) => Expression;
}

/** Where an expression stands. Without a function only constants are allowed. */
export interface Context {
  readonly checker: Checker;
  readonly scope: ModuleScope;
  readonly fn: FunctionSymbol | undefined;
  readonly locals: Local[];
  block: BlockScope | undefined;
  readonly jumps: JumpTarget[];
  /** A constant that the target does not have was used: what is made of it does not exist either. */
  isAbsent: boolean;
}

export interface JumpTarget {
  readonly label: JumpLabel;
  readonly names: readonly string[];
  /** `continue` goes to loops only, and a plain `break` not to labelled blocks. */
  readonly kind: "loop" | "switch" | "block";
  /** A `break` goes here. */
  isLeft: boolean;
  /** A `continue` goes here. */
  isRepeated: boolean;
}

export function moduleContext(checker: Checker, scope: ModuleScope): Context {
  return { checker, scope, fn: undefined, locals: [], block: undefined, jumps: [], isAbsent: false };
}

export function report(checker: Checker, span: Span, name: DiagnosticName, values?: DiagnosticValues): void {
  checker.diagnostics.push(makeDiagnostic(span, name, values));
}

/** The value of an expression that has been reported. */
export function errorAt(span: Span): Expression {
  return { kind: "constant", value: 0n, type: errorType, span };
}

/** Reports, and gives the value that stands for what was reported. */
export function fail(
  context: Context,
  span: Span,
  name: DiagnosticName,
  values?: DiagnosticValues,
): Expression {
  report(context.checker, span, name, values);
  return errorAt(span);
}

export const errorSymbol: NameSymbol = { kind: "error" };
