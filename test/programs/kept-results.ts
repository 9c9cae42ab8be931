// Functions that return a parameter after they have called others, which leave its register alone: the last call may become a
// jump, and still something is returned.
//
// expect: 7 0 7
// expect: 9 1 9
// expect: 12 5 12

import { decimal, flush, put } from "./support/print.ts";

const divisors = zeroed<Fixed<i16, 2>>();

let last: u32 = 0;
let sum: u32 = 1;

/** Small, but called from many places. */
function note(value: u32): void {
  last = rotateLeft(last, 5) ^ value;
  sum = (rotateLeft(sum, 5) ^ value) * 0x9e3779b1;
}

function divided(value: u8, unused: i16, noted: u32): i32 {
  unused *= 1 % ((value % (divisors[0] | 1)) | 1);
  note(noted);
  return value;
}

function row(value: u8, noted: u32): void {
  last = 0;
  const first = divided(value, 0, noted);
  decimal(first as u32);
  put(32);
  decimal(last);
  put(32);
  decimal(divided(divided(value, 1, first as u32) as u8, first as i16, last) as u32);
  put(10);
}

export function main(): void {
  note(0);
  row(7, 0);
  row(9, 1);
  row(12, 5);
  flush();
}
