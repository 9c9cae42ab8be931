/**
 * Undoes a layer's compression, as a stream. What was compressed may be hostile: output is counted and ends in an error at the limit, so that a small
 * blob cannot fill a disk or run for a day.
 */

import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { concatBytes } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import type { LayerCompression } from "./media-type.ts";

/** How much one layer may unpack to when nobody says otherwise: 16 GiB. */
export const defaultUnpackLimit: number = 16 * 2 ** 30;

/** The uncompressed bytes. @throws UserError when they are damaged or more than `limit` */
export async function* decompressed(
  chunks: AsyncIterable<Uint8Array>,
  compression: LayerCompression,
  what: string,
  limit: number = defaultUnpackLimit,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of plain(chunks, compression)) {
      size += chunk.length;
      if (size > limit) {
        throw new UserError(`${what} unpacks to more than the ${limit} bytes allowed for it`, {
          exitCode: 1,
        });
      }
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${what} is damaged: its ${compression} data does not unpack (${reason})`, {
      exitCode: 1,
      cause,
    });
  }
}

/** What the first bytes say of the compression. */
export function sniffCompression(start: Uint8Array): LayerCompression {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  if (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) return "zstd";
  return "none";
}

function plain(chunks: AsyncIterable<Uint8Array>, compression: LayerCompression): AsyncIterable<Uint8Array> {
  switch (compression) {
    case "none":
      return chunks;
    case "gzip":
      return gunzip(chunks);
    case "zstd":
      return fzstd(chunks);
  }
}

async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const transform = createGunzip();
  const input = Readable.from(chunks, { objectMode: false });
  input.on("error", (error) => transform.destroy(error));
  input.pipe(transform);
  try {
    for await (const chunk of transform) yield chunk;
  } finally {
    input.destroy();
    transform.destroy();
  }
}

/** Node 20 has no Zstandard. */
async function* fzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const output: Uint8Array[] = [];
  const stream = new Decompress((chunk) => void output.push(chunk.slice()));
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    let next = chunk;
    if (head !== undefined) {
      head = concatBytes([head, chunk]);
      if (head.length < zstdHeadBytes) continue;
      checkWindow(head);
      next = head;
      head = undefined;
    }
    // A copy: the library writes into what it is given.
    stream.push(next.slice());
    yield* output.splice(0);
  }
  if (head !== undefined) {
    checkWindow(head);
    stream.push(head.slice());
  }
  stream.push(new Uint8Array(0), true);
  yield* output;
}

/** Magic, frame header descriptor, window descriptor. */
const zstdHeadBytes = 6;

/** Refuses a window above 128 MiB, as the reference decoder does (RFC 8878, 3.1.1.1.2). */
function checkWindow(head: Uint8Array): void {
  const singleSegment = ((head[4] ?? 0) & 0b0010_0000) !== 0;
  const exponent = 10 + ((head[5] ?? 0) >> 3);
  if (!singleSegment && exponent > 27) throw new Error(`a window of 2^${exponent} bytes`);
}
