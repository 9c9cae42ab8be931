/**
 * Status codes with their reason phrases, as the server's tables hold them.
 */

import type { DataObject } from "../base/data-object.ts";

/** Reason phrases by status code: those of RFC 9110, the longest cut short, which nobody parses. */
const phrases = {
  200: "OK",
  206: "Partial Content",
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
  412: "Precondition Failed",
  414: "URI Too Long",
  416: "Range Not Satisfiable",
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
  statusPlain: 200,
  statusPartialContent: 206,
  statusNotModified: 304,
  statusBadRequest: 400,
  statusMethodNotAllowed: 405,
  statusPreconditionFailed: 412,
  statusRangeNotSatisfiable: 416,
  statusUriTooLong: 414,
  statusFieldsTooLarge: 431,
  statusNotImplemented: 501,
  statusUnavailable: 503,
  statusVersionNotSupported: 505,
};

/** A template of runtime/server/text.ts: a zero, then the text. Addresses are of its last character. */
export function statusLine(code: StatusCode): DataObject {
  return template(`status ${code}`, `${code} ${phrases[code]}`);
}

/** The line of status 200 and the field that all content has: it takes ranges. */
export function contentStatusLine(): DataObject {
  return template("status of content", `200 ${phrases[200]}\r\nAccept-Ranges: bytes`);
}

export function template(name: string, text: string): DataObject {
  const bytes = Uint8Array.from(Buffer.from(`\0${text}`, "latin1"));
  return { name, kind: "table", bytes, alignment: 1, relocations: [] };
}
