/**
 * The syntax tree of microlith TypeScript: what is left of a TypeScript file when everything outside the subset
 * has been refused. Nothing is resolved: names are text, types are what was written.
 *
 * An `error` node stands where a construct was refused; the checker gives it no further diagnostic.
 */

import type { SourceFile, Span } from "./source.ts";

export interface Name {
  readonly text: string;
  readonly span: Span;
}

export interface SyntaxModule {
  /** The path of a file, or `microlith:site` for a virtual module. */
  readonly name: string;
  readonly file: SourceFile;
  readonly isVirtual: boolean;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  readonly declarations: readonly Declaration[];
  /** By specifier as written. A module that was not found is absent (and reported). */
  readonly dependencies: ReadonlyMap<string, SyntaxModule>;
}

export interface Import {
  readonly specifier: string;
  readonly names: readonly { readonly imported: Name; readonly local: Name }[];
  readonly span: Span;
}

/** `export { local as exported }`. A declaration with `export` before it is not listed. */
export interface Export {
  readonly local: Name;
  readonly exported: Name;
  /** `export { x } from "./y.ts"`: the module that has `local`. */
  readonly specifier?: string;
}

export type Declaration =
  | FunctionDeclaration
  | ClassDeclaration
  | VariableDeclaration
  | GroupDeclaration
  | AliasDeclaration;

export interface FunctionDeclaration {
  readonly kind: "function";
  readonly name: Name;
  readonly exported: boolean;
  readonly isStatic: boolean;
  readonly parameters: readonly { readonly name: Name; readonly type: TypeNode }[];
  readonly result: TypeNode;
  readonly body: readonly StatementNode[];
  readonly span: Span;
}

export interface ClassDeclaration {
  readonly kind: "class";
  readonly name: Name;
  readonly exported: boolean;
  readonly fields: readonly FieldNode[];
  readonly methods: readonly FunctionDeclaration[];
  /** `static readonly X = 3` */
  readonly constants: readonly VariableDeclaration[];
  readonly span: Span;
}

export interface FieldNode {
  readonly name: Name;
  readonly type: TypeNode;
  readonly isReadonly: boolean;
}

/** One declarator of a `const` or `let`, at the top level or in a function. */
export interface VariableDeclaration {
  readonly kind: "variable";
  readonly name: Name;
  readonly exported: boolean;
  readonly isConstant: boolean;
  readonly type: TypeNode | undefined;
  /** Absent in the declarations of virtual modules only. */
  readonly value: ExpressionNode | undefined;
  readonly span: Span;
}

/** An enum, or an object literal `as const`. */
export interface GroupDeclaration {
  readonly kind: "group";
  readonly name: Name;
  readonly exported: boolean;
  /** Then the name is a type too. */
  readonly isEnum: boolean;
  readonly members: readonly { readonly name: Name; readonly value: ExpressionNode | undefined }[];
  readonly span: Span;
}

export interface AliasDeclaration {
  readonly kind: "alias";
  readonly name: Name;
  readonly exported: boolean;
  readonly type: TypeNode;
  readonly span: Span;
}

export type TypeNode =
  | { readonly kind: "named"; readonly name: Name; readonly args: readonly TypeNode[]; readonly span: Span }
  | { readonly kind: "keyword"; readonly name: TypeKeyword; readonly span: Span }
  | { readonly kind: "literal"; readonly value: bigint; readonly span: Span }
  | { readonly kind: "typeof"; readonly value: ExpressionNode; readonly span: Span }
  | { readonly kind: "error"; readonly span: Span };

export type TypeKeyword = "boolean" | "string" | "void" | "never" | "null" | "number";

export type StatementNode =
  | VariableDeclaration
  | { readonly kind: "expression"; readonly expression: ExpressionNode; readonly span: Span }
  | { readonly kind: "block"; readonly body: readonly StatementNode[]; readonly span: Span }
  | {
      readonly kind: "if";
      readonly condition: ExpressionNode;
      readonly then: StatementNode;
      readonly else: StatementNode | undefined;
      readonly span: Span;
    }
  | LoopNode
  | SwitchNode
  | { readonly kind: "labeled"; readonly label: Name; readonly body: StatementNode; readonly span: Span }
  | {
      readonly kind: "jump";
      readonly word: "break" | "continue";
      readonly label: Name | undefined;
      readonly span: Span;
    }
  | { readonly kind: "return"; readonly value: ExpressionNode | undefined; readonly span: Span }
  | { readonly kind: "error"; readonly span: Span };

export interface LoopNode {
  readonly kind: "loop";
  readonly initial: readonly StatementNode[];
  readonly condition: ExpressionNode | undefined;
  readonly bodyFirst: boolean;
  readonly update: readonly ExpressionNode[];
  readonly body: StatementNode;
  readonly span: Span;
}

export interface SwitchNode {
  readonly kind: "switch";
  readonly value: ExpressionNode;
  readonly cases: readonly CaseNode[];
  readonly span: Span;
}

export interface CaseNode {
  /** Absent: `default`. */
  readonly value: ExpressionNode | undefined;
  readonly body: readonly StatementNode[];
  readonly span: Span;
}

export type ArithmeticToken = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>" | ">>>";
export type ComparisonToken = "===" | "!==" | "<" | "<=" | ">" | ">=";

export type ExpressionNode =
  | { readonly kind: "integer"; readonly value: bigint; readonly span: Span }
  | { readonly kind: "boolean"; readonly value: boolean; readonly span: Span }
  | { readonly kind: "null"; readonly span: Span }
  | { readonly kind: "string"; readonly bytes: Uint8Array; readonly span: Span }
  | { readonly kind: "name"; readonly text: string; readonly span: Span }
  | { readonly kind: "this"; readonly span: Span }
  | {
      readonly kind: "unary";
      readonly operator: "-" | "~" | "!";
      readonly operand: ExpressionNode;
      readonly span: Span;
    }
  | BinaryNode
  | {
      readonly kind: "logical";
      readonly operator: "&&" | "||";
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
      readonly span: Span;
    }
  | ConditionalNode
  | {
      readonly kind: "assign";
      readonly place: ExpressionNode;
      /** Absent: a plain `=`. */
      readonly operator: ArithmeticToken | undefined;
      readonly value: ExpressionNode;
      readonly span: Span;
    }
  | {
      readonly kind: "update";
      readonly place: ExpressionNode;
      readonly operator: "+" | "-";
      readonly postfix: boolean;
      readonly span: Span;
    }
  | CallNode
  | { readonly kind: "member"; readonly object: ExpressionNode; readonly name: Name; readonly span: Span }
  | {
      readonly kind: "index";
      readonly object: ExpressionNode;
      readonly index: ExpressionNode;
      readonly span: Span;
    }
  | {
      readonly kind: "cast";
      readonly operand: ExpressionNode;
      readonly type: TypeNode;
      readonly span: Span;
    }
  | { readonly kind: "error"; readonly span: Span };

export interface BinaryNode {
  readonly kind: "binary";
  readonly operator: ArithmeticToken | ComparisonToken;
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
  readonly span: Span;
}

export interface ConditionalNode {
  readonly kind: "conditional";
  readonly condition: ExpressionNode;
  readonly then: ExpressionNode;
  readonly else: ExpressionNode;
  readonly span: Span;
}

export interface CallNode {
  readonly kind: "call";
  readonly callee: ExpressionNode;
  readonly typeArguments: readonly TypeNode[];
  readonly args: readonly ExpressionNode[];
  readonly span: Span;
}
