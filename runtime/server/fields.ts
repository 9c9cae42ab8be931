/**
 * Fields of a request that only the log wants: looked for again in the request's text, so that the parser does not have to
 * keep them for everybody.
 */

import { loggedNames } from "microlith:options";
import { parseToken, skipSpace, tokenCode } from "./token.ts";

/** The value of the first field called `name` behind the line that `start` lies in; null when there is none before `end`. */
export function findField(start: Ptr<u8>, end: Ptr<u8>, name: u32): Ptr<u8> | null {
  let at = start;
  for (;;) {
    while (at[0] !== byte("\n")) {
      if (at >= end) return null;
      at = at.add(1);
    }
    at = at.add(1);
    if (at >= end || at[0] === byte("\r")) return null;
    at = parseToken(at, loggedNames);
    if (tokenCode === name && at[0] === byte(":")) return skipSpace(at.add(1));
  }
}
