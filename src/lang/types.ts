/**
 * The types of microlith TypeScript.
 *
 * The one idea: a value is an integer of a known width. `Ptr<T>` and references to classes are integers
 * too, of 32 bits on every target, because every object of a microlith lies below 2 GiB. So the layout of
 * a class does not depend on the target, unless it has a field of type `usize` or `isize`.
 */

export type IntegerName = "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u64" | "i64" | "usize" | "isize";

export interface IntegerType {
  readonly kind: "integer";
  readonly name: IntegerName;
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
}

/** Stored as one byte, 0 or 1. */
export interface BooleanType {
  readonly kind: "boolean";
}

/** `Ptr<T>`: the address of one or more T in a row. */
export interface PointerType {
  readonly kind: "pointer";
  readonly element: Type;
}

/** A class. As the type of a variable, parameter or result: a reference (an address). As the element of
 * `Fixed` or in `zeroed<C>()`: the storage itself. */
export interface ClassType {
  readonly kind: "class";
  readonly name: string;
  readonly fields: readonly Field[];
  readonly size: number;
  readonly alignment: number;
}

/** `Fixed<T, N>`: N elements in a row, stored in place. As a value it is the address of the first. */
export interface FixedType {
  readonly kind: "fixed";
  readonly element: Type;
  readonly length: number;
}

/** Constant bytes: an address and a length, two 32-bit values. Only parameters, constants and locals. */
export interface StringType {
  readonly kind: "string";
}

export interface VoidType {
  readonly kind: "void";
}

/** The type of `null`: it becomes any pointer or reference. */
export interface NullType {
  readonly kind: "null";
}

export type Type =
  | IntegerType
  | BooleanType
  | PointerType
  | ClassType
  | FixedType
  | StringType
  | VoidType
  | NullType;

export interface Field {
  readonly name: string;
  readonly type: Type;
  /** Bytes from the start of the object. */
  readonly offset: number;
  /** A class or `Fixed` field declared with `Inline<C>` lies inside the object; a plain class field is a reference. */
  readonly inline: boolean;
}
