/**
 * The request parser (RFC 9112): one pass over the input, strict where looseness is dangerous.
 *
 * A zero stands behind the input, and no grammar rule accepts a zero. So nothing looks for the end: whatever is wrong
 * leaves through one door, and there it is "incomplete" when the input ended at that place, else "bad request". A
 * request is parsed from its start again when more has come; the rules for its framing come before those for its method.
 */

import {
  tokenAcceptEncoding,
  tokenChunked,
  tokenClose,
  tokenConnection,
  tokenContentLength,
  tokenContinue,
  tokenExpect,
  tokenHost,
  tokenIfNoneMatch,
  tokenKeepAlive,
  tokenTransferEncoding,
} from "microlith:options";
import {
  entityTagBytes,
  hasCodings,
  statusBadRequest,
  statusFieldsTooLarge,
  statusNotImplemented,
  statusOk,
  statusUriTooLong,
  statusVersionNotSupported,
} from "microlith:site";
import { capacity } from "./buffers.ts";
import { Ending } from "./connection.ts";
import { drainEnd } from "./drain.ts";
import { forgetCodings, parseAcceptEncoding } from "./negotiate.ts";
import { parseTarget } from "./target.ts";
import { hexDigit, parseToken, skipSpace, skipToken, tokenNumber } from "./token.ts";

/** The request that was parsed last. Its addresses lie in the input. */
class Request {
  method: u32;
  /** Where the next request begins. */
  end: Ptr<u8>;
  /** The values of fields; null when absent. */
  ifNoneMatch: Ptr<u8> | null;
  ending: Ending;
  /** HTTP/1.0 was asked to go on, and must be told so. */
  isKeptAlive: bool;
}

export const request = zeroed<Request>();

/** What was seen, as bits. */
const seenLine = 1;
const seenHost = 2;
const seenFraming = 4;
const seenChunked = 8;
const seenContinue = 16;
const seenClose = 32;
const seenKeepAlive = 64;
const seenTrailer = 128;
const seenOtherCoding = 256;

/** CR LF, as a little-endian number. */
const lineEnd = 0x0a0d;
/** A number that grew beyond this is too large, whatever its other digits are. */
const large: u32 = 0x0100_0000;

/**
 * Parses the request at `start`. Returns the status line that its framing calls for, OK when nothing is wrong with it,
 * null when it is not complete.
 */
