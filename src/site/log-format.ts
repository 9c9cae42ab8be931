/**
 * The form of a line of the access log, as the server reads it: text, and in it bytes below 32 that stand for what is
 * filled in. runtime/server/log.ts fills it in.
 */

import type { LogFormat } from "./server-options.ts";

const field = {
  end: "\0",
  client: "\x01",
  /** `10/Oct/2000:13:55:36 +0000`; in JSON `2000-10-10T13:55:36Z`. */
  time: "\x02",
  /** The first line of the request as it came. */
  request: "\x03",
  status: "\x04",
  /** Bytes of content. */
  bytes: "\x05",
  referer: "\x06",
  agent: "\x07",
} as const;

const common = `${field.client} - - [${field.time}] "${field.request}" ${field.status} ${field.bytes}`;

const formats: Readonly<Record<LogFormat, string>> = {
  common,
  combined: `${common} "${field.referer}" "${field.agent}"`,
  json:
    `{"time":"${field.time}","client":"${field.client}","request":"${field.request}","status":${field.status},` +
    `"bytes":${field.bytes},"referer":"${field.referer}","agent":"${field.agent}"}`,
};

export function logFormat(format: LogFormat): Uint8Array {
  // The line's end is not in the way of the fields: it stands behind them.
  return Buffer.from(`${formats[format]}${field.end}`, "latin1");
}
