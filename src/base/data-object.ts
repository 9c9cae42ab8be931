/**
 * A named piece of read-only data on its way into the executable: a table, a response head, a file's
 * content. Whoever makes one (the checker for string literals, the site for its tables) knows its bytes
 * and which of them are addresses of other objects; only the linker knows where anything lies.
 *
 * An address is always four bytes, little-endian: every object of a microlith lies below 2 GiB.
 */

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
  readonly bytes: Uint8Array;
  /** A power of two, in bytes. */
  readonly alignment: number;
  readonly relocations: readonly DataRelocation[];
  /** Of content: how many bytes at its start are a table all the same (a response's head). */
  readonly tableBytes?: number;
}
