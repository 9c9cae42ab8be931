/**
 * Text that others choose, escaped as the place that it goes to wants it: a client's in the log, the environment's in the
 * configuration. Control characters, quotes, backslashes and `<` are escaped everywhere, so that nobody gets out of a string, a
 * line or a script.
 */

import { isLogJson } from "microlith:options";
import { hasRoom, writeByte, writeHex } from "./writer.ts";

/** A text in the log ends with a line. Beyond ASCII its bytes are escaped, in JSON as the characters of their numbers. */
export const lineEnd: u32 = byte("\r");
/** A text in a script ends with a zero, as every text does. Beyond ASCII it stays, but for what old scripts take for line ends. */
export const noEnd: u32 = 0;

/** How many characters from the space on may stand as they are. */
const printable = 94;
const all = 223;

/** Writes the text at `start`, up to `end` or a zero, as far as there is room. */
export function writeEscaped(start: usize, end: u32): void {
  for (let at = start; hasRoom(); at += 1) {
    let character: u32 = load<u8>(at);
    if (character === end || character === 0) return;
    // The line ends U+2028 and U+2029: E2 80 A8 and E2 80 A9.
    if (end === noEnd && (load<u32>(at) & 0xfe_ffff) === 0xa8_80e2) {
      at += 2;
      character = 0x2028 + ((load<u8>(at) as u32) - 0xa8);
    }
    if (
      character - byte(" ") <= (end === noEnd ? all : printable) &&
      character !== byte('"') &&
      character !== byte("\\") &&
      character !== byte("<")
    ) {
      writeByte(character);
    } else {
      writeByte(byte("\\"));
      let kind: u32 = byte("u");
      let digits: u32 = 4;
      if (end !== noEnd && !isLogJson) {
        kind = byte("x");
        digits = 2;
      }
      writeByte(kind);
      writeHex(character, digits);
    }
  }
}
