// Counting zeros, reversing bytes, rotating: at run time and as constants.
//
// expect: trailing 0 1 5 31 32
// expect: leading 31 30 0 0 32
// expect: swap 78563412 000000ff
// expect: rotate 23456781 12345678 81234567 2468acf0
// expect: constants 4 27 04030201 00000003
// expect: population 16

import { decimal, flush, hex, put, text } from "./support/print.ts";

const values = table<u32>(1, 2, 0xffffffe0, 0x80000000, 0, 0x12345678);

function number(value: u32): void {
  put(32);
  decimal(value);
}

function word(value: u32): void {
  put(32);
  hex(value);
}

function population(value: u32): u32 {
  let count: u32 = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count++;
  return count;
}

export function main(): void {
  text("trailing");
  for (let i: u32 = 0; i < 5; i++) number(countTrailingZeros(values[i]));
  text("\nleading");
  for (let i: u32 = 0; i < 5; i++) number(countLeadingZeros(values[i]));
  text("\nswap");
  word(byteSwap(values[5]));
  word(byteSwap(0xff000000));
  text("\nrotate");
  word(rotateLeft(values[5], 4));
  word(rotateLeft(values[5], values[4]));
  word(rotateLeft(values[5], 28));
  word(rotateLeft(values[5], values[0] + 32));
  text("\nconstants");
  number(countTrailingZeros(0x10));
  number(countLeadingZeros(0x10));
  word(byteSwap(0x01020304));
  word(rotateLeft(0x80000001, 1));
  text("\npopulation");
  number(population(0xf0f0f0f0));
  put(10);
  flush();
}
