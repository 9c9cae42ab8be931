/**
 * Ranges (RFC 9110, section 14): the answer is one range of the content as it is, or several in a multipart body. Nothing of the
 * content is copied.
 *
 * A value that is malformed is ignored, and so is one that names more ranges than we like, or together more than the content
 * has: then the whole is the cheaper answer. So it is for every other than a single range where all content is small.
 */

import { bytesCode, fieldValues } from "microlith:options";
import { delimiter, delimiterBytes, hasMultipart, multipart, type Representation } from "microlith:site";
import { contentOf } from "./representation.ts";
import { addSlice, output, startResponse } from "./slices.ts";
import { statusOk, statusPartialContent, statusRangeNotSatisfiable } from "./status.ts";
import { firstNumber, lastNumber, numbers, sizeNumber, write, writeType } from "./text.ts";
import {
  decimal,
  noDecimal,
  parseDecimal,
  parseToken,
  skipSpace,
  skipWithSpace,
  tokenCode,
} from "./token.ts";

export const mostRanges = hasMultipart ? 16 : 1;
/** In place of their number. */
const ignored: i32 = -1;
/** What stands before a range, and its content. */
export const slicesPerRange = 2;

/** What Content-Range says: of a range, and of a content that has none of those asked for. The field's name stands before it. */
const rangeTemplate = "\0\x02-\x03/\x04";
const noRangeTemplate = "\0*/\x04";
const rangeField = "\0\r\nContent-Range: bytes ";
const emptyLine = "\0\r\n\r\n";
/** Behind the last delimiter. */
const closingBytes = 4;

/**
 * Adds the ranges that `value` asks for to the response; returns the status that they call for: OK for the whole content.
 */
export function addRanges(value: Ptr<u8>, found: Representation): i32 {
  const count = addParts(value, found);
  if (hasMultipart && count > 1) {
    addSlice(delimiter, delimiterBytes + closingBytes);
    output.textEnd = output.text;
    write(multipart);
    return statusPartialContent;
  }
  // Of what was added for a range as a part, only the numbers remain.
  if (hasMultipart) startResponse();
  if (count < 0) return statusOk;
  if (count === 0) {
    writeRange(bytes(noRangeTemplate).add(noRangeTemplate.length - 1));
    return statusRangeNotSatisfiable;
  }
  writeFound(found);
  addContent(found);
  return statusPartialContent;
}

/** The fields that say what the content is. */
function writeFound(found: Representation): void {
  writeRange(bytes(rangeTemplate).add(rangeTemplate.length - 1));
  writeType(found);
}

function writeRange(template: Ptr<u8>): void {
  write(template);
  write(bytes(rangeField).add(rangeField.length - 1));
}

/** Adds each range that the content has as a part; returns how many these are, or `ignored`. */
function addParts(value: Ptr<u8>, found: Representation): i32 {
  const size = found.bodyLength;
  numbers[sizeNumber] = size;
  let at = parseToken(value, fieldValues);
  if (tokenCode < bytesCode || at[0] !== byte("=")) return ignored;
  let room = size;
  // Until one is named: none is malformed.
  let count: i32 = ignored;
  for (;;) {
    at = skipWithSpace(at);
    if (at[0] !== byte(",") && at[0] !== byte("\r")) {
      if (count < 0) count = 0;
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
  const end = output.text;
  write(bytes(emptyLine).add(emptyLine.length - 1));
  writeFound(found);
  write(delimiter.add(delimiterBytes - 1));
  addSlice(output.text, end.since(output.text));
  addContent(found);
}

function addContent(found: Representation): void {
  const first = numbers[firstNumber];
  addSlice(contentOf(found).add(first as i32), numbers[lastNumber] - first + 1);
}
