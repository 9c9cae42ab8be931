/**
 * Status codes (RFC 9110, section 15). But for OK, responses have no reason phrases, which nobody parses and
 * HTTP has no use for (RFC 9112, section 4): a tenth of the server's tables would be theirs.
 *
 * A status is passed around as its distance from a number that brings most of them into a signed byte.
 */

import { statusBase } from "microlith:site";

export const statusOk: i32 = 200 - statusBase;
export const statusPartialContent: i32 = 206 - statusBase;
export const statusNotModified: i32 = 304 - statusBase;
export const statusBadRequest: i32 = 400 - statusBase;
export const statusMethodNotAllowed: i32 = 405 - statusBase;
export const statusPreconditionFailed: i32 = 412 - statusBase;
export const statusRangeNotSatisfiable: i32 = 416 - statusBase;
export const statusNotImplemented: i32 = 501 - statusBase;
export const statusUnavailable: i32 = 503 - statusBase;

/** What comes of a request's framing, in a byte: a status that refuses it, as the distance from statusBadRequest, or one of the two below. */
export const refusedBadRequest: u8 = 0;
export const refusedUriTooLong: u8 = 414 - 400;
export const refusedFieldsTooLarge: u8 = 431 - 400;
export const refusedVersionNotSupported: u8 = 505 - 400;
/** It is not complete. */
export const noRequest: u8 = 0xfe;
/** Nothing is wrong with it. */
export const accepted: u8 = 0xff;
