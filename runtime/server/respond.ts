/**
 * The response to a request, as slices of memory: the status line, the fields that all responses share at this moment, and the
 * rest, which lies ready in the executable.
 */

import { tokenGet, tokenHead, tokenLastMethod } from "microlith:options";
import {
  entityTagBytes,
  hasRedirects,
  type Representation,
  statusMethodNotAllowed,
  statusNotImplemented,
  statusNotModified,
  statusOk,
} from "microlith:site";
import { closeBytes, dateBytes, dateField, keepAliveBytes } from "./clock.ts";
import { isListed } from "./conditional.ts";
import { Ending, querySlice, type Slice } from "./connection.ts";
import { currentRepresentation, hasLive } from "./live.ts";
import { findRepresentation } from "./lookup.ts";
import { request } from "./request.ts";
import { query } from "./target.ts";

/** The rest of a response without content; the first field only when the method is not allowed. */
const noContent = "Allow: GET, HEAD\r\nContent-Length: 0\r\n\r\n";
const allowBytes = 18;
/** Behind the entity-tag in a head: the end of the line and the empty line. */
const headEndBytes = 4;

/** Makes the response to the request, whose framing calls for `status`. */
export function respond(status: Ptr<u8>, slices: Ptr<Slice>): void {
  let line = status;
  let rest = bytes(noContent).add(allowBytes);
  let length: u32 = noContent.length - allowBytes;
  if (hasRedirects) {
    setSlice(slices, querySlice, rest, 0);
    setSlice(slices, querySlice + 1, rest, 0);
  }
  if (status === statusOk) {
    if (request.method > tokenLastMethod) line = statusNotImplemented;
    else if (request.method > tokenHead) {
      line = statusMethodNotAllowed;
      rest = bytes(noContent);
      length = noContent.length;
    } else {
      let found = findRepresentation();
      if (hasLive) found = currentRepresentation(found);
      line = found.status;
      rest = headOf(found);
      length = found.headLength;
      if (hasRedirects && found.redirect !== 0) {
        const end = rest.add(length);
        setSlice(slices, querySlice, query.start, query.end.since(query.start));
        setSlice(slices, querySlice + 1, end, found.bodyLength);
      } else if (isUnchanged(found)) {
        line = statusNotModified;
        rest = rest.add(length - found.validatorLength);
        length = found.validatorLength;
      } else if (request.method === tokenGet) length += found.bodyLength;
    }
  }

  let shared = dateField();
  let sharedLength: u32 = dateBytes;
  if (request.ending !== Ending.keep) sharedLength += closeBytes;
  else if (request.isKeptAlive) {
    shared = shared.add(-keepAliveBytes);
    sharedLength += keepAliveBytes;
  }
  setSlice(slices, 0, line.add(1), line[0]);
  setSlice(slices, 1, shared, sharedLength);
  setSlice(slices, 2, rest, length);
}

function headOf(representation: Representation): Ptr<u8> {
  return pointer<u8>(address(representation) + sizeof<Representation>());
}

/** The client has this very representation. */
function isUnchanged(found: Representation): bool {
  const list = request.ifNoneMatch;
  if (entityTagBytes === 0 || list === null || found.validatorLength === 0) return false;
  return isListed(headOf(found).add(found.headLength - headEndBytes - entityTagBytes), list);
}

function setSlice(slices: Ptr<Slice>, index: u32, start: Ptr<u8>, length: u32): void {
  const slice = slices[index];
  slice.base = address(start);
  slice.length = length;
}
