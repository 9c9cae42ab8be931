/**
 * The form of a line of the access log (forms.ts); what it copies is the fields that all responses share, as
 * runtime/server/clock.ts keeps them.
 */

import { copied, mark } from "./forms.ts";
import type { LogFormat } from "./server-options.ts";
import { keptFields } from "./tokens.ts";

const client = mark("client");
const contentBytes = mark("content");
const sent = (field: number): string => mark("sent", field + 1);
const request = mark("sent", 0);
const referer = sent(keptFields.referer);
const agent = sent(keptFields.userAgent);

const status = copied(0, 3);
const month = copied(4, 2);
/** Of `Date: Tue, 10 Oct 2000 13:55:36 GMT`, behind a line end and `Connection: keep-alive`. */
const day = copied(43, 2);
const monthName = copied(46, 3);
const year = copied(50, 4);
const time = copied(55, 8);

/** `10/Oct/2000:13:55:36 +0000` */
const commonTime = `${day}/${monthName}/${year}:${time} +0000`;
const common = `${client} - - [${commonTime}] "${request}" ${status} ${contentBytes}`;

const formats: Readonly<Record<LogFormat, string>> = {
  common,
  combined: `${common} "${referer}" "${agent}"`,
  json:
    `{"time":"${year}-${month}-${day}T${time}Z","client":"${client}","request":"${request}","status":${status},` +
    `"bytes":${contentBytes},"referer":"${referer}","agent":"${agent}"}`,
};

export function logFormat(format: LogFormat): Uint8Array {
  return Buffer.from(`${formats[format]}\n\0`, "latin1");
}
