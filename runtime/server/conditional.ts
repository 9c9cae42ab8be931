/**
 * Conditional requests (RFC 9110, section 13).
 */

import { entityTagBytes } from "microlith:site";

/**
 * Whether If-None-Match names the entity-tag. Both are compared with their quotes, which cannot stand within a tag, so
 * it is enough to look for ours anywhere in the list; a `W/` before it does not matter to the weak comparison.
 */
export function isListed(entityTag: Ptr<u8>, list: Ptr<u8>): bool {
  if (list[0] === byte("*")) return true;
  let at = list;
  while (at[0] !== byte("\r")) {
    if (equal(at, entityTag, entityTagBytes)) return true;
    at = at.add(1);
  }
  return false;
}
