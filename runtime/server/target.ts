/**
 * The request-target (RFC 9112, section 3.2): a path and a query. The path is decoded once, straight into a key for
 * the table of routes, and hashed on the way.
 *
 * Nothing is normalised: dot segments, empty segments and encoded slashes name nothing in the table, which holds
 * each path in one form, and so they are not found. There is no file system to escape into.
 */

import type { bufferBytes } from "microlith:options";
import { hashStart, hasPatterns, hasRedirects, mostParts } from "microlith:site";
import { hexDigit } from "./token.ts";

/** The decoded path. It is never longer than the input. */
export const path = zeroed<Fixed<u8, typeof bufferBytes>>();

/** A part of the target as it came, percent-encoded. */
export class Part {
  start: Ptr<u8>;
  end: Ptr<u8>;
}
const partCount = mostParts + 1;

class Target {
  pathLength: u32;
  /** FNV-1a of the decoded path. */
  pathHash: u32;
  /** The path as it came, behind its first slash. */
  rawPath: Ptr<u8>;
  /** The query with its question mark; then what the segments and the rest of a pattern stand for. */
  parts: Fixed<Part, typeof partCount>;
}

export const target = zeroed<Target>();

const hashFactor: u32 = 0x0100_0193;

/**
 * Parses from the path on; returns the end of the target, where a space has to be. A wrong percent-encoding ends it
 * where there is none.
 */
export function parseTarget(start: Ptr<u8>): Ptr<u8> {
  let at = start;
  // The path of the absolute form may be empty, and then means the root.
  if (at[0] === byte("/")) at = at.add(1);
  if (hasPatterns) target.rawPath = at;
  let character: u32 = byte("/");
  let hash: u32 = hashStart;
  let length: u32 = 0;
  for (;;) {
    path[length] = character as u8;
    length++;
    hash = (hash ^ character) * hashFactor;
    character = at[0];
    if (character <= byte(" ") || character === byte("?")) break;
    // A fragment is the client's own.
    if (character === byte("#")) return at;
    at = at.add(1);
    if (character === byte("%")) {
      const low = hexDigit(at[1]);
      const high = hexDigit(at[0]);
      // Behind the sign, unless that is a space: so few bytes are left when the rest is yet to come.
      if ((high | low) > 15) return at[0] === byte(" ") ? at.add(-1) : at;
      at = at.add(2);
      character = high * 16 + low;
      // A slash that is data is not one that separates.
      if (character === byte("/")) character = 0;
    }
  }
  target.pathLength = length;
  target.pathHash = hash;
  if (hasRedirects) target.parts[0].start = at;
  while (at[0] > byte(" ") && at[0] !== byte("#")) at = at.add(1);
  if (hasRedirects) target.parts[0].end = at;
  return at;
}
