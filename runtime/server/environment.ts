/**
 * `/config.json` and `/config.js`: what the environment says about the place where the site runs, so that one image
 * serves many places. Written once, at the start, into fixed storage.
 *
 * The text is an object of strings (RFC 8259), null for a variable that is not set. It is also a script's expression and may
 * stand within an HTML `script` element: `<` and the two line ends that old scripts do not take in strings are escaped.
 */

import { environmentNames } from "microlith:options";
import { configJson, configScript, type Representation } from "microlith:site";
import { findEnvironment } from "./arguments.ts";
import { writeHexadecimal, writeNumber } from "./format.ts";
import { fail } from "./socket.ts";

const capacity = 16384;
/** Of one character or one piece of text that is not the environment's, at most. */
const slack = 512;
const storageBytes = capacity + slack;
/** Where in a head the room for the length of the content ends; it is filled from there backwards. */
const lengthEnd = 23;

const scriptStart = "window.config = ";
const scriptEnd = ";\n";
const nothing = "null";

/** Each a `Representation`, its head and its content. */
export const jsonConfig = zeroed<Fixed<u8, typeof storageBytes>>();
export const scriptConfig = zeroed<Fixed<u8, typeof storageBytes>>();

/** `stack` as the kernel left it. Ends the process when the values do not fit. */
export function readEnvironment(stack: usize): void {
  writeConfig(configJson, jsonConfig, stack, 0, 0);
  writeConfig(configScript, scriptConfig, stack, scriptStart.length, scriptEnd.length);
}

/** Fills in a copy of `pattern`; before and behind the object stand the first bytes of the script's text. */
function writeConfig(
  pattern: Representation,
  to: Ptr<u8>,
  stack: usize,
  startLength: u32,
  endLength: u32,
): void {
  const headEnd = sizeof<Representation>() + pattern.headLength;
  copy(to, pointer<u8>(address(pattern)), headEnd);
  const body = to.add(headEnd);
  copy(body, bytes(scriptStart), startLength);
  const end = writeObject(body.add(startLength), to.add(capacity), stack);
  copy(end, bytes(scriptEnd), endLength);
  const length = end.since(body) + endLength;
  reference<Representation>(address(to)).bodyLength = length;
  writeNumber(to.add(sizeof<Representation>() + lengthEnd), length);
}

/** Returns where the object ends. */
function writeObject(start: Ptr<u8>, limit: Ptr<u8>, stack: usize): Ptr<u8> {
  let at = start;
  let name: Ptr<u8> = environmentNames;
  let separator: u8 = byte("{");
  while (name[0] !== 0) {
    at[0] = separator;
    at[1] = byte('"');
    at = at.add(2);
    separator = byte(",");
    const value = findEnvironment(stack, name);
    while (name[0] !== byte("=")) {
      at[0] = name[0];
      at = at.add(1);
      name = name.add(1);
    }
    name = name.add(2);
    at[0] = byte('"');
    at[1] = byte(":");
    at = at.add(2);
    if (value === 0) {
      copy(at, bytes(nothing), nothing.length);
      at = at.add(nothing.length);
    } else at = writeString(at, limit, value);
    if (at > limit) fail();
  }
  at[0] = byte("}");
  return at.add(1);
}

/** The string at `text`, up to its zero. */
function writeString(start: Ptr<u8>, limit: Ptr<u8>, text: usize): Ptr<u8> {
  let at = start;
  let from = text;
  at[0] = byte('"');
  at = at.add(1);
  for (;;) {
    const character = load<u8>(from);
    if (character === 0 || at > limit) break;
    from += 1;
    at[0] = character;
    at = at.add(1);
    let escaped: u32 = character;
    // U+2028 and U+2029: E2 80 A8 and E2 80 A9.
    if (character === 0xe2 && load<u8>(from) === 0x80 && (load<u8>(from + 1) & 0xfe) === 0xa8) {
      escaped = 0x2028 + (load<u8>(from + 1) & 1);
      from += 2;
    } else if (
      character >= byte(" ") &&
      character !== byte('"') &&
      character !== byte("\\") &&
      character !== byte("<")
    ) {
      continue;
    }
    at[-1] = byte("\\");
    at[0] = byte("u");
    at = writeHexadecimal(at.add(1), escaped, 4);
  }
  at[0] = byte('"');
  return at.add(1);
}
