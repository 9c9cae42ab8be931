/**
 * The typed tree: what the checker hands to lowering. Everything is resolved here: names to symbols,
 * constants to values, implicit widenings to `convert` nodes, methods to functions whose first parameter is
 * `this`, dead sides of compile-time conditions to nothing. Lowering asks no question about the source.
 *
 * Every node keeps its span for diagnostics and line tables.
 */

import type { DataObject } from "../base/data-object.ts";
import type { Span } from "./source.ts";
import type { Field, IntegerType, Type } from "./types.ts";

export interface CheckedProgram {
  /** Every function reachable from `main`, `main` first. */
  readonly functions: readonly CheckedFunction[];
  readonly main: CheckedFunction;
  /** Zeroed storage and scalar variables that live reachable code names. */
  readonly globals: readonly Global[];
  /** Read-only data that live reachable code names, and what it refers to in turn. */
  readonly data: readonly DataObject[];
}

export interface CheckedFunction {
  /** Unique in the program: `parseRequest`, `Connection.close`, `lookup.hash` when two files have one. */
  readonly name: string;
  readonly parameters: readonly Local[];
  readonly result: Type;
  /** `never`: it does not come back. */
  readonly returns: boolean;
  readonly locals: readonly Local[];
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** A parameter or local variable: identity is the object. */
export interface Local {
  readonly name: string;
  readonly type: Type;
  readonly span: Span;
}

/** Storage in the writable segment. A scalar global has a scalar type; `zeroed` and `scratch` a class or Fixed. */
export interface Global {
  readonly name: string;
  readonly type: Type;
  readonly size: number;
  readonly alignment: number;
  /** The value that a scalar starts with. Nonzero values cost bytes in the file. */
  readonly initial: bigint;
  readonly span: Span;
}

export type Statement =
  | { readonly kind: "variable"; readonly local: Local; readonly value?: Expression; readonly span: Span }
  | { readonly kind: "expression"; readonly expression: Expression; readonly span: Span }
  | { readonly kind: "block"; readonly body: readonly Statement[]; readonly span: Span }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly then: readonly Statement[];
      readonly else: readonly Statement[];
      readonly span: Span;
    }
  | {
      /** while, do-while and for. `update` runs after the body and on `continue`. */
      readonly kind: "loop";
      readonly label: JumpLabel;
      readonly initial: readonly Statement[];
      /** Absent: endless. */
      readonly condition?: Expression;
      /** The condition is tested after the body (do-while). */
      readonly bodyFirst: boolean;
      readonly update: readonly Statement[];
      readonly body: readonly Statement[];
      readonly span: Span;
    }
  | {
      readonly kind: "switch";
      readonly label: JumpLabel;
      readonly value: Expression;
      /** In source order; control falls from one body into the next, as in TypeScript. */
      readonly cases: readonly SwitchCase[];
      readonly span: Span;
    }
  /** A labelled block that `break` can leave. */
  | {
      readonly kind: "labeled";
      readonly label: JumpLabel;
      readonly body: readonly Statement[];
      readonly span: Span;
    }
  | { readonly kind: "break"; readonly label: JumpLabel; readonly span: Span }
  | { readonly kind: "continue"; readonly label: JumpLabel; readonly span: Span }
  | { readonly kind: "return"; readonly value?: Expression; readonly span: Span };

export interface SwitchCase {
  /** Constants of the switched value's type; empty for `default`. */
  readonly values: readonly bigint[];
  readonly isDefault: boolean;
  readonly body: readonly Statement[];
}

/** What a break or continue leaves or repeats: identity is the object. */
export interface JumpLabel {
  readonly name: string;
}

/** Something that can be assigned to. */
export type Place =
  | { readonly kind: "local"; readonly local: Local; readonly type: Type; readonly span: Span }
  | { readonly kind: "global"; readonly global: Global; readonly type: Type; readonly span: Span }
  | {
      readonly kind: "field";
      readonly object: Expression;
      readonly field: Field;
      readonly type: Type;
      readonly span: Span;
    }
  | {
      /** Element `index` of a Ptr or Fixed. The index is an integer of at most 32 bits. */
      readonly kind: "element";
      readonly base: Expression;
      readonly index: Expression;
      readonly type: Type;
      readonly span: Span;
    }
  | {
      /** `load<T>(address)` and `store<T>(address, value)`: a full machine-word address. */
      readonly kind: "far";
      readonly address: Expression;
      readonly type: IntegerType;
      readonly span: Span;
    };

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>";
export type ComparisonOperator = "===" | "!==" | "<" | "<=" | ">" | ">=";

