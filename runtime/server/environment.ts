/**
 * `/config.json` and `/config.js`: what the environment says about the place where the site runs, so that one image
 * serves many places. The environment stays as the kernel left it, and the text is made of it anew for each request.
 *
 * The text is an object of strings (RFC 8259), null for a variable that is not set. It is also a script's expression and may
 * stand within an HTML `script` element: `<` and the two line ends that old scripts do not take in strings are escaped.
 */

import { configScript } from "microlith:site";
import { findEnvironment } from "./arguments.ts";
import { noEnd, writeEscaped } from "./escape.ts";
import { writeLive } from "./form.ts";
import { fail } from "./socket.ts";
import { hasRoom, textEnd, writeByte, writeBytes } from "./writer.ts";

/** Ends the process when the longer of the two texts has no room. */
export function tryEnvironment(): void {
  writeLive(pointer<u8>(address(configScript)));
  if (!hasRoom()) fail("environment too large\n");
}

/** Writes the value of the variable whose name, of `length` bytes, has been written, and `":` behind it. */
export function writeVariable(length: u32): void {
  const value = findEnvironment(textEnd().add(-2 - (length as i32)));
  if (value === 0) {
    writeBytes(bytes("null"), 4);
    return;
  }
  writeByte(byte('"'));
  writeEscaped(value, noEnd);
  writeByte(byte('"'));
}
