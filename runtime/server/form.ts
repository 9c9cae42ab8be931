/**
 * Forms: texts with marks where something is filled in, which the build has made (src/site/forms.ts describes them). The lines
 * of the log, the counters and the environment's configuration are each a form.
 */

import { hasEnvironment, hasLog, hasMetrics } from "microlith:options";
import { liveForms, type Representation } from "microlith:site";
import { writeAddress } from "./address.ts";
import { writeCounter } from "./counters.ts";
import { writeVariable } from "./environment.ts";
import { loggedClient, loggedContent, writeSent } from "./log.ts";
import { statusOk } from "./status.ts";
import { startText, textEnd, writeByte, writeBytes, writeNumber } from "./writer.ts";

/** Marks; below this there are no others. */
const clientMark = 1;
const contentMark = 2;
const sentMark = 3;
const counterMark = 4;
const variableMark = 5;
/** A byte from here on is a length, with this added, of what is copied. */
const copyMark = 0x80;

/** Writes what the form says; what it copies lies behind `base`. */
export function writeForm(form: Ptr<u8>, base: Ptr<u8>): void {
  for (let at = form; at[0] !== 0; at = at.add(1)) {
    const mark = at[0];
    const operand = at[1];
    if (mark >= copyMark) writeBytes(base.add(operand), mark - copyMark);
    else if (hasMetrics && mark === counterMark) writeCounter(operand);
    else if (hasEnvironment && mark === variableMark) writeVariable(operand);
    else if (hasLog && mark === sentMark) writeSent(operand);
    else {
      if (hasLog && mark === clientMark) writeAddress(loggedClient());
      else if (hasLog && mark === contentMark) writeNumber(loggedContent(), 10);
      else writeByte(mark);
      continue;
    }
    at = at.add(1);
  }
}

/** Writes a representation whose head and content are a form. In front of it stands the length of the head. */
export function writeRepresentation(to: Ptr<u8>, form: Ptr<u8>): void {
  const representation = reference<Representation>(address(to));
  const headLength = form[0];
  startText(to.add(sizeof<Representation>()));
  writeForm(form.add(1), liveForms);
  representation.status = statusOk;
  representation.headLength = headLength;
  representation.bodyLength = textEnd().since(to) - sizeof<Representation>() - headLength;
}