export function parseRequest(start: Ptr<u8>, end: Ptr<u8>): Ptr<u8> | null {
  let at = start;
  let seen: u32 = 0;
  let length: u32 = 0;
  request.ending = Ending.keep;
  request.ifNoneMatch = null;
  request.isKeptAlive = false;
  if (hasCodings) forgetCodings();
  // biome-ignore lint/suspicious/noConfusingLabels: the one door through which everything wrong leaves
  malformed: {
    // An empty line before a request is passed over (RFC 9112, section 2.2).
    if (isLineEnd(at)) at = at.add(2);
    const method = at;
    at = parseToken(at);
    request.method = tokenNumber;
    if (at[0] !== byte(" ") || at === method) break malformed;
    at = at.add(1);

    // Absolute form: the scheme and the authority say nothing that matters here.
    if (at[0] !== byte("/") && at[0] !== byte("*")) {
      at = skipToken(at);
      if (at[0] !== byte(":")) break malformed;
      at = at.add(1);
      if (at[0] !== byte("/")) break malformed;
      at = at.add(1);
      if (at[0] !== byte("/")) break malformed;
      at = at.add(1);
      const host = at;
      at = parseAuthority(at);
      if (at === host || (at[0] !== byte("/") && at[0] !== byte("?") && at[0] !== byte(" "))) break malformed;
    }
    at = parseTarget(at);
    if (at[0] !== byte(" ")) break malformed;
    at = at.add(1);

    const protocol = bytes("HTTP/");
    for (let i: u32 = 0; i < 5; i++) {
      if (at[0] !== protocol[i]) break malformed;
      at = at.add(1);
    }
    const major = at[0];
    if (!isDigit(major)) break malformed;
    at = at.add(1);
    if (at[0] !== byte(".")) break malformed;
    at = at.add(1);
    const minor = at[0];
    if (!isDigit(minor)) break malformed;
    at = at.add(1);
    if (!isLineEnd(at)) break malformed;
    at = at.add(2);
    seen = seenLine;
    if (major !== byte("1")) return refuse(end, statusVersionNotSupported);

    // Twice when the body is chunked: the header section, and the trailer section behind the body.
    for (;;) {
      while (at[0] !== byte("\r")) {
        const name = at;
        at = parseToken(at);
        if (at[0] !== byte(":") || at === name) break malformed;
        at = skipSpace(at.add(1));
        const value = at;
        // A trailer field means nothing.
        switch ((seen & seenTrailer) !== 0 ? 0 : tokenNumber) {
          case tokenHost:
            if ((seen & seenHost) !== 0) break malformed;
            seen |= seenHost;
            at = parseAuthority(at);
            if (at === value) break malformed;
            break;
          case tokenContentLength:
            if ((seen & seenFraming) !== 0) break malformed;
            seen |= seenFraming;
            while (isDigit(at[0])) {
              if (length < large) length = length * 10 + (at[0] - byte("0"));
              at = at.add(1);
            }
            if (at === value) break malformed;
            break;
          case tokenTransferEncoding:
            if ((seen & seenFraming) !== 0) break malformed;
            at = parseToken(at);
            seen |= tokenNumber === tokenChunked ? seenFraming | seenChunked : seenFraming | seenOtherCoding;
            if ((seen & seenOtherCoding) !== 0) at = skipText(at);
            break;
          case tokenConnection:
            for (;;) {
              at = parseToken(at);
              if (tokenNumber === tokenClose) seen |= seenClose;
              if (tokenNumber === tokenKeepAlive) seen |= seenKeepAlive;
              at = skipSpace(at);
              if (at[0] !== byte(",")) break;
              at = skipSpace(at.add(1));
            }
            break;
          case tokenExpect:
            at = parseToken(at);
            if (tokenNumber === tokenContinue) seen |= seenContinue;
            at = skipText(at);
            break;
          case tokenIfNoneMatch:
            if (entityTagBytes !== 0) request.ifNoneMatch = at;
            at = skipText(at);
            break;
          default:
            if (hasCodings && tokenNumber === tokenAcceptEncoding) at = parseAcceptEncoding(at);
            at = skipText(at);
        }
        at = skipSpace(at);
        if (!isLineEnd(at)) break malformed;
        at = at.add(2);
      }
      if (!isLineEnd(at)) break malformed;
      at = at.add(2);
      if ((seen & seenTrailer) !== 0) return finish(at, statusOk);

      const isOld = minor === byte("0");
      if (isOld ? (seen & seenChunked) !== 0 : (seen & seenHost) === 0) return refuse(end, statusBadRequest);
      if ((seen & seenOtherCoding) !== 0) return refuse(end, statusNotImplemented);
      if (drainEnd !== 0 || (seen & seenClose) !== 0 || (isOld && (seen & seenKeepAlive) === 0)) {
        request.ending = Ending.close;
      } else request.isKeptAlive = isOld;

      if ((seen & seenChunked) === 0) {
        if (at.since(start) + length > capacity) return refuse(end, statusOk);
        at = at.add(length);
        if (at > end) return (seen & seenContinue) !== 0 ? refuse(end, statusOk) : null;
        return finish(at, statusOk);
      }
      if ((seen & seenContinue) !== 0) return refuse(end, statusOk);
      for (;;) {
        const digits = at;
        length = 0;
        for (;;) {
          const digit = hexDigit(at[0]);
          if (digit > 15) break;
          if (length < large) length = length * 16 + digit;
          at = at.add(1);
        }
        if (at === digits) break malformed;
        if (at[0] === byte(";")) at = skipText(at);
        if (!isLineEnd(at)) break malformed;
        at = at.add(2);
        if (length === 0) break;
        if (at.since(start) + length > capacity) return refuse(end, statusOk);
        at = at.add(length);
        if (at > end) return null;
        if (!isLineEnd(at)) break malformed;
        at = at.add(2);
      }
      seen |= seenTrailer;
    }
  }
  // The second byte of a line end may be yet to come.
  if (at[0] === byte("\r")) at = at.add(1);
  if (at !== end) return refuse(end, statusBadRequest);
  if (end.since(start) < capacity) return null;
  return refuse(end, (seen & seenLine) !== 0 ? statusFieldsTooLarge : statusUriTooLong);
}

function finish(next: Ptr<u8>, status: Ptr<u8>): Ptr<u8> {
  request.end = next;
  return status;
}

/** Answers with `status` and takes no further request from the connection; what it sends is thrown away. */
function refuse(end: Ptr<u8>, status: Ptr<u8>): Ptr<u8> {
  request.end = end;
  request.ending = Ending.linger;
  return status;
}

/** A host and maybe a port (RFC 9110, section 7.2); returns where it ends, and the start when it has no host. */
function parseAuthority(start: Ptr<u8>): Ptr<u8> {
  let at = start;
  if (at[0] === byte("[")) {
    do at = at.add(1);
    while (hexDigit(at[0]) <= 15 || at[0] === byte(":") || at[0] === byte("."));
    // Behind a bracket that is not closed nothing may follow, the end of the line neither.
    if (at[0] === byte("]") || at[0] === byte("\r")) at = at.add(1);
  } else at = skipToken(at);
  if (at[0] === byte(":") && at !== start) {
    do at = at.add(1);
    while (isDigit(at[0]));
  }
  return at;
}

/** Visible characters, spaces, tabs and bytes from 128 on. */
function skipText(start: Ptr<u8>): Ptr<u8> {
  let at = start;
  while (at[0] >= byte(" ") || at[0] === byte("\t")) at = at.add(1);
  return at;
}

function isDigit(character: u8): bool {
  return ((character - byte("0")) as u8) <= 9;
}

function isLineEnd(at: Ptr<u8>): bool {
  return pointer<u16>(address(at))[0] === lineEnd;
}
