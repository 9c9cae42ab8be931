// Variables at the top level: first values, every width, pointers and references, shared between functions.
//
// expect: first 5 -6 70000 -1 1 18446744073709551615
// expect: after 6 -7 70001 0 0 0
// expect: cursor 10 20 30
// expect: current 2 none
// expect: calls 4

import { decimal, flush, put, signed, text } from "./support/print.ts";

class Item {
  id: u32;
}

let byteValue: u8 = 5;
let shortValue: i16 = -6;
let wordValue: u32 = 70000;
let minusOne: i32 = -1;
let flag: bool = true;
let all: u64 = ~0 as u64;
let calls: u32 = 0;
let current: Item | null = null;
const numbers = zeroed<Fixed<u32, 3>>();
let cursor: Ptr<u32> = pointer<u32>(0);
const item = zeroed<Item>();

function whole(value: i64): void {
  calls++;
  put(32);
  signed(value);
}

function showAll(): void {
  whole(byteValue);
  whole(shortValue);
  calls--;
  whole(wordValue);
  calls--;
  whole(minusOne);
  whole(flag ? 1 : 0);
  put(32);
  decimal(all);
  calls -= 1;
}

function change(): void {
  byteValue += 1;
  shortValue--;
  wordValue++;
  minusOne++;
  flag = !flag;
  all++;
}

function next(): u32 {
  const value = cursor[0];
  cursor = cursor.add(1);
  return value;
}

function select(chosen: Item | null): void {
  current = chosen;
}

function describe(): void {
  if (current === null) text(" none");
  else {
    put(32);
    decimal(current.id);
  }
}

export function main(): void {
  text("first");
  showAll();
  change();
  text("\nafter");
  showAll();
  for (let i: u32 = 0; i < 3; i++) numbers[i] = (i + 1) * 10;
  text("\ncursor");
  cursor = numbers;
  for (let i: u32 = 0; i < 3; i++) {
    put(32);
    decimal(next());
  }
  text("\ncurrent");
  item.id = 2;
  select(item);
  describe();
  select(null);
  describe();
  text("\ncalls ");
  decimal(calls);
  put(10);
  flush();
}