export type Expression =
  | Place /** Its value. A place of class or Fixed type that is stored in place has its address as value. */
  | { readonly kind: "constant"; readonly value: bigint; readonly type: Type; readonly span: Span }
  | {
      /** The address of a data object plus `offset`; the value of a string also has `length`. */
      readonly kind: "data";
      readonly object: DataObject;
      readonly offset: number;
      readonly length?: number;
      readonly type: Type;
      readonly span: Span;
    }
  /** The address of static storage. */
  | { readonly kind: "storage"; readonly global: Global; readonly type: Type; readonly span: Span }
  | {
      readonly kind: "unary";
      /** `!` on boolean; `-` and `~` on integers. */
      readonly operator: "-" | "~" | "!";
      readonly operand: Expression;
      readonly type: Type;
      readonly span: Span;
    }
  | {
      /** Both sides have `type`, but for shifts, whose right side is any integer of at most 32 bits. */
      readonly kind: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly type: IntegerType;
      readonly span: Span;
    }
  | {
      /** Both sides have one type: an integer, boolean, pointer or reference. */
      readonly kind: "comparison";
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly type: Type;
      readonly span: Span;
    }
  | {
      readonly kind: "logical";
      readonly operator: "&&" | "||";
      readonly left: Expression;
      readonly right: Expression;
      readonly type: Type;
      readonly span: Span;
    }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly then: Expression;
      readonly else: Expression;
      readonly type: Type;
      readonly span: Span;
    }
  /** The value is the assigned value. */
  | {
      readonly kind: "assign";
      readonly place: Place;
      readonly value: Expression;
      readonly type: Type;
      readonly span: Span;
    }
  | {
      /** `place operator= value`, `++`, `--`. `value` is already converted to the place's type. */
      readonly kind: "update";
      readonly place: Place;
      readonly operator: ArithmeticOperator;
      readonly value: Expression;
      /** The expression's value is that before the update (`i++`). */
      readonly postfix: boolean;
      readonly type: Type;
      readonly span: Span;
    }
  | {
      readonly kind: "call";
      readonly callee: CheckedFunction;
      readonly args: readonly Expression[];
      readonly type: Type;
      readonly span: Span;
    }
  | {
      readonly kind: "intrinsic";
      readonly intrinsic: IntrinsicName;
      readonly args: readonly Expression[];
      readonly type: Type;
      readonly span: Span;
    }
  /** Integer to integer (wrap, zero- or sign-extend), boolean to integer, and every change of an address's type. */
  | { readonly kind: "convert"; readonly operand: Expression; readonly type: Type; readonly span: Span };

/**
 * The operations that survive to lowering; the rest (`sizeof`, `byte`, `table` …) the checker computes.
 * Arguments are already converted to the type named.
 */
export type IntrinsicName =
  /** (number: usize, up to six of usize) → isize */
  | "syscall"
  /** (destination: Ptr<u8>, source: Ptr<u8>, length: u32); must not overlap with destination above source */
  | "copy"
  /** (destination: Ptr<u8>, value: u8, length: u32) */
  | "fill"
  /** (left: Ptr<u8>, right: Ptr<u8>, length: u32) → boolean */
  | "equal"
  /** () → never; what follows is not compiled */
  | "unreachable"
  /** (u32) → u32; of 0: 32 */
  | "countTrailingZeros"
  | "countLeadingZeros"
  /** (u32) → u32: the four bytes reversed */
  | "byteSwap"
  /** (u32, u32) → u32, the amount taken modulo 32 */
  | "rotateLeft"
  /** (pointer, i32 | u32 elements) → pointer */
  | "pointerAdd"
  /** (pointer, pointer) → u32: elements from the second to the first */
  | "pointerDistance"
  /** (string) → u32 and (string) → Ptr<u8> */
  | "stringLength"
  | "stringAddress";
