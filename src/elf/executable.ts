/**
 * What linking gives: the file's bytes, and who owns each of them.
 */

import { type ByteSource, bytesSource, gathered } from "../base/byte-source.ts";
import type { Content } from "../base/content.ts";
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

/** A part of the file that is read when it is needed: a file of the site. */
export interface Body {
  /** In the file. */
  readonly offset: number;
  readonly content: Content;
}

/** A table that is packed in the file. */
export interface UnpackedTable {
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

export interface Executable {
  readonly file: ByteSource;
  /** The file without its bodies; where there are none, the whole. All code lies in front of the first. */
  readonly bytes: Uint8Array;
  /** By offset. */
  readonly bodies: readonly Body[];
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
  /** What the program unpacks into storage when it starts, by address; the file has one item for all of it. */
  readonly unpacked: readonly UnpackedTable[];
  /** The address of every function, data object (shared ones too) and piece of storage. */
  readonly addresses: ReadonlyMap<string, number>;
}

/** The file of these bytes with the bodies in between. */
export function fileOf(bytes: Uint8Array, bodies: readonly Body[]): ByteSource {
  if (bodies.length === 0) return bytesSource(bytes);
  const size = bodies.reduce((sum, { content }) => sum + content.size, bytes.length);
  return { size, read: (from = 0) => gathered(interleaved(bytes, bodies, from)) };
}

/** From an offset in the file. Its parts are made when it is their turn: there may be 200,000 bodies. */
async function* interleaved(
  bytes: Uint8Array,
  bodies: readonly Body[],
  from: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  let held = 0;
  for (const { offset, content } of bodies) {
    const before = bytes.subarray(held, held + offset - at);
    if (from < offset) yield before.subarray(Math.max(0, from - at));
    held += before.length;
    at = offset + content.size;
    if (from < at) yield* content.read(Math.max(0, from - offset));
  }
  yield bytes.subarray(held + Math.max(0, from - at));
}

/** Where a byte of the file, which is not in a body, is among the bytes in memory. */
export function heldOffsets(bodies: readonly Body[]): (offset: number) => number {
  // By body: how much all up to it take.
  const taken: number[] = [];
  for (const { content } of bodies) taken.push((taken.at(-1) ?? 0) + content.size);
  return (offset) => {
    let low = 0;
    let high = bodies.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((bodies[middle]?.offset ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return offset - (taken[low - 1] ?? 0);
  };
}
