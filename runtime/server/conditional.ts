/**
 * Conditional requests (RFC 9110, section 13), and the ranges that depend on them, in the order of section 13.2.2. They concern
 * what would be answered with 200.
 */

import { getCode, ifMatch, ifNoneMatch, ifRange, range } from "microlith:options";
import { entityTagBytes, hasLastModified, type Representation } from "microlith:site";
import { dateHolds, dateInstead } from "./dates.ts";
import { addRanges } from "./range.ts";
import { tagOf } from "./representation.ts";
import { kept, request } from "./request.ts";
import { statusNotModified, statusOk, statusPreconditionFailed } from "./status.ts";

/** The status that the request's conditions call for: OK when they do not matter. Adds ranges to the response. */
export function judge(found: Representation): i32 {
  const tag = tagOf(found);
  if (holds(tag, ifMatch) === 0) return statusPreconditionFailed;
  if (holds(tag, ifNoneMatch) !== 0) return statusNotModified;
  const value = kept[range];
  if (value === null || request.method !== getCode || holds(tag, ifRange) === 0) return statusOk;
  return addRanges(value, found);
}

/**
 * Whether the field names the entity-tag; 0: it does not. Both are compared with their quotes, which cannot stand within a tag, so it is
 * enough to look for ours anywhere in the field. The comparison is strong, and then what stands before the tag may not
 * be the slash of a weak one, but for If-None-Match, which is the one that fails when it is absent. In place of those that list tags
 * and are absent, and in If-Range in place of a tag, a date decides.
 */
function holds(tag: Ptr<u8>, field: u32): u32 {
  const list = kept[field];
  if (list === null) {
    if (hasLastModified && field !== ifRange) return dateHolds(field ^ dateInstead);
    return field ^ ifNoneMatch;
  }
  if (list[0] === byte("*")) return field ^ ifRange;
  for (let at = list; at[0] !== byte("\r"); at = at.add(1)) {
    if (equal(at, tag, entityTagBytes) && (at[-1] !== byte("/") || field === ifNoneMatch)) return address(at);
  }
  return hasLastModified ? dateHolds(field) : 0;
}
