/**
 * Media types by the ending of a file's name, from mime-db (the registries of IANA, Apache and nginx).
 *
 * Where several types claim an ending, IANA's come first, then those for a kind of content over `application`, then the
 * shorter, so that the choice does not depend on the database's order. Types of text say that they are UTF-8.
 *
 * The database is required and not imported: as an import each of its 2,500 types becomes a name that the module exports,
 * which takes ten times as long.
 */

import { createRequire } from "node:module";

const mimeDb: typeof import("mime-db") = createRequire(import.meta.url)("mime-db");

/** Of files with an ending that nobody knows. */
export const unknownType = "application/octet-stream";

/** Behind the types of text. */
export const utf8 = ";charset=utf-8";

/** Endings for which the rule gives another type than the web uses. */
const corrections: Readonly<Record<string, string>> = {
  // What Node calls it is no script to a browser, which refuses it with nosniff.
  cjs: "text/javascript",
  wav: "audio/wav",
  // The document itself says how it is encoded (RFC 7303).
  xml: "application/xml",
  xsl: "application/xml",
};

/** The value of Content-Type for a file's name or path. */
export function mediaTypeOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  const type = dot <= 0 ? unknownType : (byEnding.get(name.slice(dot + 1).toLowerCase()) ?? unknownType);
  return type.startsWith("text/") ? `${type}${utf8}` : type;
}

/** By mime-db's knowledge of the type, which is one without parameters. */
export function isCompressibleType(type: string): boolean {
  return mimeDb[type]?.compressible === true;
}

const byEnding: ReadonlyMap<string, string> = readDatabase();

function readDatabase(): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  const ranks = new Map<string, number>();
  for (const [type, { source, extensions }] of Object.entries(mimeDb)) {
    if (extensions === undefined) continue;
    const rank = (source === "iana" ? 0 : 2000) + (type.startsWith("application/") ? 1000 : 0) + type.length;
    for (const ending of extensions) {
      if (rank >= (ranks.get(ending) ?? Number.POSITIVE_INFINITY)) continue;
      ranks.set(ending, rank);
      types.set(ending, type);
    }
  }
  for (const [ending, type] of Object.entries(corrections)) types.set(ending, type);
  return types;
}
