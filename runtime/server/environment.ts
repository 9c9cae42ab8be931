/**
 * `/config.json` and `/config.js`: what the environment says about the place where the site runs, so that one image
 * serves many places. Written once, at the start, into fixed storage.
 *
 * The text is an object of strings (RFC 8259), null for a variable that is not set. It is also a script's expression and may
 * stand within an HTML `script` element: `<` and the two line ends that old scripts do not take in strings are escaped.
 */

import { configJson, configScript } from "microlith:site";
import { findEnvironment } from "./arguments.ts";
import { writeRepresentation } from "./form.ts";
import { fail } from "./socket.ts";
import { textEnd, unicodeEscape, writeByte, writeBytes, writeEscape } from "./writer.ts";

const capacity = 16384;
/** What the build chooses, and the last value's end, find room behind that. */
const storageBytes = 2 * capacity;

/** Each a `Representation`, its head and its content. */
export const jsonConfig = zeroed<Fixed<u8, typeof storageBytes>>();
export const scriptConfig = zeroed<Fixed<u8, typeof storageBytes>>();

class Values {
  /** The initial stack. */
  stack: usize;
  /** Beyond that the text is too long. */
  limit: Ptr<u8>;
}
const values = zeroed<Values>();

/** `stack` as the kernel left it. Ends the process when the values do not fit. */
export function readEnvironment(stack: usize): void {
  values.stack = stack;
  writeConfig(jsonConfig, pointer<u8>(address(configJson)));
  writeConfig(scriptConfig, pointer<u8>(address(configScript)));
}

function writeConfig(to: Ptr<u8>, form: Ptr<u8>): void {
  values.limit = to.add(capacity);
  writeRepresentation(to, form);
}

/** Writes the value of the variable whose name, of `length` bytes, has been written, and `":` behind it. */
export function writeVariable(length: u32): void {
  let from = findEnvironment(values.stack, textEnd().add(-2 - (length as i32)), length);
  if (from === 0) {
    writeBytes(bytes("null"), 4);
    return;
  }
  writeByte(byte('"'));
  for (;;) {
    let character: u32 = load<u8>(from);
    if (character === 0) break;
    // U+2028 and U+2029: E2 80 A8 and E2 80 A9.
    if ((load<u32>(from) & 0xfe_ffff) === 0xa8_80e2) {
      from += 2;
      character = 0x2028 + ((load<u8>(from) as u32) - 0xa8);
    }
    from += 1;
    if (textEnd() >= values.limit) fail("the environment is too large\n");
    if (
      character >= byte(" ") &&
      character < 256 &&
      character !== byte('"') &&
      character !== byte("\\") &&
      character !== byte("<")
    ) {
      writeByte(character as u8);
    } else writeEscape(0x1_0000 + character, unicodeEscape);
  }
  writeByte(byte('"'));
}
