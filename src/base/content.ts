/**
 * Content of a known length and digest that is read several times on its way into a file: once for each platform, and once more to be
 * written. What is small is held in memory; a file is read again each time, and has to be what it was: whatever is made
 * of it shows one moment, or is not made.
 */

import type { ByteSource } from "./byte-source.ts";
import { type Digest, digestOf } from "./digest.ts";
import { UserError } from "./errors.ts";

/** A chunk that is read of it is gone when the next one is asked for; `gathered` keeps them. */
export interface Content extends ByteSource {
  readonly digest: Digest;
  /** All of it, when it is in memory. */
  readonly bytes: Uint8Array | undefined;
}

/** Bytes in memory. */
export function heldContent(bytes: Uint8Array): Content {
  return {
    size: bytes.length,
    digest: digestOf(bytes),
    bytes,
    async *read(from = 0) {
      if (from < bytes.length) yield bytes.subarray(from);
    },
  };
}

/** The input is at fault, because nothing of ours wrote it. */
export function changed(path: string): UserError {
  return new UserError(`${path} changed while it was read`, {
    exitCode: 1,
    help: "Build again when nothing writes it.",
  });
}
