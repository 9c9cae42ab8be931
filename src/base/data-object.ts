/**
 * A named piece of read-only data on its way into the executable: a table, a response head, a file's
 * content. Whoever makes one (the checker for string literals, the site for its tables) knows its bytes
 * and which of them are addresses of other objects; only the linker knows where anything lies.
 *
 * An address is always four bytes, little-endian: every object of a microlith lies below 2 GiB.
 */

import type { Content } from "./content.ts";

/** What the bytes are for; the size map and the `--json` figures add up by this. */
export type DataKind = "constant" | "table" | "content";

/** Four bytes at `offset` become the address of the object named `target`, plus `addend`. */
export interface DataRelocation {
  readonly offset: number;
  readonly target: string;
  readonly addend: number;
}

export interface DataObject {
  /** Unique in the program, and what the size map prints: `head /index.html`. */
  readonly name: string;
  readonly kind: DataKind;
  /** All of it, or what lies in front of `body`. */
  readonly bytes: Uint8Array;
  /** A power of two, in bytes. */
  readonly alignment: number;
  readonly relocations: readonly DataRelocation[];
  /** Content that need not be in memory. Then `bytes` is a table that belongs to it: a response's head. */
  readonly body?: Content;
}

/** In bytes, with the body. */
export function dataSize({ bytes, body }: DataObject): number {
  return bytes.length + (body?.size ?? 0);
}
