/**
 * The names that every program knows without an import, as data: runtime/prelude.d.ts declares the same for editors.
 *
 * An `operation` is a plain call that survives to lowering; its row is its signature. The others need more than a
 * signature and have a function of their own in check-intrinsics.
 */

import type { IntrinsicName } from "./checked.ts";
import type { IntegerName } from "./types.ts";

/** `bytes` is Ptr<u8>. */
export type SignatureType = IntegerName | "bytes" | "boolean" | "void" | "never";

export type SpecialName =
  | "zeroed"
  | "scratch"
  | "table"
  | "bytes"
  | "byte"
  | "sizeof"
  | "address"
  | "pointer"
  | "reference"
  | "load"
  | "store"
  | "syscall";

export type Intrinsic =
  | {
      readonly kind: "operation";
      readonly name: IntrinsicName;
      readonly parameters: readonly SignatureType[];
      readonly result: SignatureType;
    }
  | {
      readonly kind: "special";
      readonly name: SpecialName;
      readonly typeParameters: 0 | 1;
      /** Number of arguments; undefined: any. */
      readonly parameters: number | undefined;
    };

const rows: readonly Intrinsic[] = [
  { kind: "operation", name: "copy", parameters: ["bytes", "bytes", "u32"], result: "void" },
  { kind: "operation", name: "fill", parameters: ["bytes", "u8", "u32"], result: "void" },
  { kind: "operation", name: "equal", parameters: ["bytes", "bytes", "u32"], result: "boolean" },
  { kind: "operation", name: "unreachable", parameters: [], result: "never" },
  { kind: "operation", name: "countTrailingZeros", parameters: ["u32"], result: "u32" },
  { kind: "operation", name: "countLeadingZeros", parameters: ["u32"], result: "u32" },
  { kind: "operation", name: "byteSwap", parameters: ["u32"], result: "u32" },
  { kind: "operation", name: "rotateLeft", parameters: ["u32", "u32"], result: "u32" },
  { kind: "special", name: "zeroed", typeParameters: 1, parameters: 0 },
  { kind: "special", name: "scratch", typeParameters: 1, parameters: 0 },
  { kind: "special", name: "table", typeParameters: 1, parameters: undefined },
  { kind: "special", name: "bytes", typeParameters: 0, parameters: 1 },
  { kind: "special", name: "byte", typeParameters: 0, parameters: 1 },
  { kind: "special", name: "sizeof", typeParameters: 1, parameters: 0 },
  { kind: "special", name: "address", typeParameters: 0, parameters: 1 },
  { kind: "special", name: "pointer", typeParameters: 1, parameters: 1 },
  { kind: "special", name: "reference", typeParameters: 1, parameters: 1 },
  { kind: "special", name: "load", typeParameters: 1, parameters: 1 },
  { kind: "special", name: "store", typeParameters: 1, parameters: 2 },
  { kind: "special", name: "syscall", typeParameters: 0, parameters: undefined },
];

export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map(rows.map((row) => [row.name, row]));

/** Types that every program knows, besides the integers. */
export const preludeTypes: readonly string[] = ["bool", "Ptr", "Fixed", "Inline"];
