/**
 * The request parser (RFC 9112): one pass over the input, strict where looseness is dangerous.
 *
 * A zero stands behind the input, and no rule of the grammar accepts a zero. So nothing looks for the end: whatever is wrong
 * leaves through one door, and there it is incomplete when the input ends at that place, else malformed. When more has
 * come, the request is parsed from its start again. Its framing is judged before its method.
 */

import {
  chunkedBit,
  closeBit,
  codedBit,
  continueBit,
  fieldNames,
  fieldValues,
  forwarded,
  framingBit,
  hasTrusted,
  hostBit,
  ifUnmodifiedSince,
  keepAliveBit,
  keptCode,
  type keptFields,
  methods,
  optionsCode,
} from "microlith:options";
import { hasLastModified } from "microlith:site";
import { capacity } from "./buffers.ts";
import { noteForwarded } from "./client.ts";
import {
  accepted,
  noRequest,
  refusedBadRequest,
  refusedFieldsTooLarge,
  refusedUriTooLong,
  refusedVersionNotSupported,
} from "./status.ts";
import { parseTarget } from "./target.ts";
import {
  decimal,
  hexadecimal,
  noDecimal,
  parseDecimal,
  parseHexadecimal,
  parseToken,
  skipSpace,
  skipToken,
  skipWithSpace,
  tokenCode,
} from "./token.ts";

/** What follows a response. */
export enum Ending {
  keep,
  close,
  /** Close, but take what the peer still sends: it would answer data in flight with a reset that destroys the response. */
  linger,
}

/** The request that was parsed last. Its addresses lie in the input. */
class Request {
  /** The code in the list of methods. */
  method: u32;
  /** What was seen, as bits: those of the lists of names, and newBit. */
  seen: u32;
  ending: Ending;
  /** What its framing calls for (status.ts). */
  framing: u8;
  /** Where the next request begins. */
  end: Ptr<u8>;
  /** The server is ending: this is the connection's last request. */
  draining: bool;
}

export const request = zeroed<Request>();
/** Values of its fields, in the order of their codes; null: there is no such field. */
export const kept = zeroed<Fixed<Ptr<u8> | null, typeof keptFields>>();

/** HTTP/1.1, which lives on unless told otherwise. The bit behind it is HTTP/1.0's; with one of the two, the request line has been seen. */
export const newBit = 0x80;

/**
 * Bit n is set for each n that host, chunked, coded, new and old may be, as bits of a number: who speaks HTTP/1.1 names a
 * host; a body in a coding ends where the chunks do; and HTTP/1.0 knows no coding (RFC 9112, sections 3.2, 6.1 and 6.3).
 */
const validShift = 4;
const valid: u32 = (1 << 0b01001) | (1 << 0b01111) | (1 << 0b10000) | (1 << 0b10001);

/** Characters as little-endian numbers. */
const lineEnd = 0x0a0d;
const doubleSlash = 0x2f2f;
const protocol = 0x5054_5448;
const oldVersion: u32 = 0x302e_312f;
/** Bits that are set in what remains of other things than "/y.x" with two digits. */
const notDigits: u32 = 0xfff0_fff0;
/** HTTP/1.1 and the line end. */
const versionBytes = 10;

/**
 * Parses the request at `start` into `request`, whose `ending` is Ending.keep before.
 */
