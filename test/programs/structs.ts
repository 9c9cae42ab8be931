// Classes: layout with padding, fields of every width, references, null.
//
// expect: sizes 1 2 4 8 1 40 4
// expect: values 200 -100 60000 -30000 4000000000 -2000000000 true
// expect: wide 12345678901 -12345678901
// expect: neighbours 0 0
// expect: linked 1 2 3
// expect: same true false

import { flush, line, put, signed, text } from "./support/print.ts";

class All {
  a: u8;
  b: i8;
  c: u16;
  d: i16;
  e: u32;
  f: i32;
  flag: bool;
  g: u64;
  h: i64;
}

class Node {
  value: u32;
  next: Node | null;
}

class Small {
  value: i8;
}

const all = zeroed<All>();
const before = zeroed<Small>();
const first = zeroed<Node>();
const second = zeroed<Node>();
const third = zeroed<Node>();

function number(value: i64): void {
  put(32);
  signed(value);
}

function fill(target: All): void {
  target.a = 200;
  target.b = -100;
  target.c = 60000;
  target.d = -30000;
  target.e = 4000000000;
  target.f = -2000000000;
  target.flag = target.a > 100;
  target.g = 12345678901;
  target.h = -12345678901;
}

function isSame(left: Node | null, right: Node | null): bool {
  return left === right;
}

export function main(): void {
  text("sizes");
  number(sizeof<u8>());
  number(sizeof<i16>());
  number(sizeof<u32>());
  number(sizeof<i64>());
  number(sizeof<bool>());
  number(sizeof<All>());
  number(sizeof<Ptr<u64>>());
  put(10);
  fill(all);
  text("values");
  number(all.a);
  number(all.b);
  number(all.c);
  number(all.d);
  number(all.e);
  number(all.f);
  text(all.flag ? " true" : " false");
  text("\nwide");
  number(all.g as i64);
  number(all.h);
  text("\nneighbours");
  number(before.value);
  number(first.value);
  put(10);
  first.value = 1;
  first.next = second;
  second.value = 2;
  second.next = third;
  third.value = 3;
  text("linked");
  for (let node: Node | null = first; node !== null; node = node.next) number(node.value);
  put(10);
  text("same");
  text(isSame(first.next, second) ? " true" : " false");
  line(isSame(first.next, null) ? " true" : " false");
  flush();
}
