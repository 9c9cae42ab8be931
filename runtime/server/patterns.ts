/**
 * Paths that are no route but have the form of a rule: `/old/*`, `/:year/:month`. The site's builder has put every path that it
 * could name into the table, so this is asked last, and only in sites that have such rules.
 *
 * The decoded path is compared; what the rule's parts stand for is remembered as it came, still encoded, so that a redirect
 * can send it back without a copy and without a character that a field cannot have.
 */

import { notFound, patternCount, patterns, type Representation } from "microlith:site";
import { path, target } from "./target.ts";

const anySegment = 1;
const anyRest = 2;

/** The representation of the first pattern that matches. */
export function matchPattern(): Representation {
  for (let i: u32 = 0; i < patternCount; i++) {
    if (matches(patterns[i].text)) return patterns[i].representation;
  }
  return notFound;
}

/** Patterns and paths both begin with a slash. */
function matches(pattern: Ptr<u8>): bool {
  let wanted = pattern.add(1);
  let raw = target.rawPath;
  let at: u32 = 1;
  let number: u32 = 0;
  for (;;) {
    const mark = wanted[0];
    wanted = wanted.add(1);
    if (mark === 0) {
      if (at < target.pathLength && path[at] === byte("/")) at++;
      return at === target.pathLength;
    }
    const start = raw;
    while (at < target.pathLength) {
      if (mark > anyRest ? path[at] !== mark : mark === anySegment && path[at] === byte("/")) break;
      at++;
      raw = raw.add(raw[0] === byte("%") ? 3 : 1);
      if (mark > anyRest) break;
    }
    if (mark > anyRest) {
      if (raw === start) return false;
      continue;
    }
    // What begins with slashes would be a host at the start of a location.
    let first = start;
    while (first < raw && (first[0] === byte("/") || first[0] === byte("\\"))) first = first.add(1);
    if (mark === anySegment && first === raw) return false;
    number++;
    target.parts[number].start = first;
    target.parts[number].end = raw;
  }
}
