/**
 * The response to a request, as slices of memory: text that is made for it, the fields that all responses share at this
 * moment, and the rest, which lies ready in the executable.
 */

import { getCode, hasLog, headCode, optionsCode } from "microlith:options";
import {
  allowance,
  allowanceBytes,
  contentFields,
  hasCodings,
  hasFieldTexts,
  hasRedirects,
  hasRepeatedTexts,
  repeatedTexts,
  statusBase,
} from "microlith:site";
import { closeBytes, dateBytes, dateField, keepAliveBytes } from "./clock.ts";
import { judge } from "./conditional.ts";
import { currentRepresentation, currentStatus, hasLive } from "./live.ts";
import { findRepresentation } from "./lookup.ts";
import { chooseCoding } from "./negotiate.ts";
import { addPieces } from "./redirect.ts";
import { contentOf, headOf, repeatedBytes } from "./representation.ts";
import { Ending, newBit, request } from "./request.ts";
import { output, setSlice, startResponse } from "./slices.ts";
import {
  accepted,
  statusBadRequest,
  statusMethodNotAllowed,
  statusNotImplemented,
  statusNotModified,
  statusOk,
  statusPartialContent,
} from "./status.ts";
import { lengthNumber, numbers, statusNumber, write, writeType } from "./text.ts";

/** Of a representation. */
const identityKind = 0;
const redirectKind = 8;

const lengthTemplate = "\0\r\nContent-Length: \x01";
/** Scripts look for the one phrase; other statuses have what stands before it. */
const statusTemplate = "\0HTTP/1.1 \x05 OK";
const phraseBytes = 2;
const lineEndBytes = 2;

/** Makes the response to the request. */
export function respond(): void {
  let code = statusBadRequest + (request.framing as i32);
  let rest = allowance.add(allowanceBytes - lineEndBytes);
  let restLength: u32 = lineEndBytes;
  output.textEnd = output.text;
  output.first = output.slice;
  startResponse();
  if (hasLog) output.contentBytes = 0;
  numbers[lengthNumber] = 0;
  if (request.framing === accepted) {
    if (request.method === 0) code = statusNotImplemented;
    else if (request.method > headCode) {
      code = request.method === optionsCode ? statusOk : statusMethodNotAllowed;
      rest = allowance;
      restLength = allowanceBytes;
    } else {
      let found = findRepresentation();
      if (hasLive) found = currentRepresentation(found);
      if (hasCodings && found.kind !== identityKind && found.kind !== redirectKind)
        found = chooseCoding(found);
      code = found.repeated !== 0 ? judge(found) : statusOk;
      // Errors have nothing of a file's own fields: caches would keep them in its place.
      if (code < statusBadRequest) {
        rest = headOf(found);
        restLength = found.headLength;
        if (code === statusNotModified) {
          restLength = repeatedBytes(found);
          rest = contentOf(found).add(-restLength);
        } else if (code === statusPartialContent) {
          numbers[lengthNumber] = output.bytes;
          if (hasLog) output.contentBytes = output.bytes;
        } else {
          code = currentStatus(found);
          writeType(found);
          const bodyLength = found.bodyLength;
          numbers[lengthNumber] = bodyLength;
          if (hasRedirects && found.kind === redirectKind) addPieces(found);
          else if (request.method === getCode) {
            restLength += bodyLength;
            if (hasLog) output.contentBytes = bodyLength;
          }
        }
        if (hasRepeatedTexts) write(repeatedTexts.add(found.repeated as i32));
        else if (hasFieldTexts && found.repeated !== 0) write(contentFields);
      } else if (hasFieldTexts) write(contentFields);
    }
  }
  numbers[statusNumber] = (code + statusBase) as u32;
  if (code !== statusNotModified) write(bytes(lengthTemplate).add(lengthTemplate.length - 1));
  let last = bytes(statusTemplate).add(statusTemplate.length - 1);
  if (code !== statusOk) last = last.add(-phraseBytes);
  write(last);

  let shared = dateField().add(-lineEndBytes);
  let sharedLength: u32 = dateBytes + lineEndBytes;
  if (request.ending !== Ending.keep) sharedLength += closeBytes;
  else if ((request.seen & newBit) === 0) {
    shared = shared.add(-keepAliveBytes);
    sharedLength += keepAliveBytes;
  }
  const textLength = output.textEnd.since(output.text);
  const slices = output.first;
  setSlice(slices[0], output.text, textLength);
  setSlice(slices[1], shared, sharedLength);
  setSlice(slices[2], rest, restLength);
  output.batchBytes += textLength + sharedLength + restLength + output.bytes;
}
