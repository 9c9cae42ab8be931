/**
 * Object code: what targets hand to the linker. One text section of labelled functions, data objects,
 * zeroed storage, and the relocations between them.
 */

import type { DataObject } from "../base/data-object.ts";
import type { PackedTables } from "./packed-tables.ts";

/** How the linker writes a symbol's address into text. Names follow the ELF psABI of the target. */
export type RelocationKind =
  /** Four bytes, little-endian, absolute. */
  | "abs32"
  /** amd64, 386: four bytes, relative to the end of the field. */
  | "pc32"
  /** Others are added by the targets that need them. */
  | "arm-adr"
  | "arm64-adr"
  | "arm64-abs-lo16"
  | "arm64-abs-hi16"
  | "riscv64-hi20"
  | "riscv64-rvc-lui"
  | "riscv64-lo12-i"
  | "riscv64-lo12-s";

export interface TextRelocation {
  /** From the start of the text. */
  readonly offset: number;
  readonly kind: RelocationKind;
  readonly symbol: string;
  readonly addend: number;
}

/** A function's place in the text. */
export interface FunctionSymbol {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** Source position of the instruction at `offset`; sorted by offset. */
export interface LineEntry {
  readonly offset: number;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** A register by the machine's number, or a place on the stack, in bytes from where the stack pointer was at the function's start. */
export type Place =
  | { readonly kind: "register"; readonly register: number }
  | { readonly kind: "stack"; readonly at: number };

/** A caller's register, and where on the stack its value lies, as in `Place`. */
export interface SavedRegister {
  readonly register: number;
  readonly at: number;
}

/** How to find a function's caller. */
export interface Frame {
  /** Bytes on the stack since the function's start. */
  readonly bytes: number;
  /** The return address; undefined where it is not needed any more. */
  readonly address: Place | undefined;
  readonly saved: readonly SavedRegister[];
}

/** The frame from the instruction at `offset` on; sorted by offset. */
export interface FrameEntry extends Frame {
  readonly offset: number;
}

/** Writable storage; `bytes` absent: zeros, not stored in the file. */
export interface Storage {
  readonly name: string;
  readonly size: number;
  readonly alignment: number;
  readonly bytes: Uint8Array | undefined;
}

export interface ObjectCode {
  readonly text: Uint8Array;
  readonly functions: readonly FunctionSymbol[];
  readonly relocations: readonly TextRelocation[];
  readonly data: readonly DataObject[];
  /** Those of the data that the file has packed; their storage is one of `storage`. */
  readonly packed?: PackedTables | undefined;
  /** In its order, but for what has initial bytes, which comes first. */
  readonly storage: readonly Storage[];
  /** Where each instruction begins, in their order; one that has become nothing begins where the next does. */
  readonly instructions: readonly number[];
  readonly lines: readonly LineEntry[];
  /** With `--debug`: where the frame changes, and the start of every function. Otherwise empty. */
  readonly frames: readonly FrameEntry[];
  /**
   * Offsets, ascending, at which the text may be taken apart, because they lie between two instructions and no
   * branch or call crosses them. The `tight` layout puts the parts where the ELF header has room.
   */
  readonly cuts: readonly number[];
  /** The function the kernel jumps to. */
  readonly entry: string;
}
