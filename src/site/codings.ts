/**
 * Content in its codings, made once, when the executable is made.
 *
 * Node's own compressors differ between versions, so all three are libraries that give the same bytes everywhere. A coding is
 * kept where it saves: at least a tenth of the content and at least one packet on the way, because a response that fits one
 * packet anyway arrives no sooner for being shorter. Source maps, which only tools read, and kinds of content that are
 * compressed already are not tried.
 */

import { createRequire } from "node:module";
import { type Digest, digestOf } from "../base/digest.ts";
import { isCompressibleType, mediaTypeOf, unknownType } from "./media-types.ts";
import { readContent, type SiteFile } from "./scan.ts";
import type { Coding, SiteOptions } from "./site-options.ts";

export type StoredCoding = Exclude<Coding, "identity">;

export interface CodedContent {
  readonly coding: StoredCoding;
  readonly bytes: Uint8Array;
}

/** By the digest of the content: its codings that are worth their bytes, the smallest first. */
export type CodedContents = ReadonlyMap<Digest, readonly CodedContent[]>;

/** A TCP segment on Ethernet. */
const packetBytes = 1460;
/** From here on the slowest settings take longer than a build may: brotli's quality 11 does 400 kB a second. */
const slowBytes = 512 << 10;
const zstdLevel = 19;
/** What is larger is no page, and would take minutes. */
const mostBytes = 16 << 20;

/** @throws UserError (exit code 1) when a file cannot be read */
export async function codeContents(files: readonly SiteFile[], options: SiteOptions): Promise<CodedContents> {
  const wanted = options.codings.filter((coding) => coding !== "identity");
  const coded = new Map<Digest, readonly CodedContent[]>();
  if (wanted.length === 0) return coded;
  for (const file of files) {
    if (file.size <= packetBytes || file.size > mostBytes || !isCompressible(file.path)) continue;
    const content = readContent(file);
    const digest = digestOf(content);
    if (coded.has(digest)) continue;
    coded.set(digest, []);
    const made: CodedContent[] = [];
    for (const coding of wanted) {
      const bytes = await encoders[coding](content);
      if (isWorthIt(content.length, bytes.length)) made.push({ coding, bytes });
    }
    coded.set(
      digest,
      made.sort((a, b) => a.bytes.length - b.bytes.length),
    );
  }
  return coded;
}

export function isWorthIt(plainBytes: number, codedBytes: number): boolean {
  return plainBytes - codedBytes >= packetBytes && codedBytes <= plainBytes * 0.9;
}

/** Whether content of this name is worth trying, by mime-db's knowledge of its type. */
export function isCompressible(path: string): boolean {
  if (path.endsWith(".map")) return false;
  const [type = ""] = mediaTypeOf(path).split(";");
  // mime-db would try what it knows nothing of.
  if (type === unknownType) return false;
  return type.startsWith("text/") || /\+(json|xml|text)$/.test(type) || isCompressibleType(type);
}

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
