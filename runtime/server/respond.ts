/**
 * The response to a request, as slices of memory: a line, the fields that all responses share at this moment, and the rest,
 * which lies ready in the executable. A redirect repeats parts of the request behind its line.
 */

import { getCode, headCode } from "microlith:options";
import {
  entityTagBytes,
  hasCodings,
  hasRedirects,
  pieceSlices,
  type Representation,
  statusMethodNotAllowed,
  statusNotImplemented,
  statusNotModified,
  statusOk,
} from "microlith:site";
import { closeBytes, dateBytes, dateField, keepAliveBytes } from "./clock.ts";
import { isListed } from "./conditional.ts";
import { Ending, type Slice } from "./connection.ts";
import { currentRepresentation, currentStatus, hasLive } from "./live.ts";
import { findRepresentation } from "./lookup.ts";
import { chooseCoding } from "./negotiate.ts";
import { addPieces, forgetPieces, setSlice } from "./redirect.ts";
import { newBit, request } from "./request.ts";

/** Which slice is what. */
const lineSlice = 0;
const sharedSlice = 1 + pieceSlices;
const restSlice = 2 + pieceSlices;
/** Of a representation. */
const identityKind = 0;
const redirectKind = 8;

/** The rest of a response without content; the first field only when the method is not allowed. */
const noContent = "Allow: GET, HEAD\r\nContent-Length: 0\r\n\r\n";
const allowBytes = 18;
const lineEndBytes = 2;
/** Behind the entity-tag in a head: the end of the line and the empty line. */
const headEndBytes = 4;

/** Makes the response to the request, whose framing calls for `status`. */
export function respond(status: Ptr<u8>, slices: Ptr<Slice>): void {
  let line = status;
  let rest = bytes(noContent).add(allowBytes);
  let length: u32 = noContent.length - allowBytes;
  let shared = dateField();
  let sharedLength: u32 = dateBytes;
  if (request.ending !== Ending.keep) sharedLength += closeBytes;
  else if ((request.seen & newBit) === 0) {
    shared = shared.add(-keepAliveBytes);
    sharedLength += keepAliveBytes;
  }
  if (hasRedirects) forgetPieces(slices);
  if (status === statusOk) {
    const method = request.method;
    if (method === 0) line = statusNotImplemented;
    else if (method > headCode) {
      line = statusMethodNotAllowed;
      rest = bytes(noContent);
      length = noContent.length;
    } else {
      let found = findRepresentation();
      if (hasLive) found = currentRepresentation(found);
      if (hasCodings && found.kind !== identityKind && found.kind !== redirectKind)
        found = chooseCoding(found);
      const head = headOf(found);
      if (hasRedirects && found.kind === redirectKind) {
        setSlice(slices, lineSlice, head, found.headLength);
        addPieces(found, head.add(found.headLength), slices);
        setSlice(slices, sharedSlice, shared.add(-lineEndBytes), sharedLength + lineEndBytes);
        setSlice(slices, restSlice, rest, length);
        return;
      }
      line = currentStatus(found);
      rest = head;
      length = found.headLength;
      if (isUnchanged(found)) {
        line = statusNotModified;
        rest = head.add(length - found.validatorLength);
        length = found.validatorLength;
      } else if (method === getCode) length += found.bodyLength;
    }
  }
  setSlice(slices, lineSlice, line.add(1), line[0]);
  setSlice(slices, sharedSlice, shared, sharedLength);
  setSlice(slices, restSlice, rest, length);
}

function headOf(representation: Representation): Ptr<u8> {
  return pointer<u8>(address(representation) + sizeof<Representation>());
}

/** The client has this very representation. */
function isUnchanged(found: Representation): bool {
  const list = request.ifNoneMatch;
  if (entityTagBytes === 0 || list === null || found.validatorLength === 0) return false;
  return isListed(headOf(found).add((found.headLength as u32) - headEndBytes - entityTagBytes), list);
}
