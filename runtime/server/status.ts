/**
 * Status codes (RFC 9110, section 15). Responses have no reason phrases, which nobody parses and HTTP has no use for
 * (RFC 9112, section 4): a tenth of the server's tables would be theirs.
 */

export const statusOk: u32 = 200;
export const statusPartialContent: u32 = 206;
export const statusNotModified: u32 = 304;
export const statusBadRequest: u32 = 400;
export const statusMethodNotAllowed: u32 = 405;
export const statusPreconditionFailed: u32 = 412;
export const statusUriTooLong: u32 = 414;
export const statusRangeNotSatisfiable: u32 = 416;
export const statusFieldsTooLarge: u32 = 431;
export const statusNotImplemented: u32 = 501;
export const statusUnavailable: u32 = 503;
export const statusVersionNotSupported: u32 = 505;
