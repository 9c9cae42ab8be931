// Comparisons with the middle of the unsigned numbers are questions about a sign, and whether two numbers differ may be kept as one.
//
// expect: at 8 4
// expect: wide 8 4
// expect: differ 0 1 1 0

import { decimal, flush, put, text } from "./support/print.ts";

const words = table<u32>(0, 1, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff);
const longs = table<u64>(
  0,
  1,
  0x7fff_ffff_ffff_fffe,
  0x7fff_ffff_ffff_ffff,
  0x8000_0000_0000_0000,
  0x8000_0000_0000_0001,
  0xffff_ffff_ffff_fffe,
  0xffff_ffff_ffff_ffff,
);

function number(value: u32): void {
  put(32);
  decimal(value);
}

/** A bit for each way to say that a number is in the upper half, and for each that it is not. */
function sideOf(value: u32): u32 {
  let side: u32 = 0;
  if (value >= 0x8000_0000) side |= 1;
  if (value > 0x7fff_ffff) side |= 2;
  if (value < 0x8000_0000) side |= 4;
  if (value <= 0x7fff_ffff) side |= 8;
  return side;
}

function sideOfLong(value: u64): u32 {
  let side: u32 = 0;
  if (value >= 0x8000_0000_0000_0000) side |= 1;
  if (value > 0x7fff_ffff_ffff_ffff) side |= 2;
  if (value < 0x8000_0000_0000_0000) side |= 4;
  if (value <= 0x7fff_ffff_ffff_ffff) side |= 8;
  return side;
}

function differs(value: u32, other: u32): u32 {
  const seven = value !== 7 ? 1 : 0;
  const fromOther = value !== other ? 1 : 0;
  return (seven as u32) & (fromOther as u32);
}

export function main(): void {
  let right: u32 = 0;
  let rightLongs: u32 = 0;
  let upper: u32 = 0;
  let upperLongs: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    const expected: u32 = i < 4 ? 12 : 3;
    if (sideOf(words[i]) === expected) right++;
    if (sideOfLong(longs[i]) === expected) rightLongs++;
    if (sideOf(words[i]) === 3) upper++;
    if (sideOfLong(longs[i]) === 3) upperLongs++;
  }
  text("at");
  number(right);
  number(upper);
  text("\nwide");
  number(rightLongs);
  number(upperLongs);
  text("\ndiffer");
  number(differs(7, 1));
  number(differs(8, 1));
  number(differs(0xffff_ffff, 0));
  number(differs(0, 0));
  put(10);
  flush();
}
