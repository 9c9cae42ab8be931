// copy, fill and equal: lengths from 0 on, odd offsets, a copy to a lower address that overlaps.
//
// expect: fill --####----
// expect: copy abcdefgh--
// expect: part ab-cde-fgh
// expect: down cdefghijij
// expect: zero cdefghijij
// expect: equal 1 0 1 0 1
// expect: long 1 0 255
// expect: word 305419896 120 18

import { decimal, flush, put, text } from "./support/print.ts";

const area = zeroed<Fixed<u8, 10>>();
const big = zeroed<Fixed<u8, 1000>>();
const other = zeroed<Fixed<u8, 1000>>();

function show(name: string): void {
  text(name);
  put(32);
  for (let i: u32 = 0; i < 10; i++) put(area[i]);
  put(10);
}

function number(value: u32): void {
  put(32);
  decimal(value);
}

function same(left: Ptr<u8>, right: Ptr<u8>, length: u32): void {
  number(equal(left, right, length) ? 1 : 0);
}

function length(value: u32): u32 {
  return value;
}

export function main(): void {
  fill(area, 45, 10);
  fill(area.add(2), 35, length(4));
  show("fill");
  fill(area, 45, length(10));
  copy(area, bytes("abcdefgh"), 8);
  show("copy");
  fill(area, 45, 10);
  copy(area, bytes("ab"), 2);
  copy(area.add(3), bytes("cdefgh"), 3);
  copy(area.add(7), bytes("cdefgh").add(3), 3);
  show("part");
  copy(area, bytes("abcdefghij"), length(10));
  copy(area, area.add(2), length(8));
  show("down");
  copy(area, bytes("xyz"), length(0));
  fill(area, 33, length(0));
  show("zero");
  text("equal");
  same(area, area, 10);
  same(area, bytes("cdefghijiX"), 10);
  same(area, bytes("cdefghijiX"), 9);
  same(bytes("Xa"), bytes("Ya"), 2);
  same(bytes("Xa"), bytes("Ya"), 0);
  text("\nlong");
  fill(big, 255, 1000);
  copy(other, big, 1000);
  same(big, other, 1000);
  other[999] = 254;
  same(big, other, 1000);
  number(other[998]);
  const word = pointer<u32>(address(big));
  word[0] = 0x12345678;
  text("\nword");
  number(word[0]);
  number(big[0]);
  number(big[3]);
  put(10);
  flush();
}
