/**
 * gzip with the same bytes on every machine. Node's own zlib differs between versions and processors, so this is plain code: zopfli
 * and a port of zlib both run, and the smaller result is kept.
 *
 * RFC 1951 (deflate), RFC 1952 (gzip).
 */

import { crc32 } from "node:zlib";
import { deflate as zopfliDeflate } from "@gfx/zopfli";
import { deflateRaw } from "pako";
import { concatBytes } from "./byte-source.ts";

/** Iterations past these shrink our executables by less than a byte in a thousand; above 256 KiB one has to do. */
const zopfliIterations = (size: number): number => (size <= 256 << 10 ? 5 : 1);
/** Up to here zopfli also searches where to split the stream, once: up to 4 % smaller, twice as slow. More splits are up to 0.2 % and twenty times as slow. */
const splitBytes = 16 << 10;
/** For zlib. More makes longer blocks, and those come out larger here. */
export const memLevel = 8;

/** One gzip member with nothing in its header: no name, no time. In memory: for a mebibyte or so. */
export async function gzipWhole(bytes: Uint8Array): Promise<Uint8Array> {
  const fast = deflateRaw(bytes, { level: 9, memLevel });
  const best = await zopfli(bytes);
  return concatBytes([
    gzipHeader,
    best.length <= fast.length ? best : fast,
    gzipTrailer(crc32(bytes), bytes.length),
  ]);
}

/** The same without zopfli, for content that would take it too long. */
export function gzipFast(bytes: Uint8Array): Uint8Array {
  return concatBytes([
    gzipHeader,
    deflateRaw(bytes, { level: 9, memLevel }),
    gzipTrailer(crc32(bytes), bytes.length),
  ]);
}

/** 8: deflate; 255: no operating system named. */
export const gzipHeader: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

export function gzipTrailer(crc: number, size: number): Uint8Array {
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
