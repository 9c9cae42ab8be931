/**
 * The text that is made for a response: status line, Content-Length, what says which ranges follow. It is written from its
 * end to its start, because the digits of a number come in that order.
 */

import { hasFieldTexts, type Representation, typeTexts } from "microlith:site";
import { formatDecimal } from "../std/format.ts";
import { output } from "./slices.ts";

/** What 1 to 5 stand for in a template. */
export const numbers = zeroed<Fixed<u32, 6>>();
export const lengthNumber = 1;
export const firstNumber = 2;
export const lastNumber = 3;
export const sizeNumber = 4;
export const statusNumber = 5;

/** Puts a template, whose last character is at `end`, before the text. It begins behind a zero. */
export function write(end: Ptr<u8>): void {
  let text = output.text;
  for (let at = end; at[0] !== 0; at = at.add(-1)) {
    const character = at[0];
    if (character <= statusNumber) text = formatDecimal(numbers[character], text);
    else {
      text = text.add(-1);
      text[0] = character;
    }
  }
  output.text = text;
}

/** Puts the content's type before the text, where it is not in the head. */
export function writeType(found: Representation): void {
  if (hasFieldTexts) write(typeTexts.add(found.type as i32));
}
