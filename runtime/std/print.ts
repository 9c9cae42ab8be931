/**
 * Output, one system call for each function. Files, terminals and pipes take short texts whole; nothing is tried again when
 * they do not: `writeAll` does. Programs that say more than a line collect it in a `Buffer` first.
 */

import { SYS_write } from "microlith:target";
import { standardError, standardOutput, write } from "./files.ts";
import { formatDecimal, formatDecimal64, formatHex, formatHex64 } from "./format.ts";
import { textLength } from "./text.ts";

/** Writes `text` to standard output. */
export function print(text: string): void {
  write(standardOutput, bytes(text), text.length);
}

/** Writes `text` to standard error. */
export function printError(text: string): void {
  write(standardError, bytes(text), text.length);
}

/** Writes text that ends in a zero byte, such as an argument, to standard output. */
export function printText(text: usize): void {
  syscall(SYS_write, standardOutput, text, textLength(text));
}

/** Writes text that ends in a zero byte to standard error. */
export function printErrorText(text: usize): void {
  syscall(SYS_write, standardError, text, textLength(text));
}

export function printDecimal(value: u32): void {
  const digits = scratch<Fixed<u8, 10>>();
  const end = digits.add(10);
  const first = formatDecimal(value, end);
  write(standardOutput, first, end.since(first));
}

export function printSigned(value: i32): void {
  const digits = scratch<Fixed<u8, 11>>();
  const end = digits.add(11);
  let first = formatDecimal((value < 0 ? -value : value) as u32, end);
  if (value < 0) {
    first = first.add(-1);
    first[0] = byte("-");
  }
  write(standardOutput, first, end.since(first));
}

export function printDecimal64(value: u64): void {
  const digits = scratch<Fixed<u8, 20>>();
  const end = digits.add(20);
  const first = formatDecimal64(value, end);
  write(standardOutput, first, end.since(first));
}

export function printSigned64(value: i64): void {
  const digits = scratch<Fixed<u8, 20>>();
  const end = digits.add(20);
  let first = formatDecimal64((value < 0 ? -value : value) as u64, end);
  if (value < 0) {
    first = first.add(-1);
    first[0] = byte("-");
  }
  write(standardOutput, first, end.since(first));
}

/** Lower case, without leading zeros and without `0x`. */
export function printHex(value: u32): void {
  const digits = scratch<Fixed<u8, 8>>();
  const end = digits.add(8);
  const first = formatHex(value, 0, end);
  write(standardOutput, first, end.since(first));
}

export function printHex64(value: u64): void {
  const digits = scratch<Fixed<u8, 16>>();
  const end = digits.add(16);
  const first = formatHex64(value, 0, end);
  write(standardOutput, first, end.since(first));
}
