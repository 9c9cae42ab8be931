// Storage that belongs to a function: it keeps its place, two functions have two.
//
// expect: 12345 54321
// expect: sorted 1 2 3 5 8 9
// expect: point 3 4

import { decimal, flush, put, text } from "./support/print.ts";

class Point {
  x: u32;
  y: u32;
}

function reverseDigits(value: u32): u32 {
  const digits = scratch<Fixed<u8, 10>>();
  let count: u32 = 0;
  for (let rest = value; rest > 0; rest /= 10) digits[count++] = (rest % 10) as u8;
  let result: u32 = 0;
  for (let i: u32 = 0; i < count; i++) result = result * 10 + digits[i];
  return result;
}

function sort(): void {
  const values = scratch<Fixed<u16, 6>>();
  values[0] = 5;
  values[1] = 2;
  values[2] = 9;
  values[3] = 1;
  values[4] = 8;
  values[5] = 3;
  for (let i: u32 = 1; i < values.length; i++) {
    const value = values[i];
    let j = i;
    for (; j > 0 && values[j - 1] > value; j--) values[j] = values[j - 1];
    values[j] = value;
  }
  text("sorted");
  for (let i: u32 = 0; i < values.length; i++) {
    put(32);
    decimal(values[i]);
  }
  put(10);
}

function point(): void {
  const p = scratch<Point>();
  p.x = 3;
  p.y = p.x + 1;
  text("point ");
  decimal(p.x);
  put(32);
  decimal(p.y);
  put(10);
}

export function main(): void {
  decimal(12345);
  put(32);
  decimal(reverseDigits(12345));
  put(10);
  sort();
  point();
  flush();
}
