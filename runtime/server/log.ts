/**
 * The access log: a line for each response, in the form that the build has chosen (src/site/log-format.ts).
 *
 * A line is written when the response is made, so it says what is sent, not what the peer has taken. Whatever comes from
 * the client is escaped, so that nobody can write lines of their own: quotes, backslashes and all bytes but printable
 * ASCII become `\xHH`, in JSON `\u00HH`. Text that is too long is cut off.
 */

import { isLogJson, logFormat, refererCode, userAgentCode } from "microlith:options";
import { formatIpv6 } from "../std/addresses.ts";
import type { Buffer } from "../std/buffer.ts";
import { clientAddress } from "./client.ts";
import { dateField, monthNumber } from "./clock.ts";
import type { Connection } from "./connection.ts";
import { findField } from "./fields.ts";
import { addLine, lineBytes } from "./log-output.ts";
import { output, type Slice } from "./slices.ts";

/** Of a line; behind it there is room for what the client does not choose. */
const textLimit = lineBytes - 400;
const escapeStart = isLogJson ? "\\u00" : "\\x";
const absent = isLogJson ? "" : "-";

const lineStorage = zeroed<Fixed<u8, typeof lineBytes>>();
const line = zeroed<Buffer>();

/** The codes of src/site/log-format.ts. */
enum Field {
  end,
  client,
  time,
  request,
  status,
  bytes,
  referer,
  agent,
}

/** Logs the response `slices` to the request from `start` to `end`. */
export function logResponse(connection: Connection, start: Ptr<u8>, end: Ptr<u8>, slices: Ptr<Slice>): void {
  line.use(lineStorage, lineBytes);
  for (let at: Ptr<u8> = logFormat; ; at = at.add(1)) {
    switch (at[0]) {
      case Field.end:
        addLine(line);
        return;
      case Field.client:
        formatIpv6(line, clientAddress(connection.descriptor, start, end));
        break;
      case Field.time:
        writeTime();
        break;
      case Field.request:
        // An empty line before a request is passed over.
        writeText(start[0] === byte("\r") ? start.add(2) : start, end);
        break;
      case Field.status:
        line.append(pointer<u8>(slices[0].base as u32).add(9), 3);
        break;
      case Field.bytes:
        line.decimal(output.contentBytes);
        break;
      case Field.referer:
        writeText(findField(start, end, refererCode), end);
        break;
      case Field.agent:
        writeText(findField(start, end, userAgentCode), end);
        break;
      default:
        line.byte(at[0]);
    }
  }
}

/** `10/Oct/2000:13:55:36 +0000` or `2000-10-10T13:55:36Z`, from `Date: Tue, 10 Oct 2000 13:55:36 GMT`. */
function writeTime(): void {
  const date = dateField();
  if (isLogJson) {
    line.append(date.add(18), 4);
    line.byte(byte("-"));
    if (monthNumber < 10) line.byte(byte("0"));
    line.decimal(monthNumber);
    line.byte(byte("-"));
    line.append(date.add(11), 2);
    line.byte(byte("T"));
    line.append(date.add(23), 8);
    line.byte(byte("Z"));
    return;
  }
  line.append(date.add(11), 2);
  line.byte(byte("/"));
  line.append(date.add(14), 3);
  line.byte(byte("/"));
  line.append(date.add(18), 4);
  line.byte(byte(":"));
  line.append(date.add(23), 8);
  line.text(" +0000");
}

/** What the client sent at `text`, to the end of that line. */
function writeText(text: Ptr<u8> | null, end: Ptr<u8>): void {
  if (text === null) {
    line.text(absent);
    return;
  }
  let at = text;
  while (at < end && at[0] !== byte("\r") && at[0] !== byte("\n") && line.length < textLimit) {
    const character = at[0];
    at = at.add(1);
    if (
      character >= byte(" ") &&
      character <= byte("~") &&
      character !== byte('"') &&
      character !== byte("\\")
    ) {
      line.byte(character);
    } else {
      line.text(escapeStart);
      line.hex(character, 2);
    }
  }
}
