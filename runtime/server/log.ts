/**
 * The access log: a line for each response, in the form that the build has chosen (src/site/log-format.ts).
 *
 * A line is written when the response is made, so it says what is sent, not what the peer has taken. Whatever comes from
 * the client is escaped, so that nobody can write lines of their own: quotes, backslashes and all bytes but printable
 * ASCII become `\xHH`, in JSON `\u00HH`. Text that is too long is cut off.
 */

import { forwarded, hasTrusted, isLogJson, logFormat } from "microlith:options";
import { clientAddress } from "./client.ts";
import { loggedFields, noteStatus } from "./clock.ts";
import type { Connection } from "./connection.ts";
import { lineEnd, writeEscaped } from "./escape.ts";
import { writeForm } from "./form.ts";
import { endLine, startLine } from "./log-output.ts";
import { kept } from "./request.ts";
import { output } from "./slices.ts";
import { writeByte } from "./writer.ts";

/** What is logged: the response to a request. */
class Logged {
  descriptor: u32;
  request: Ptr<u8>;
}
const logged = zeroed<Logged>();

/** Logs the response to the request at `start`. */
export function logResponse(connection: Connection, start: Ptr<u8>, statusLine: Ptr<u8>): void {
  if (!startLine()) return;
  logged.descriptor = connection.descriptor;
  logged.request = start;
  noteStatus(statusLine);
  writeForm(logFormat, loggedFields());
  endLine();
}

export function loggedClient(): Ptr<u8> {
  return clientAddress(logged.descriptor, hasTrusted && kept[forwarded] !== null);
}

export function loggedContent(): u32 {
  return output.contentBytes;
}

/** What the client sent: the first line (0), or the value of the field whose number is one less. */
export function writeSent(what: u32): void {
  let text: Ptr<u8> | null = logged.request;
  // An empty line before a request is passed over.
  if (what !== 0) text = kept.add(what as i32)[-1];
  else if (text[0] === byte("\r")) text = text.add(2);
  // Behind the input stands a zero.
  if (text !== null) writeEscaped(address(text), lineEnd);
  else if (!isLogJson) writeByte(byte("-"));
}
