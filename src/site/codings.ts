/**
 * Content in its codings, made once, when the executable is made.
 *
 * A coding is kept where it saves: at least a tenth of the content and at least one packet on the way, because a response that
 * fits one packet anyway arrives no sooner for being shorter. Source maps, which only tools read, and kinds of content that are
 * compressed already are not tried.
 */

import { type Digest, digestOf } from "../base/digest.ts";
import { type Encode, encode, type StoredCoding } from "./encoders.ts";
import { isCompressibleType, mediaTypeOf, unknownType } from "./media-types.ts";
import { readContent, type SiteFile } from "./scan.ts";
import type { SiteOptions } from "./site-options.ts";

export interface CodedContent {
  readonly coding: StoredCoding;
  readonly bytes: Uint8Array;
}

/** By the digest of the content: its codings that are worth their bytes, the smallest first. */
export type CodedContents = ReadonlyMap<Digest, readonly CodedContent[]>;

/** Something that encodes, `width` contents at a time. */
export interface Encoder {
  readonly encode: Encode;
  readonly width: number;
}

/** A TCP segment on Ethernet. */
const packetBytes = 1460;
/** What is larger is no page, and would take minutes. */
const mostBytes = 16 << 20;

/** `open` is told how many bytes there are to encode. @throws UserError (exit code 1) when a file cannot be read */
export async function codeContents(
  files: readonly SiteFile[],
  options: SiteOptions,
  open: (bytes: number) => Encoder = () => ({ encode, width: 1 }),
): Promise<CodedContents> {
  const wanted = options.codings.filter((coding) => coding !== "identity");
  const coded = new Map<Digest, readonly CodedContent[]>();
  const waiting = wanted.length === 0 ? [] : files.filter(isWorthTrying).sort((a, b) => b.size - a.size);
  const encoder = open(waiting.reduce((sum, { size }) => sum + size, 0));

  const codeNext = async (): Promise<void> => {
    // The largest first: those that come last are done together.
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const content = readContent(file);
      const digest = digestOf(content);
      if (coded.has(digest)) continue;
      coded.set(digest, []);
      const made: CodedContent[] = [];
      for (const coding of wanted) {
        const bytes = await encoder.encode(coding, content);
        if (isWorthIt(content.length, bytes.length)) made.push({ coding, bytes });
      }
      coded.set(
        digest,
        made.sort((a, b) => a.bytes.length - b.bytes.length),
      );
    }
  };
  await Promise.all(Array.from({ length: encoder.width }, codeNext));
  return coded;
}

export function isWorthIt(plainBytes: number, codedBytes: number): boolean {
  return plainBytes - codedBytes >= packetBytes && codedBytes <= plainBytes * 0.9;
}

function isWorthTrying({ path, size }: SiteFile): boolean {
  return size > packetBytes && size <= mostBytes && isCompressible(path);
}

/** Whether content of this name is worth trying, by mime-db's knowledge of its type. */
export function isCompressible(path: string): boolean {
  if (path.endsWith(".map")) return false;
  const [type = ""] = mediaTypeOf(path).split(";");
  // mime-db would try what it knows nothing of.
  if (type === unknownType) return false;
  return type.startsWith("text/") || /\+(json|xml|text)$/.test(type) || isCompressibleType(type);
}
