/**
 * `/config.json` and `/config.js`: what the environment says about the place where the site runs, so that one image
 * serves many places. Written once, at the start, into fixed storage.
 *
 * The text is an object of strings (RFC 8259), null for a variable that is not set. It is also a script's expression and may
 * stand within an HTML `script` element: `<` and the two line ends that old scripts do not take in strings are escaped.
 */

import { environmentNames } from "microlith:options";
import { configJson, configScript, type Representation } from "microlith:site";
import { SYS_exit_group, SYS_write } from "microlith:target";
import type { Buffer } from "../std/buffer.ts";
import { findEnvironment } from "./arguments.ts";

const capacity = 16384;
const scriptStart = "window.config = ";
const scriptEnd = ";\n";

/** Each a `Representation`, its head and its content. */
export const jsonConfig = zeroed<Fixed<u8, typeof capacity>>();
export const scriptConfig = zeroed<Fixed<u8, typeof capacity>>();
const objectStorage = zeroed<Fixed<u8, typeof capacity>>();
/** The object, and then what it is put into. */
const text = zeroed<Buffer>();

/** `stack` as the kernel left it. Ends the process when the values do not fit. */
export function readEnvironment(stack: usize): void {
  text.use(objectStorage, capacity);
  writeObject(stack);
  const length = text.length;
  writeConfig(configJson, jsonConfig, length, 0, 0);
  writeConfig(configScript, scriptConfig, length, scriptStart.length, scriptEnd.length);
}

/**
 * A copy of `pattern` with the object as its content, of `length` bytes, and as much of the script's text around it.
 */
function writeConfig(pattern: Representation, to: Ptr<u8>, length: u32, before: u32, behind: u32): void {
  const isFull = text.isFull;
  text.use(to, capacity);
  text.append(pointer<u8>(address(pattern)), sizeof<Representation>() + pattern.headLength);
  const representation = reference<Representation>(address(to));
  representation.bodyLength = before + length + behind;
  text.append(bytes(scriptStart), before);
  text.append(objectStorage, length);
  text.append(bytes(scriptEnd), behind);
  if (!isFull && !text.isFull) return;
  const message = "the environment is too large\n";
  syscall(SYS_write, 2, bytes(message), message.length);
  syscall(SYS_exit_group, 2);
  unreachable();
}

function writeObject(stack: usize): void {
  let name: Ptr<u8> = environmentNames;
  text.byte(byte("{"));
  for (;;) {
    const value = findEnvironment(stack, name);
    text.byte(byte('"'));
    while (name[0] !== byte("=")) {
      text.byte(name[0]);
      name = name.add(1);
    }
    text.text('":');
    if (value === 0) text.text("null");
    else writeString(value);
    name = name.add(2);
    if (name[0] === 0) break;
    text.byte(byte(","));
  }
  text.byte(byte("}"));
}

/** What stands at `value`, up to its zero, as a string. */
function writeString(value: usize): void {
  let from = value;
  text.byte(byte('"'));
  for (;;) {
    let character: u32 = load<u8>(from);
    if (character === 0) break;
    from += 1;
    // U+2028 and U+2029: E2 80 A8 and E2 80 A9.
    if (character === 0xe2 && load<u8>(from) === 0x80 && (load<u8>(from + 1) & 0xfe) === 0xa8) {
      character = load<u8>(from + 1) & 1;
      character += 0x2028;
      from += 2;
    } else if (
      character >= byte(" ") &&
      character !== byte('"') &&
      character !== byte("\\") &&
      character !== byte("<")
    ) {
      text.byte(character as u8);
      continue;
    }
    text.text("\\u");
    text.hex(character, 4);
  }
  text.byte(byte('"'));
}
