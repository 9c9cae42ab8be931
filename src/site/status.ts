/**
 * Status lines as the server's tables hold them: a length byte, then the line with its end.
 */

import type { DataObject } from "../base/data-object.ts";

/** Reason phrases by status code: those of RFC 9110, the longest cut short, which nobody parses. */
const phrases = {
  200: "OK",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  410: "Gone",
  414: "URI Too Long",
  431: "Fields Too Large",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "Version Not Supported",
} as const;

export type StatusCode = keyof typeof phrases;
export const statusCodes: readonly StatusCode[] = Object.keys(phrases).map(
  (code) => Number(code) as StatusCode,
);

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