export function parseRequest(start: Ptr<u8>, end: Ptr<u8>): void {
  let at = start;
  let seen: u32 = 0;
  let length: u32 = 0;
  // First for a request line that is longer than there is room for, then for fields that are, then for a body.
  request.framing = refusedUriTooLong;
  fill(pointer<u8>(address(kept)), 0, sizeof<Fixed<u32, typeof keptFields>>());
  // biome-ignore-start lint/suspicious/noConfusingLabels: the ways in which a request is not answered
  refused: {
    incomplete: {
      bad: {
        malformed: {
          // biome-ignore-end lint/suspicious/noConfusingLabels: no others
          // An empty line before a request is passed over (RFC 9112, section 2.2).
          if (isLineEnd(at)) at = at.add(2);
          at = parseToken(at, methods);
          request.method = tokenCode;
          if (at[0] !== byte(" ")) break malformed;
          at = at.add(1);

          // Absolute form: the scheme and the authority say nothing that matters here.
          if (at[0] !== byte("/") && (at[0] !== byte("*") || tokenCode !== optionsCode)) {
            at = skipToken(at);
            if (at[0] !== byte(":")) break malformed;
            at = at.add(1);
            if (two(at) !== doubleSlash) break malformed;
            at = at.add(2);
            while (at[0] > byte(" ") && at[0] !== byte("/") && at[0] !== byte("?")) at = at.add(1);
          }
          at = parseTarget(at);
          if (at[0] !== byte(" ")) break malformed;
          at = at.add(1);

          if (at[0] === byte("H") && end.since(at) < versionBytes) break incomplete;
          if (four(at) !== protocol) break malformed;
          // What remains of "/1.x" is x, when x is a digit.
          const minor = rotateLeft(four(at.add(4)) ^ oldVersion, 8);
          if ((minor & notDigits) !== 0) break malformed;
          if (minor > 9) {
            request.framing = refusedVersionNotSupported;
            break refused;
          }
          at = at.add(8);
          if (!isLineEnd(at)) break malformed;
          at = at.add(2);
          seen = newBit + ((minor - 1) & newBit);
          request.framing = refusedFieldsTooLarge;

          // Twice when the body is chunked: the header section, and the trailer section, where nothing is seen.
          for (;;) {
            while (!isLineEnd(at)) {
              const name = at;
              at = parseToken(at, fieldNames);
              if (at[0] !== byte(":") || at === name) break malformed;
              at = skipWithSpace(at);
              const value = at;
              const code = tokenCode;
              if (seen === 0) at = skipText(at);
              else if (code >= keptCode) {
                if (hasTrusted && code === keptCode + forwarded) {
                  noteForwarded(at, kept[forwarded] === null);
                }
                // Two dates are no date (RFC 9110, section 13.1.3), and neither is the name of their field.
                const isDate = hasLastModified && code - keptCode - ifUnmodifiedSince < 2;
                const place = kept.add(-keptCode).add(code as i32);
                place[0] = isDate && place[0] !== null ? name : at;
                at = skipText(at);
              } else {
                if ((seen & code & (hostBit | framingBit)) !== 0) break malformed;
                seen |= code & (hostBit | framingBit | codedBit);
                if (code === hostBit) {
                  at = parseAuthority(at);
                  if (at === value) break malformed;
                } else if (code === framingBit) {
                  at = parseDecimal(at);
                  length = decimal;
                  if (length === noDecimal) break malformed;
                } else {
                  // A list, whose members the field's code selects. Nothing may follow the member `chunked`.
                  for (;;) {
                    if ((seen & code & chunkedBit) !== 0) break malformed;
                    at = skipSpace(parseToken(at, fieldValues));
                    seen |= code & tokenCode;
                    if (at[0] !== byte(",")) break;
                    at = skipWithSpace(at);
                  }
                }
                at = skipSpace(at);
              }
              if (!isLineEnd(at)) break malformed;
              at = at.add(2);
            }
            at = at.add(2);
            if (seen === 0) {
              accept(at);
              return;
            }

            if (((valid >>> (seen >>> validShift)) & 1) === 0) break bad;
            request.seen = seen;
            request.framing = accepted;
            // The final answer is given at once, and the body, which may or may not follow, is not taken for a request.
            if ((seen & (framingBit | continueBit)) === (framingBit | continueBit)) break refused;

            for (;;) {
              if ((seen & chunkedBit) !== 0) {
                const digits = at;
                at = parseHexadecimal(at);
                length = hexadecimal;
                if (at === digits) break malformed;
                // Extensions (RFC 9112, section 7.1.1) say nothing to us. The value of one may be quoted, and hold anything.
                while (at[0] === byte(";")) {
                  const name = skipWithSpace(at);
                  at = skipToken(name);
                  if (at === name) break malformed;
                  if (at[0] === byte("=")) at = skipText(at);
                }
                if (!isLineEnd(at)) break malformed;
                at = at.add(2);
                if (length === 0) break;
              }
              at = at.add(length);
              if (at > end) break incomplete;
              if ((seen & chunkedBit) === 0) {
                accept(at);
                return;
              }
              if (!isLineEnd(at)) break malformed;
              at = at.add(2);
            }
            seen = 0;
          }
        }
        if (end.since(at) < 2 && at[0] !== byte("\n")) break incomplete;
      }
      request.framing = refusedBadRequest;
      break refused;
    }
    // It is incomplete while there is room, for a body too whose length is known.
    const needed = at > end ? at : end;
    if (needed.since(start) < capacity) {
      request.framing = noRequest;
      return;
    }
  }
  // No further request is taken from the connection; what it sends is thrown away.
  request.end = end;
  request.ending = Ending.linger;
}

function accept(end: Ptr<u8>): void {
  request.end = end;
  const seen = request.seen;
  if (request.draining || (seen & closeBit) !== 0 || (seen & (newBit | keepAliveBit)) === 0) {
    request.ending = Ending.close;
  }
}

/** A host and maybe a port (RFC 9110, section 7.2); returns where it ends, and the start when it has no host. */
function parseAuthority(start: Ptr<u8>): Ptr<u8> {
  let at = start;
  if (at[0] === byte("[")) {
    do at = skipToken(at.add(1));
    while (at[0] === byte(":"));
    // Behind a bracket that is not closed nothing may follow, the end of the line neither.
    if (at[0] === byte("]") || at[0] === byte("\r")) at = at.add(1);
  } else at = skipToken(at);
  if (at[0] === byte(":") && at !== start) {
    at = parseDecimal(at.add(1));
  }
  return at;
}

/** Visible characters, spaces, tabs and bytes from 128 on. */
function skipText(start: Ptr<u8>): Ptr<u8> {
  let at = start;
  while (at[0] >= byte(" ") || at[0] === byte("\t")) at = at.add(1);
  return at;
}

function isLineEnd(at: Ptr<u8>): bool {
  return two(at) === lineEnd;
}

/** The bytes at an address as a little-endian number. */
function two(at: Ptr<u8>): u32 {
  return pointer<u16>(address(at))[0];
}

function four(at: Ptr<u8>): u32 {
  return pointer<u32>(address(at))[0];
}
