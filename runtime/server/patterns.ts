/**
 * Paths that are no route but have the form of a rule: `/old/*`, `/:year/:month`. The site's builder has put every path that it
 * could name into the table, so this is asked last, and only in sites that have such rules.
 *
 * The decoded path is compared; what the rule's parts stand for is remembered as it came, still encoded, so that a redirect
 * can send it back without a copy and without a character that a field cannot have.
 */

import { notFound, patternCount, patterns, type Representation } from "microlith:site";
import { type Part, path, target } from "./target.ts";

const anySegment = 1;
const anyRest = 2;

/** The representation of the first pattern that matches. */
export function matchPattern(): Representation {
  // Behind the path stands no character of a pattern.
  path[target.pathLength] = 0;
  let pattern = patterns;
  do {
    if (matches(pattern[0].text)) return pattern[0].representation;
    pattern = pattern.add(1);
  } while (pattern !== patterns.add(patternCount));
  return notFound;
}

/** Patterns and paths both begin with a slash. */
function matches(pattern: Ptr<u8>): bool {
  const end = path.add(target.pathLength as i32);
  let at = path.add(1);
  let raw = target.rawPath;
  let part: Ptr<Part> = target.parts;
  for (let wanted = pattern.add(1); ; wanted = wanted.add(1)) {
    const mark = wanted[0];
    if (mark > anyRest) {
      if (at[0] !== mark) return false;
      at = at.add(1);
      raw = nextCharacter(raw);
    } else if (mark === 0) {
      // A slash at the end says nothing.
      if (at[0] === byte("/")) at = at.add(1);
      return at === end;
    } else {
      part = part.add(1);
      // What begins with slashes would be a host at the start of a location.
      let start = raw;
      while (at < end && (mark === anyRest || at[0] !== byte("/"))) {
        if (start === raw && (raw[0] === byte("/") || raw[0] === byte("\\"))) start = raw.add(1);
        at = at.add(1);
        raw = nextCharacter(raw);
      }
      if (mark === anySegment && start === raw) return false;
      part[0].start = start;
      part[0].end = raw;
    }
  }
}

/** Of the path as it came. */
function nextCharacter(at: Ptr<u8>): Ptr<u8> {
  return at.add(at[0] === byte("%") ? 3 : 1);
}
