/**
 * Where everything lies in the file: what the two layouts decide, and what writing the file needs to know.
 */

import type { DataObject } from "../base/data-object.ts";
import type { Segment } from "./executable.ts";
import type { WordBytes } from "./format.ts";
import type { Storage } from "./object.ts";

/** What the linker has to know of a target; a `Target` is one. */
export interface MachineFacts {
  readonly elfMachine: number;
  readonly elfFlags: number;
  readonly wordBytes: WordBytes;
  /** Segment alignment, in bytes. */
  readonly pageBytes: number;
  /** Address of the file's first byte; a multiple of the page size. */
  readonly base: number;
  /** Numbers are loaded from anywhere at the same cost: content lies where what is before it ends. Absent: not so. */
  readonly loadsUnaligned?: boolean;
}

/** The text from `from` to `to` lies at `at` in the file. */
export interface TextPiece {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** Machine code of the linker's own, which joins pieces of text. */
export interface Joint {
  /** What it is, for the size map. */
  readonly name: string;
  readonly at: number;
  readonly bytes: readonly number[];
}

export interface Layout {
  readonly name: "plain" | "tight";
  readonly base: number;
  readonly fileBytes: number;
  /** In the order of the text; together they are all of it. */
  readonly pieces: readonly TextPiece[];
  readonly joints: readonly Joint[];
  readonly data: readonly { readonly object: DataObject; readonly at: number }[];
  /** `at` in the file, when there are bytes. */
  readonly storage: readonly {
    readonly storage: Storage;
    readonly address: number;
    readonly at: number | undefined;
  }[];
  readonly segments: readonly Segment[];
  /** Undefined: the entry function's address. */
  readonly entry: number | undefined;
  /** Up to here in the file, what belongs to nobody belongs to the headers. */
  readonly headerEnd: number;
  readonly writeHeaders: (bytes: Uint8Array, entry: number) => void;
}
