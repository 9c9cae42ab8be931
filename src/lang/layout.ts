/**
 * Where things lie: sizes, alignments and field offsets. Fields lie in the order of their declaration at their
 * natural alignment (8 bytes for u64 on every target); a class is as large as its fields, rounded up to
 * its alignment. This is the layout of a C structure on all targets but 386, where C aligns u64 to 4.
 */

import { never } from "../base/errors.ts";
import type { Field, Type } from "./types.ts";

/** Addresses, lengths and sizes stay below this. */
export const largestObject: number = 2 ** 31;

/** Bytes of a T as an element of Ptr and Fixed and in `zeroed`: a class is the object itself. */
export function storageSize(type: Type): number {
  switch (type.kind) {
    case "integer":
      return type.bits / 8;
    case "boolean":
      return 1;
    case "pointer":
      return 4;
    case "class":
      return type.size;
    case "fixed":
      return type.length * storageSize(type.element);
    case "string":
      return 8;
    case "void":
    case "null":
      return 0;
    default:
      return never(type);
  }
}

/** A power of two, in bytes. */
export function storageAlignment(type: Type): number {
  switch (type.kind) {
    case "class":
      return type.alignment;
    case "fixed":
      return storageAlignment(type.element);
    default:
      return Math.max(1, Math.min(8, storageSize(type)));
  }
}

/** Whether a field of this type holds the object itself. A class field holds a reference unless it is inline. */
export function fieldSize(type: Type, inline: boolean): number {
  return type.kind === "class" && !inline ? 4 : storageSize(type);
}

export interface FieldShape {
  readonly name: string;
  readonly type: Type;
  readonly inline: boolean;
}

export interface Layout {
  readonly fields: readonly Field[];
  readonly size: number;
  readonly alignment: number;
}

/** Offsets for fields in their order. Every inline class among them is laid out already. */
export function layOut(shapes: readonly FieldShape[]): Layout {
  const fields: Field[] = [];
  let end = 0;
  let alignment = 1;
  for (const { name, type, inline } of shapes) {
    const size = fieldSize(type, inline);
    const aligned = type.kind === "class" && !inline ? 4 : storageAlignment(type);
    const offset = roundUp(end, aligned);
    fields.push({ name, type, offset, inline });
    end = offset + size;
    alignment = Math.max(alignment, aligned);
  }
  return { fields, size: roundUp(end, alignment), alignment };
}

function roundUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
