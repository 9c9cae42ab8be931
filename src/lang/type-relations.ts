/**
 * The relations between types that the language is about: equal, which integer holds every value of which other,
 * and how a type is written.
 *
 * Three sentinels live only inside the checker: `untyped`, the type of an exact constant that takes its width from
 * its surroundings; `errorType`, of what has been reported already; `neverType`, of a call that does not come back.
 * They are compared by identity.
 */

import type { IntegerName, IntegerType, Type, VoidType } from "./types.ts";

/** An exact integer constant. It never reaches the checked tree. */
export const untyped: IntegerType = { kind: "integer", name: "i64", bits: 64, signed: true };
export const errorType: VoidType = { kind: "void" };
export const neverType: VoidType = { kind: "void" };
export const voidType: VoidType = { kind: "void" };
export const booleanType: Type = { kind: "boolean" };
export const stringType: Type = { kind: "string" };
export const nullType: Type = { kind: "null" };

export type IntegerTypes = Readonly<Record<IntegerName, IntegerType>>;

/** All integer types of a target whose machine word has `wordBits`. */
export function integerTypes(wordBits: 32 | 64): IntegerTypes {
  const make = (name: IntegerName, bits: IntegerType["bits"]): IntegerType => ({
    kind: "integer",
    name,
    bits,
    signed: name.startsWith("i"),
  });
  return {
    u8: make("u8", 8),
    i8: make("i8", 8),
    u16: make("u16", 16),
    i16: make("i16", 16),
    u32: make("u32", 32),
    i32: make("i32", 32),
    u64: make("u64", 64),
    i64: make("i64", 64),
    usize: make("usize", wordBits),
    isize: make("isize", wordBits),
  };
}

export function pointerTo(element: Type): Type {
  return { kind: "pointer", element };
}

export function sameType(left: Type, right: Type): boolean {
  if (left === right) return true;
  if (left === untyped || right === untyped) return false;
  if (left.kind !== right.kind) return false;
  switch (left.kind) {
    case "integer":
      return right.kind === "integer" && left.name === right.name;
    case "pointer":
      return right.kind === "pointer" && sameType(left.element, right.element);
    case "fixed":
      return right.kind === "fixed" && left.length === right.length && sameType(left.element, right.element);
    case "class":
      return false;
    default:
      return true;
  }
}

/** The fewest and the most bits that the type has on any target, so that a program is right on all or on none. */
function widths(type: IntegerType): { readonly least: number; readonly most: number } {
  return type.name === "usize" || type.name === "isize"
    ? { least: 32, most: 64 }
    : { least: type.bits, most: type.bits };
}

/** Whether every value of `from` is a value of `to`, on every target. */
export function isWidening(from: IntegerType, to: IntegerType): boolean {
  if (from.name === to.name) return true;
  const source = widths(from).most;
  const target = widths(to).least;
  if (from.signed === to.signed) return source <= target;
  return !from.signed && source < target;
}

export function leastValue(type: IntegerType): bigint {
  return type.signed ? -(1n << BigInt(type.bits - 1)) : 0n;
}

export function mostValue(type: IntegerType): bigint {
  return (1n << BigInt(type.signed ? type.bits - 1 : type.bits)) - 1n;
}

export function holds(type: IntegerType, value: bigint): boolean {
  return value >= leastValue(type) && value <= mostValue(type);
}

/** The value that remains of `value` in the type's bits. */
export function wrap(type: IntegerType, value: bigint): bigint {
  return type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value);
}

/** As a program writes it. */
export function formatType(type: Type): string {
  if (type === untyped) return "a constant";
  if (type === neverType) return "never";
  switch (type.kind) {
    case "integer":
      return type.name;
    case "boolean":
      return "bool";
    case "pointer":
      return `Ptr<${formatType(type.element)}>`;
    case "class":
      return type.name;
    case "fixed":
      return `Fixed<${formatType(type.element)}, ${type.length}>`;
    default:
      return type.kind;
  }
}
