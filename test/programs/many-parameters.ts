// Functions of eight and more parameters, of mixed widths, which pass them on in another order.
//
// expect: 12345678
// expect: 87654321
// expect: mixed 1 -2 3 -4 5000000000 -6000000000 true 8 9 10
// expect: sum 78 650
// expect: rotated 2345678901

import { decimal, flush, put, signed, text } from "./support/print.ts";

function digits(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32): u32 {
  return ((((((a * 10 + b) * 10 + c) * 10 + d) * 10 + e) * 10 + f) * 10 + g) * 10 + h;
}

function backwards(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32): u32 {
  return digits(h, g, f, e, d, c, b, a);
}

function whole(value: i64): void {
  put(32);
  signed(value);
}

function mixed(a: u8, b: i8, c: u16, d: i16, e: u64, f: i64, g: bool, h: u32, i: i32, j: usize): void {
  whole(a);
  whole(b);
  whole(c);
  whole(d);
  whole(e as i64);
  whole(f);
  text(g ? " true" : " false");
  whole(h);
  whole(i);
  whole(j as i64);
}

function sum(
  a: u32,
  b: u32,
  c: u32,
  d: u32,
  e: u32,
  f: u32,
  g: u32,
  h: u32,
  i: u32,
  j: u32,
  k: u32,
  l: u32,
): u32 {
  return a + b + c + d + e + f + g + h + i + j + k + l;
}

function squares(
  a: u32,
  b: u32,
  c: u32,
  d: u32,
  e: u32,
  f: u32,
  g: u32,
  h: u32,
  i: u32,
  j: u32,
  k: u32,
  l: u32,
): u32 {
  return sum(l * l, k * k, j * j, i * i, h * h, g * g, f * f, e * e, d * d, c * c, b * b, a * a);
}

function rotate(n: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32): u64 {
  if (n > 0) return rotate(n - 1, b, c, d, e, f, g, h, i, j, a);
  return (digits(a, b, c, d, e, f, g, h) as u64) * 100 + i * 10 + j;
}

export function main(): void {
  decimal(digits(1, 2, 3, 4, 5, 6, 7, 8));
  put(10);
  decimal(backwards(1, 2, 3, 4, 5, 6, 7, 8));
  text("\nmixed");
  mixed(1, -2, 3, -4, 5000000000, -6000000000, true, 8, 9, 10);
  text("\nsum");
  whole(sum(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  whole(squares(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  text("\nrotated");
  whole(rotate(11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0) as i64);
  put(10);
  flush();
}
