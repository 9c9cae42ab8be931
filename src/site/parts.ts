/**
 * Parts of content (RFC 9110, section 14): whether anybody will ask for them, and what the server says around them.
 */

import { createHash } from "node:crypto";
import type { DataObject } from "../base/data-object.ts";
import { mediaTypeOf } from "./media-types.ts";
import type { Represented } from "./represent.ts";
import type { Site } from "./scan.ts";
import { template } from "./template.ts";

/** Of a page that is small: a page of memory. */
const mostPageBytes = 4096;
const boundaryCharacters = 8;

/** Of small pages nobody asks for parts, and what comes around several parts is more than they are. */
export function isReadInParts({ files }: Site): boolean {
  return files.some(({ path, size }) => size > mostPageBytes || !mediaTypeOf(path).startsWith("text/html"));
}

/** Says that parts are to be had. */
export const partsField = "\r\nAccept-Ranges: bytes";

/**
 * A template that says that several ranges follow, and another of what delimits them, a digest of all content, which no content
 * holds; behind it stands what ends the last delimiter.
 */
export function multipart({ objects }: Represented): {
  readonly object: DataObject;
  /** Of the template's last character. */
  readonly fieldEnd: number;
  readonly delimiterOffset: number;
  readonly delimiterBytes: number;
} {
  const hash = createHash("sha256");
  for (const { bytes, body } of objects) hash.update(bytes).update(body?.digest ?? "");
  const boundary = hash.digest("base64url").slice(0, boundaryCharacters);
  const field = `\r\nContent-Type: multipart/byteranges; boundary=${boundary}`;
  const delimiter = `\r\n--${boundary}`;
  return {
    object: template("multipart", `${field}\0${delimiter}--\r\n`),
    fieldEnd: field.length,
    // Behind the zeros of both templates.
    delimiterOffset: 2 + field.length,
    delimiterBytes: delimiter.length,
  };
}
