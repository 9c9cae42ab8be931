/**
 * Compresses layers, with the same bytes on every machine: Node's own zlib differs between versions and processors, so gzip is
 * made by libraries that are plain code. Up to a mebibyte, zopfli and zlib's level 9 are both made and the smaller is kept; above,
 * the layer streams through level 9, and stretches that will not shrink (pictures, fonts, stored content codings) are
 * stored as they are, which runs at the disk's speed.
 *
 * RFC 1951 (deflate), RFC 1952 (gzip), RFC 8878 (Zstandard).
 */

import { crc32 } from "node:zlib";
import { deflate as zopfliDeflate } from "@gfx/zopfli";
import type { Zstd } from "@hpcc-js/wasm-zstd";
import { Deflate, deflateRaw, Z_FULL_FLUSH } from "pako";
import { type ByteSource, bytesSource, collectBytes, concatBytes } from "../base/byte-source.ts";
import { Bug } from "../base/errors.ts";
import type { LayerCompression } from "./media-type.ts";

/** Up to here a layer is compressed as a whole, in memory. */
const wholeBytes = 1 << 20;
/** The unit in which a large layer is judged and compressed. */
const stretchBytes = 1 << 20;
/** Iterations past these shrink our executables by less than a byte in a thousand; above 256 KiB one has to do. */
const zopfliIterations = (size: number): number => (size <= 256 << 10 ? 5 : 1);
/** Up to here zopfli also searches where to split the stream, once: up to 4 % smaller, twice as slow. More splits are up to 0.2 % and twenty times as slow. */
const splitBytes = 16 << 10;
/** More memory for zlib makes longer blocks, and those come out larger here. */
const memLevel = 8;
const zstdLevel = 19;

/** The stored form of `source`; its size is found by compressing once, and large ones are compressed again when read. */
export async function compressed(source: ByteSource, compression: LayerCompression): Promise<ByteSource> {
  if (compression === "none") return source;
  if (source.size <= wholeBytes) {
    const bytes = await collectBytes(source.read(), wholeBytes, "a layer");
    return bytesSource(compression === "gzip" ? await gzipWhole(bytes) : await zstdWhole(bytes));
  }
  const stream = compression === "gzip" ? gzipStream : zstdStream;
  let size = 0;
  for await (const chunk of stream(source)) size += chunk.length;
  return { size, read: (from = 0) => skipBytes(stream(source), from) };
}

/** One gzip member with nothing in its header: no name, no time. */
async function gzipWhole(bytes: Uint8Array): Promise<Uint8Array> {
  const fast = deflateRaw(bytes, { level: 9, memLevel });
  const best = await zopfli(bytes);
  return concatBytes([
    gzipHeader,
    best.length <= fast.length ? best : fast,
    gzipTrailer(crc32(bytes), bytes.length),
  ]);
}

/** 8: deflate; 255: no operating system named. */
const gzipHeader = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

function gzipTrailer(crc: number, size: number): Uint8Array {
  const trailer = new Uint8Array(8);
  const view = new DataView(trailer.buffer);
  view.setUint32(0, crc >>> 0, true);
  view.setUint32(4, size % 2 ** 32, true);
  return trailer;
}

function zopfli(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    zopfliDeflate(
      bytes,
      {
        numiterations: zopfliIterations(bytes.length),
        blocksplitting: bytes.length <= splitBytes,
        blocksplittingmax: 2,
      },
      (error: Error | null | undefined, result: Uint8Array) => {
        if (error) reject(error);
        else resolve(result);
      },
    );
  });
}

/**
 * Stretches that shrink go through one deflate stream as long as they follow each other; the others become stored blocks. Where the two
 * meet, the stream is flushed to a byte boundary and the next one starts with an empty window, so that no match reaches
 * across stored bytes that it has not seen.
 */
async function* gzipStream(source: ByteSource): AsyncGenerator<Uint8Array> {
  yield gzipHeader;
  let crc = 0;
  let deflate: { readonly stream: Deflate; readonly output: Uint8Array[] } | undefined;
  for await (const stretch of stretches(source.read())) {
    crc = crc32(stretch, crc);
    if (shrinks(stretch)) {
      deflate ??= startDeflate();
      deflate.stream.push(stretch, false);
      yield* deflate.output.splice(0);
    } else {
      if (deflate !== undefined) {
        deflate.stream.push(new Uint8Array(0), Z_FULL_FLUSH);
        yield* deflate.output.splice(0);
        deflate = undefined;
      }
      yield* storedBlocks(stretch);
    }
  }
  deflate ??= startDeflate();
  deflate.stream.push(new Uint8Array(0), true);
  if (deflate.stream.err !== 0) throw new Bug(`deflate failed: ${deflate.stream.msg}`);
  yield* deflate.output;
  yield gzipTrailer(crc, source.size);
}

function startDeflate(): { readonly stream: Deflate; readonly output: Uint8Array[] } {
  const output: Uint8Array[] = [];
  const stream = new Deflate({ raw: true, level: 9, memLevel, chunkSize: 1 << 16 });
  stream.onData = (chunk) =>
    void output.push(chunk instanceof Uint8Array ? chunk.slice() : new Uint8Array(chunk));
  return { stream, output };
}

/** Type 0 blocks, none of them the last (RFC 1951, 3.2.4); the stream is at a byte boundary. */
function* storedBlocks(stretch: Uint8Array): Generator<Uint8Array> {
  const longest = 0xffff;
  for (let at = 0; at < stretch.length; at += longest) {
    const part = stretch.subarray(at, at + longest);
    const length = part.length;
    yield Uint8Array.of(0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff);
    yield part;
  }
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

/** The same bytes in pieces of one length, so that the result does not depend on how they arrived. */
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
        yield buffer.slice();
        filled = 0;
      }
    }
  }
  if (filled > 0) yield buffer.slice(0, filled);
}

async function zstdWhole(bytes: Uint8Array): Promise<Uint8Array> {
  return (await loadZstd()).compress(bytes, zstdLevel);
}

/** The library has one stream per process, so streams wait for each other. */
const zstdTurn = { last: Promise.resolve() };

async function* zstdStream(source: ByteSource): AsyncGenerator<Uint8Array> {
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
    for await (const stretch of stretches(source.read())) yield zstd.compressChunk(stretch).slice();
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
