/**
 * Status lines as the server's tables hold them: a length byte, then the line with its end.
 */

import type { DataObject } from "../base/data-object.ts";

/** Reason phrases by status code: those of RFC 9110, the longest cut short, which nobody parses. */
const phrases = {
  200: "OK",
  301: "Moved Permanently",
  304: "Not Modified",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  414: "URI Too Long",
  431: "Fields Too Large",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "Version Not Supported",
} as const;

export type StatusCode = keyof typeof phrases;

/** The names under which `microlith:site` exports status lines. */
export const exportedStatuses: Readonly<Record<string, StatusCode>> = {
  statusOk: 200,
  statusNotModified: 304,
  statusBadRequest: 400,
  statusMethodNotAllowed: 405,
  statusUriTooLong: 414,
  statusFieldsTooLarge: 431,
  statusNotImplemented: 501,
  statusUnavailable: 503,
  statusVersionNotSupported: 505,
};

/** With its line end. */
export function statusText(code: StatusCode): string {
  return `HTTP/1.1 ${code} ${phrases[code]}\r\n`;
}

export function statusLine(code: StatusCode): DataObject {
  const line = Buffer.from(statusText(code), "latin1");
  return {
    name: `status ${code}`,
    kind: "table",
    bytes: Uint8Array.of(line.length, ...line),
    alignment: 1,
    relocations: [],
  };
}
