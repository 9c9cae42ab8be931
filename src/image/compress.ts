/**
 * Compresses layers, with the same bytes on every machine: Node's own zlib differs between versions and processors, so gzip is
 * made by libraries that are plain code. Up to a mebibyte, zopfli and zlib's level 9 are both made and the smaller is kept; above,
 * the layer streams through level 9, and stretches that will not shrink (pictures, fonts, stored content codings) are
 * stored as they are, which runs at the disk's speed.
 *
 * RFC 1951 (deflate), RFC 1952 (gzip), RFC 8878 (Zstandard).
 */

import { crc32 } from "node:zlib";
import type { Zstd } from "@hpcc-js/wasm-zstd";
import { Deflate, Z_FULL_FLUSH } from "pako";
import { type ByteSource, bytesSource, collectBytes, concatBytes } from "../base/byte-source.ts";
import { createHasher, type Digest, digestOf, digestOfSource, hashed } from "../base/digest.ts";
import { Bug } from "../base/errors.ts";
import { gzipHeader, gzipTrailer, gzipWhole, memLevel } from "../base/gzip.ts";
import type { LayerCompression } from "./media-type.ts";

/** Up to here a layer is compressed as a whole, in memory. */
const wholeBytes = 1 << 20;
/** The unit in which a large layer is judged and compressed. */
const stretchBytes = 1 << 20;
const zstdLevel = 19;
/** Results up to here are kept; larger ones are made again when they are read. */
const keptBytes = 16 << 20;

/** The stored form of a source. */
export interface Compressed {
  readonly content: ByteSource;
  readonly digest: Digest;
  /** Of the source. */
  readonly plainDigest: Digest;
}

/** Reads and compresses once; what is large is not kept, but compressed again when it is read. */
export async function compressed(source: ByteSource, compression: LayerCompression): Promise<Compressed> {
  if (compression === "none") {
    const digest = await digestOfSource(source);
    return { content: source, digest, plainDigest: digest };
  }
  if (source.size <= wholeBytes) {
    const plain = await collectBytes(source.read(), wholeBytes, "a layer");
    const stored = compression === "gzip" ? await gzipWhole(plain) : await zstdWhole(plain);
    return { content: bytesSource(stored), digest: digestOf(stored), plainDigest: digestOf(plain) };
  }
  // The second time it is known which stretches shrink.
  const shrinking: boolean[] = [];
  const stream = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> =>
    compression === "gzip" ? gzipStream(chunks, shrinking) : zstdStream(chunks);
  const plain = createHasher();
  const stored = createHasher();
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of hashed(stream(hashed(source.read(), plain)), stored)) {
    size += chunk.length;
    if (size <= keptBytes) kept.push(chunk);
    else kept.length = 0;
  }
  const content: ByteSource =
    size <= keptBytes
      ? bytesSource(concatBytes(kept))
      : { size, read: (from = 0) => skipBytes(stream(source.read()), from) };
  return { content, digest: stored.digest(), plainDigest: plain.digest() };
}

/**
 * Stretches that shrink go through one deflate stream as long as they follow each other; the others become stored blocks. Where the two
 * meet, the stream is flushed to a byte boundary and the next one starts with an empty window, so that no match reaches
 * across stored bytes that it has not seen.
 */
async function* gzipStream(
  chunks: AsyncIterable<Uint8Array>,
  shrinking: boolean[],
): AsyncGenerator<Uint8Array> {
  yield gzipHeader;
  let crc = 0;
  let size = 0;
  let deflate: { readonly stream: Deflate; readonly output: Uint8Array[] } | undefined;
  for await (const stretch of stretches(chunks)) {
    crc = crc32(stretch, crc);
    const number = Math.floor(size / stretchBytes);
    size += stretch.length;
    shrinking[number] ??= shrinks(stretch);
    if (shrinking[number]) {
      deflate ??= startDeflate();
      deflate.stream.push(stretch, false);
      yield* deflate.output.splice(0);
    } else {
      if (deflate !== undefined) {
        deflate.stream.push(new Uint8Array(0), Z_FULL_FLUSH);
        yield* deflate.output.splice(0);
        deflate = undefined;
      }
      yield storedBlocks(stretch);
    }
  }
  deflate ??= startDeflate();
  deflate.stream.push(new Uint8Array(0), true);
  if (deflate.stream.err !== 0) throw new Bug(`deflate failed: ${deflate.stream.msg}`);
  yield* deflate.output;
  yield gzipTrailer(crc, size);
}

function startDeflate(): { readonly stream: Deflate; readonly output: Uint8Array[] } {
  const output: Uint8Array[] = [];
  const stream = new Deflate({ raw: true, level: 9, memLevel, chunkSize: 1 << 16 });
  stream.onData = (chunk) =>
    void output.push(chunk instanceof Uint8Array ? chunk.slice() : new Uint8Array(chunk));
  return { stream, output };
}

/** Type 0 blocks, none of them the last (RFC 1951, 3.2.4); the stream is at a byte boundary. */
function storedBlocks(stretch: Uint8Array): Uint8Array {
  const longest = 0xffff;
  const headerBytes = 5;
  const blocks = new Uint8Array(stretch.length + headerBytes * Math.ceil(stretch.length / longest));
  for (let from = 0, to = 0; from < stretch.length; from += longest) {
    const part = stretch.subarray(from, from + longest);
    const { length } = part;
    blocks.set([0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff], to);
    blocks.set(part, to + headerBytes);
    to += headerBytes + length;
  }
  return blocks;
}

/**
 * Whether compressing is worth its time: the collision entropy of single bytes is below 7.9 of 8 bits. What is compressed already
 * comes out above 7.99, text and code below 7. Whole numbers only, so that every machine decides alike.
 */
function shrinks(stretch: Uint8Array): boolean {
  const counts = new Uint32Array(256);
  for (let at = 0; at < stretch.length; at++) {
    const byte = stretch[at] ?? 0;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  const squares = counts.reduce((sum, count) => sum + count * count, 0);
  return squares * 239 > stretch.length * stretch.length;
}

/** The same bytes in pieces of one length, so that the result does not depend on how they arrived. Each piece is gone when the next one is asked for. */
async function* stretches(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(stretchBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + stretchBytes - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === stretchBytes) {
        yield buffer;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

async function zstdWhole(bytes: Uint8Array): Promise<Uint8Array> {
  return (await loadZstd()).compress(bytes, zstdLevel);
}

/** The library has one stream per process, so streams wait for each other. */
const zstdTurn = { last: Promise.resolve() };

async function* zstdStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const zstd = await loadZstd();
  const before = zstdTurn.last;
  let done: () => void = () => {};
  zstdTurn.last = new Promise((resolve) => {
    done = resolve;
  });
  await before;
  try {
    zstd.reset();
    zstd.setCompressionLevel(zstdLevel);
    for await (const stretch of stretches(chunks)) yield zstd.compressChunk(stretch).slice();
    yield zstd.compressEnd().slice();
  } finally {
    done();
  }
}

/** Half a megabyte of code that most builds do not need. */
async function loadZstd(): Promise<Zstd> {
  return (await import("@hpcc-js/wasm-zstd")).Zstd.load();
}

async function* skipBytes(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left > 0 ? chunk.subarray(left) : chunk;
    left = Math.max(0, left - chunk.length);
  }
}
