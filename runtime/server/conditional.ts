/**
 * Conditional requests (RFC 9110, section 13), and the ranges that depend on them, in the order of section 13.2.2. They concern
 * what would be answered with 200.
 */

import {
  getCode,
  ifMatch,
  ifModifiedSince,
  ifNoneMatch,
  ifRange,
  ifUnmodifiedSince,
  range,
} from "microlith:options";
import { entityTagBytes, hasLastModified, type Representation } from "microlith:site";
import { compareDate, Order } from "./dates.ts";
import { addRanges } from "./range.ts";
import { tagOf } from "./representation.ts";
import { kept, request } from "./request.ts";
import type { Slice } from "./slices.ts";
import { statusNotModified, statusOk, statusPreconditionFailed } from "./status.ts";

/** The status that the request's conditions call for: OK when they do not matter. Adds ranges to the response. */
export function judge(found: Representation, slices: Ptr<Slice>): i32 {
  const tag = tagOf(found);
  if (isListed(tag, ifMatch) === 0) return statusPreconditionFailed;
  if (hasLastModified && kept[ifMatch] === null && compareDate(ifUnmodifiedSince) === Order.earlier)
    return statusPreconditionFailed;
  if (isListed(tag, ifNoneMatch) !== 0) return statusNotModified;
  if (hasLastModified && kept[ifNoneMatch] === null && compareDate(ifModifiedSince) >= Order.same)
    return statusNotModified;
  const value = kept[range];
  if (value === null || request.method !== getCode) return statusOk;
  if (isListed(tag, ifRange) === 0 && !(hasLastModified && compareDate(ifRange) === Order.same))
    return statusOk;
  return addRanges(value, found, slices);
}

/**
 * Whether the field names the entity-tag; 0: it does not. Both are compared with their quotes, which cannot stand within a tag, so it is
 * enough to look for ours anywhere in the field. The comparison is strong, and then what stands before the tag may not
 * be the slash of a weak one, but for If-None-Match, which is the one that fails when it is absent.
 */
function isListed(tag: Ptr<u8>, field: u32): u32 {
  const list = kept[field];
  if (list === null) return field ^ ifNoneMatch;
  if (list[0] === byte("*")) return field ^ ifRange;
  for (let at = list; at[0] !== byte("\r"); at = at.add(1)) {
    if (equal(at, tag, entityTagBytes) && (at[-1] !== byte("/") || field === ifNoneMatch)) return address(at);
  }
  return 0;
}
