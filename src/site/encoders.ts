/**
 * Content codings by libraries that give the same bytes everywhere: Node's own compressors differ between versions.
 */

import { createRequire } from "node:module";
import type { Coding } from "./site-options.ts";

export type StoredCoding = Exclude<Coding, "identity">;

/** `content` in `coding`, as small as a build may take the time for. */
export type Encode = (coding: StoredCoding, content: Uint8Array) => Promise<Uint8Array>;

/** From here on the slowest settings take longer than a build may: brotli's quality 11 does 400 kB a second. */
const slowBytes = 512 << 10;
const zstdLevel = 19;

export const encode: Encode = (coding, content) => encoders[coding](content);

/** Their libraries are loaded when something is coded: most of them bring a WebAssembly module. */
const encoders: Readonly<Record<StoredCoding, (content: Uint8Array) => Promise<Uint8Array>>> = {
  br: async (content) => loadBrotli().compress(content, { quality: content.length <= slowBytes ? 11 : 9 }),
  gzip: async (content) => {
    const { gzipFast, gzipWhole } = await import("../base/gzip.ts");
    return content.length <= slowBytes ? gzipWhole(content) : gzipFast(content);
  },
  zstd: async (content) =>
    (await (await import("@hpcc-js/wasm-zstd")).Zstd.load()).compress(content, zstdLevel),
};

/** The package's ES module is for browsers; what it gives to `require` loads its WebAssembly from the disk. */
function loadBrotli(): typeof import("brotli-wasm") {
  return createRequire(import.meta.url)("brotli-wasm");
}
