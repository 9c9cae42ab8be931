/**
 * What linking gives: the file's bytes, and who owns each of them.
 */

import type { DataKind } from "../base/data-object.ts";

/**
 * `storage` is writable storage with initial bytes; the kernel makes the zeros, which are not in the file. `debug` is for
 * debuggers, and not loaded.
 */
export type ItemKind = "header" | "code" | DataKind | "storage" | "padding" | "debug";

/** A piece of the file. The items of an executable cover it from the first byte to the last, each byte once. */
export interface Item {
  readonly kind: ItemKind;
  /** Of the function, data object or header; a function taken apart has several items. */
  readonly name: string;
  /** In the file. */
  readonly offset: number;
  readonly size: number;
  /** In memory; undefined when it is not loaded. */
  readonly address: number | undefined;
}

/** A part of memory as the kernel sets it up. */
export interface Segment {
  readonly access: "r-x" | "rw-";
  readonly address: number;
  readonly memorySize: number;
  readonly offset: number;
  readonly fileSize: number;
}

/** A part of the text, from one of its offsets to another, in the file and in memory. */
export interface PlacedText {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
  readonly address: number;
}

/** Writable storage in memory. */
export interface PlacedStorage {
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

export interface Executable {
  readonly bytes: Uint8Array;
  /** Address of the first instruction. */
  readonly entry: number;
  /** What was made, which is not what was asked for when there is a `note`. */
  readonly layout: "plain" | "tight";
  /** Why the layout is not the one asked for. */
  readonly note: string | undefined;
  readonly segments: readonly Segment[];
  /** By offset. Data that shares another's bytes has no item. */
  readonly items: readonly Item[];
  /** In the order of the text; one part, unless it was taken apart. */
  readonly text: readonly PlacedText[];
  /** By address. */
  readonly storage: readonly PlacedStorage[];
  /** The address of every function, data object (shared ones too) and piece of storage. */
  readonly addresses: ReadonlyMap<string, number>;
}
