/**
 * How the types of the language lie in memory and in values: sizes in bytes, the IR type of a value, and the
 * instructions that load and store it.
 *
 * A narrow integer is an i32 that is kept zero- or sign-extended; a boolean an i32 of 0 or 1, in memory one byte; an
 * address an i32. A string is two values, its address and its length, and is never in memory.
 */

import { assert, Bug } from "../base/errors.ts";
import type { Type as SourceType } from "../lang/types.ts";
import type { LoadOp, StoreOp, Type } from "./ir.ts";

/** The IR type of a value of `type`; for a string that of both its values. */
export function irType(type: SourceType): Type {
  assert(type.kind !== "void", "void has no values");
  return type.kind === "integer" && type.bits === 64 ? "i64" : "i32";
}

/** The IR type of a function's result. */
export function irResult(type: SourceType): Type | "void" {
  return type.kind === "void" ? "void" : irType(type);
}

/** Bytes from one element to the next of a Ptr or Fixed of `type`. A class or Fixed lies in place. */
export function sizeOf(type: SourceType): number {
  switch (type.kind) {
    case "integer":
      return type.bits / 8;
    case "boolean":
      return 1;
    case "class":
      return type.size;
    case "fixed":
      return sizeOf(type.element) * type.length;
    case "pointer":
    case "null":
      return 4;
    case "string":
    case "void":
      throw new Bug(`${type.kind} has no size`);
  }
}

export function loadOp(type: SourceType): LoadOp {
  if (type.kind === "boolean") return "load8u";
  if (type.kind !== "integer") return "load32";
  switch (type.bits) {
    case 8:
      return type.signed ? "load8s" : "load8u";
    case 16:
      return type.signed ? "load16s" : "load16u";
    case 32:
      return "load32";
    case 64:
      return "load64";
  }
}

export function storeOp(type: SourceType): StoreOp {
  if (type.kind === "boolean") return "store8";
  if (type.kind !== "integer") return "store32";
  switch (type.bits) {
    case 8:
      return "store8";
    case 16:
      return "store16";
    case 32:
      return "store32";
    case 64:
      return "store64";
  }
}
