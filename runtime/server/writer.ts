/**
 * Text on its way into memory, a character behind the other. There is one such text at a time: where it goes is kept
 * here, so that whoever writes a part of it neither takes nor returns a place.
 *
 * Only what others choose is limited (escape.ts); whoever starts a text knows how long the rest can get.
 */

import { formatDecimal, formatHex } from "../std/format.ts";

class Writer {
  /** Where the next character goes. */
  at: Ptr<u8>;
  /** From there on nothing is taken of what others choose. */
  limit: Ptr<u8>;
}
const writer = zeroed<Writer>();

/** Of a number, at most. */
const digitBytes = 10;
const digits = zeroed<Fixed<u8, typeof digitBytes>>();

/** With `room` bytes for what others choose and what stands before it. */
export function startText(at: Ptr<u8>, room: u32): void {
  startOwnText(at);
  writer.limit = at.add(room as i32);
}

/** With nothing that others choose. */
export function startOwnText(at: Ptr<u8>): void {
  writer.at = at;
}

/** Where the text ends that has been written. */
export function textEnd(): Ptr<u8> {
  return writer.at;
}

/** Leaves `length` bytes to somebody else; returns where they end. */
export function passOver(length: u32): Ptr<u8> {
  writer.at = writer.at.add(length as i32);
  return writer.at;
}

export function hasRoom(): bool {
  return writer.at < writer.limit;
}

/** The low eight bits of `character`. */
export function writeByte(character: u32): void {
  writer.at[0] = character as u8;
  writer.at = writer.at.add(1);
}

export function writeBytes(from: Ptr<u8>, length: u32): void {
  copy(writer.at, from, length);
  writer.at = writer.at.add(length as i32);
}

export function writeDecimal(value: u32): void {
  writeDigits(formatDecimal(value, digits.add(digitBytes)));
}

/** With leading zeros to `least` digits. */
export function writeHex(value: u32, least: u32): void {
  writeDigits(formatHex(value, least, digits.add(digitBytes)));
}

function writeDigits(first: Ptr<u8>): void {
  writeBytes(first, digits.add(digitBytes).since(first));
}
