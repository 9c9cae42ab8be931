// Booleans in fields, arrays, globals, parameters and results: one byte each, 0 or 1.
//
// expect: fields 1 0 1
// expect: array 0 1 0 1 0 1
// expect: bytes 1 0 257
// expect: majority 0 1 1
// expect: parity 1
// expect: numbers 3 1 255
// expect: equality 1 0 0 1
// expect: wide 1 1 0 1 1 0

import { decimal, flush, put, text } from "./support/print.ts";

class Flags {
  first: bool;
  second: bool;
  third: bool;
}

const flags = zeroed<Flags>();
const array = zeroed<Fixed<bool, 6>>();

function digit(value: bool): void {
  put(32);
  put(value ? 49 : 48);
}

function number(value: u32): void {
  put(32);
  decimal(value);
}

function majority(a: bool, b: bool, c: bool): bool {
  return (a && b) || (b && c) || (a && c);
}

function parity(value: u32): bool {
  let odd = false;
  for (let rest = value; rest !== 0; rest >>>= 1) odd = odd !== ((rest & 1) === 1);
  return odd;
}

function count(a: bool, b: bool, c: bool): u32 {
  return (a ? 1 : 0) + (b ? 1 : 0) + (c ? 1 : 0);
}

function mask(value: bool): u8 {
  return -(value ? 1 : 0) as u8;
}

/** As a number, against numbers that no truth value is: one has its highest bit set. */
function wide(value: bool): void {
  const low: u32 = value ? 1 : 0;
  digit(low !== 0x8ddcb56a);
  digit(low < 0x8ddcb56a);
  digit(low === 0xffff_ffff);
}

export function main(): void {
  flags.first = true;
  flags.third = flags.first && !flags.second;
  text("fields");
  digit(flags.first);
  digit(flags.second);
  digit(flags.third);
  for (let i: u32 = 0; i < array.length; i++) array[i] = (i & 1) === 1;
  text("\narray");
  for (let i: u32 = 0; i < array.length; i++) digit(array[i]);
  const raw = pointer<u8>(address(array));
  const pair = pointer<u16>(address(array));
  array[0] = true;
  text("\nbytes");
  number(raw[0]);
  number(raw[2]);
  number(pair[0]);
  text("\nmajority");
  digit(majority(true, false, false));
  digit(majority(true, false, true));
  digit(majority(false, true, true));
  text("\nparity");
  digit(parity(0b1011));
  text("\nnumbers");
  number(count(true, true, true));
  number(count(false, array[1], false));
  number(mask(array[0]));
  text("\nequality");
  digit(array[0] === array[1]);
  digit(array[0] === array[2]);
  digit(array[0] !== array[1]);
  digit(array[0] !== array[2]);
  text("\nwide");
  wide(array[0] === array[1]);
  wide(array[0] !== array[1]);
  put(10);
  flush();
}
