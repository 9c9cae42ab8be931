/**
 * Forms: texts with marks where something is filled in, which the build has made (src/site/forms.ts describes them). The lines
 * of the log, the counters and the environment's configuration are each a form.
 */

import { hasEnvironment, hasLog, hasMetrics, hasPackedTables } from "microlith:options";
import { liveFormCount, liveForms, type Representation } from "microlith:site";
import { writeAddress } from "./address.ts";
import { writeCounter } from "./counters.ts";
import { writeVariable } from "./environment.ts";
import { loggedClient, loggedContent, writeSent } from "./log.ts";
import { contentOf } from "./representation.ts";
import { statusOk } from "./status.ts";
import { startText, textEnd, writeByte, writeBytes, writeDecimal } from "./writer.ts";

/** Marks; below this there are no others. */
const clientMark = 1;
const contentMark = 2;
const sentMark = 3;
const counterMark = 4;
const variableMark = 5;
/** From here on the low bits are the length of what is copied, from the base or from so many bytes back. */
const copyMark = 0x80;
const repeatMark = 0xc0;
const lengthBits = 0x3f;

/** Where all tables are packed, forms need not be short: only the log copies, from fields that change. */
const hasRepeats = !hasPackedTables;
const hasCopies = hasRepeats || hasLog;

/** Writes what the form says; what it copies lies behind `base`. */
export function writeForm(form: Ptr<u8>, base: Ptr<u8>): void {
  for (let at = form; at[0] !== 0; at = at.add(1)) {
    const mark = at[0];
    const operand = at[1];
    if (hasCopies && mark >= copyMark) {
      writeBytes(
        hasRepeats && mark >= repeatMark ? textEnd().add(-(operand as i32)) : base.add(operand),
        mark & lengthBits,
      );
    } else if (hasMetrics && mark === counterMark) writeCounter(operand);
    else if (hasEnvironment && mark === variableMark) writeVariable(operand);
    else if (hasLog && mark === sentMark) writeSent(operand);
    else {
      if (hasLog && mark === clientMark) writeAddress(loggedClient());
      else if (hasLog && mark === contentMark) writeDecimal(loggedContent());
      else writeByte(mark);
      continue;
    }
    at = at.add(1);
  }
}

/** What there is room for in a text, and in its values. */
const liveBytes = 0x8000;
const valueBytes = 0x4000;
const storageBytes = liveFormCount * liveBytes;
/** Each a `Representation`, its head and its content. */
const storage = zeroed<Fixed<u8, typeof storageBytes>>();

/** Makes the representation whose head and content are a form. In front of it stand its number and the length of the head. */
export function writeLive(form: Ptr<u8>): Representation {
  const to = storage.add((form[0] as i32) * liveBytes);
  const representation = reference<Representation>(address(to));
  representation.status = statusOk;
  representation.headLength = form[1];
  startText(to.add(sizeof<Representation>()), valueBytes);
  writeForm(form.add(2), liveForms);
  representation.bodyLength = textEnd().since(contentOf(representation));
  return representation;
}
