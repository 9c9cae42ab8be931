/**
 * The request-target (RFC 9112, section 3.2): a path and a query. The path is decoded once, straight into a key for
 * the table of routes, and hashed on the way.
 *
 * Nothing is normalised: dot segments, empty segments and encoded slashes name nothing in the table, which holds
 * each path in one form, and so they are not found. There is no file system to escape into.
 */

import type { bufferBytes } from "microlith:options";
import { hashStart, hasPatterns, mostParts } from "microlith:site";
import { hexDigit } from "./token.ts";

/** The decoded path. It is never longer than the input. */
export const path = zeroed<Fixed<u8, typeof bufferBytes>>();
export let pathLength: u32 = 0;
/** FNV-1a of the decoded path. */
export let pathHash: u32 = 0;
/** A part of the target as it came, percent-encoded. */
class Part {
  start: Ptr<u8>;
  end: Ptr<u8>;
}
const partCount = mostParts + 1;
/** The query with its question mark; then what the parts of a pattern stand for. */
export const parts = zeroed<Fixed<Part, typeof partCount>>();
/** The path as it came, from its second character on: the first is the slash. */
export let rawPath: Ptr<u8> = pointer<u8>(0);

const hashFactor: u32 = 0x0100_0193;

/**
 * Parses from the path on; returns the end of the target, where a space has to be. A wrong percent-encoding ends it
 * where there is none.
 */
export function parseTarget(start: Ptr<u8>): Ptr<u8> {
  let at = start;
  // The path of the absolute form may be empty, and then means the root.
  if (at[0] === byte("/")) at = at.add(1);
  if (hasPatterns) rawPath = at;
  let character: u8 = byte("/");
  let hash: u32 = hashStart;
  let length: u32 = 0;
  for (;;) {
    path[length] = character;
    length++;
    hash = (hash ^ character) * hashFactor;
    character = at[0];
    if (character <= byte(" ") || character === byte("?")) break;
    at = at.add(1);
    if (character === byte("%")) {
      const high = hexDigit(at[0]);
      if (high > 15) return endBefore(at);
      const low = hexDigit(at[1]);
      if (low > 15) return endBefore(at.add(1));
      at = at.add(2);
      character = (high * 16 + low) as u8;
      // A slash that is data is not one that separates.
      if (character === byte("/")) character = 0;
    }
  }
  pathLength = length;
  pathHash = hash;
  parts[0].start = at;
  while (at[0] > byte(" ")) at = at.add(1);
  parts[0].end = at;
  return at;
}

/** Where a digit is missing: before a space, so that nobody takes it for the end; at the end of the input, there. */
function endBefore(at: Ptr<u8>): Ptr<u8> {
  return at[0] === byte(" ") ? at.add(-1) : at;
}
