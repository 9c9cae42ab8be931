/**
 * Conditional requests (RFC 9110, section 13), and the ranges that depend on them, in the order of section 13.2.2. They concern
 * what would be answered with 200.
 */

import { getCode, ifMatch, ifNoneMatch, ifRange, range } from "microlith:options";
import {
  entityTagBytes,
  type Representation,
  statusNotModified,
  statusOk,
  statusPreconditionFailed,
} from "microlith:site";
import { addRanges } from "./range.ts";
import { tagOf } from "./representation.ts";
import { request } from "./request.ts";
import type { Slice } from "./slices.ts";

/** In a comparison, what may not precede an entity-tag: the slash of a weak one, or, because no zero is in a field, nothing. */
const strong = byte("/");
const weak = 0;

/** The status line that the request's conditions call for: OK when they do not matter. Adds ranges to the response. */
export function judge(found: Representation, slices: Ptr<Slice>): Ptr<u8> {
  if (found.validatorLength === 0) return statusOk;
  const tag = tagOf(found);
  if (!isListed(tag, ifMatch, strong)) return statusPreconditionFailed;
  if (isListed(tag, ifNoneMatch, weak)) return statusNotModified;
  const value = request.kept[range];
  if (value === null || request.method !== getCode || !isListed(tag, ifRange, strong)) return statusOk;
  return addRanges(value, found, slices);
}

/**
 * Whether the field names the entity-tag. Both are compared with their quotes, which cannot stand within a tag, so it is
 * enough to look for ours anywhere in the field. Without the field, a strong comparison succeeds and a weak one fails.
 */
function isListed(tag: Ptr<u8>, field: u32, excluded: u8): bool {
  const list = request.kept[field];
  if (list === null) return excluded !== weak;
  if (list[0] === byte("*")) return field !== ifRange;
  for (let at = list; at[0] !== byte("\r"); at = at.add(1)) {
    if (equal(at, tag, entityTagBytes) && at[-1] !== excluded) return true;
  }
  return false;
}
