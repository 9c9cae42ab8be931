/**
 * Bytes that can be read more than once, from any offset, and whose length is known beforehand: a value in memory, a
 * file, an entry of an archive, a blob of a registry. It is what lets a 500 MiB site become an image without
 * ever being in memory as a whole: whoever needs the bytes again (first to hash, then to write) reads again.
 */

import { UserError } from "./errors.ts";

export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `from` (0 when left out) to the end, in chunks of any length. */
  read(from?: number): AsyncIterable<Uint8Array>;
}

/** A source of bytes that are already in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    async *read(from = 0) {
      if (from < bytes.length) yield bytes.subarray(from);
    },
  };
}

/** Of what `gathered` passes on at once. */
const gatheredBytes = 1 << 16;

/** The same bytes in chunks of one length with memory of their own, whatever becomes of those that they are made of. */
export async function* gathered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let gathering = new Uint8Array(gatheredBytes);
  let size = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + gatheredBytes - size);
      gathering.set(part, size);
      size += part.length;
      at += part.length;
      if (size < gatheredBytes) continue;
      yield gathering;
      gathering = new Uint8Array(gatheredBytes);
      size = 0;
    }
  }
  if (size > 0) yield gathering.subarray(0, size);
}

/** One after the other, as one source. */
export function concatSources(sources: readonly ByteSource[]): ByteSource {
  return {
    size: sources.reduce((sum, source) => sum + source.size, 0),
    async *read(from = 0) {
      let start = 0;
      for (const source of sources) {
        const skip = Math.max(0, from - start);
        if (skip < source.size) yield* source.read(skip);
        start += source.size;
      }
    },
  };
}

/**
 * All chunks as one array.
 * @throws UserError when there are more than `limit` bytes; `what` names them in the message.
 */
export async function collectBytes(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limit: number,
  what: string,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) {
      throw new UserError(`${what} is larger than the ${limit} bytes allowed for it`, { exitCode: 1 });
    }
    parts.push(chunk);
  }
  return concatBytes(parts);
}

/** The parts as one array; a single part is returned as it is. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
