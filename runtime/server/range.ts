/**
 * Ranges (RFC 9110, section 14): the answer is one range of the content as it is, or several in a multipart body. Nothing of the
 * content is copied.
 *
 * A value that is malformed is ignored, and so is one that names more ranges than we like, or together more than the content
 * has: then the whole is the cheaper answer. So it is for every other than a single range where all content is small.
 */

import { bytesCode, fieldValues } from "microlith:options";
import {
  delimiterBytes,
  delimiterOffset,
  hasMultipart,
  multipart,
  type Representation,
} from "microlith:site";
import { contentOf, headOf, lineAfter } from "./representation.ts";
import { addSlice, leadingSlices, output, type Slice, startResponse } from "./slices.ts";
import { statusOk, statusPartialContent, statusRangeNotSatisfiable } from "./status.ts";
import { firstNumber, lastNumber, numbers, sizeNumber, write } from "./text.ts";
import { decimal, noDecimal, parseDecimal, parseToken, skipSpace, tokenCode } from "./token.ts";

export const mostRanges = hasMultipart ? 16 : 1;
const ignored: u32 = mostRanges + 1;
/** A delimiter, Content-Type, the range, and its content. */
export const slicesPerRange = 4;

/** In a part, and in a response. The latter begins with a line end. */
const partTemplate = "\0Content-Range: bytes \x02-\x03/\x04\r\n\r\n";
const rangeTemplate = "\0\r\nContent-Range: bytes \x02-\x03/\x04";
const noRangeTemplate = "\0\r\nContent-Range: bytes */\x04";
const closing = "--\r\n";
const lineEndBytes = 2;

/**
 * Adds the ranges that `value` asks for to the response, whose slices begin at `slices`; returns the status that they call
 * for: OK for the whole content.
 */
export function addRanges(value: Ptr<u8>, found: Representation, slices: Ptr<Slice>): i32 {
  const count = addParts(value, found);
  if (count === ignored) {
    startResponse(slices);
    return statusOk;
  }
  if (count === 0) {
    write(bytes(noRangeTemplate).add(noRangeTemplate.length - 1));
    return statusRangeNotSatisfiable;
  }
  if (!hasMultipart || count === 1) {
    if (hasMultipart) {
      // Of what was added for it as a part, only the range and the content remain.
      output.slice = slices.add(leadingSlices);
      output.bytes = 0;
      output.textEnd = output.textEnd.add(-2 * lineEndBytes);
      write(bytes(noRangeTemplate).add(lineEndBytes));
    } else write(bytes(rangeTemplate).add(rangeTemplate.length - 1));
    addContent(found);
  } else {
    addSlice(multipart.add(delimiterOffset), delimiterBytes - lineEndBytes);
    addSlice(bytes(closing), closing.length);
    output.textEnd = output.text;
    write(multipart.add(delimiterOffset - 1));
  }
  return statusPartialContent;
}

/** Adds each range that the content has as a part; returns how many these are, or `ignored`. */
function addParts(value: Ptr<u8>, found: Representation): u32 {
  const size = found.bodyLength;
  numbers[sizeNumber] = size;
  let at = parseToken(value, fieldValues);
  if (tokenCode !== bytesCode || at[0] !== byte("=")) return ignored;
  let room = size;
  let count: u32 = 0;
  let isEmpty = true;
  for (;;) {
    at = skipSpace(at.add(1));
    if (at[0] !== byte(",") && (at[0] !== byte("\r") || isEmpty)) {
      isEmpty = false;
      at = parseDecimal(at);
      let first = decimal;
      if (at[0] !== byte("-")) return ignored;
      at = parseDecimal(at.add(1));
      let last = decimal;
      if (first === noDecimal) {
        // The end of nothing is there, but no range can say so.
        if (last === noDecimal || size === 0) return ignored;
        first = last < size ? size - last : 0;
        last = noDecimal;
      } else if (last < first) return ignored;
      at = skipSpace(at);
      if (first < size) {
        if (last >= size) last = size - 1;
        const length = last - first + 1;
        if ((hasMultipart && length > room) || count === mostRanges) return ignored;
        if (hasMultipart) room -= length;
        count++;
        numbers[firstNumber] = first;
        numbers[lastNumber] = last;
        if (hasMultipart) addPart(found);
      }
    }
    if (at[0] === byte("\r")) return count;
    if (at[0] !== byte(",")) return ignored;
  }
}

/** A part of a multipart body: delimiter, fields, content. */
function addPart(found: Representation): void {
  const head = headOf(found);
  const end = output.text;
  write(bytes(partTemplate).add(partTemplate.length - 1));
  addSlice(multipart.add(delimiterOffset), delimiterBytes);
  addSlice(head, lineAfter(head).since(head));
  addSlice(output.text, end.since(output.text));
  addContent(found);
}

function addContent(found: Representation): void {
  const first = numbers[firstNumber];
  addSlice(contentOf(found).add(first as i32), numbers[lastNumber] - first + 1);
}
