// Pointers: elements, add, since, comparison, null, pointers to pointers, to classes, negative steps.
//
// expect: walk 10 20 30 40
// expect: back 40 30 20 10
// expect: since 3 4 2
// expect: order true true false true
// expect: null true false
// expect: structs 5 12
// expect: indirect 99
// expect: wide 4294967297
// expect: strlen 11
// expect: index 30 30 30

import { decimal, flush, put, text } from "./support/print.ts";

class Pair {
  left: u32;
  right: u16;
}

class Triple {
  a: u8;
  b: u8;
  c: u8;
}

const numbers = zeroed<Fixed<u32, 4>>();
const pairs = zeroed<Fixed<Pair, 3>>();
const triples = zeroed<Fixed<Triple, 4>>();
const wide = zeroed<Fixed<u64, 2>>();
const slots = zeroed<Fixed<Ptr<u32>, 2>>();

function number(value: u64): void {
  put(32);
  decimal(value);
}

function truth(value: bool): void {
  text(value ? " true" : " false");
}

function isNull(value: Ptr<u32> | null): bool {
  return value === null;
}

function strlen(start: Ptr<u8>): u32 {
  let end = start;
  while (end[0] !== 0) end = end.add(1);
  return end.since(start);
}

function at(base: Ptr<u32>, index: i32): u32 {
  return base[index];
}

export function main(): void {
  for (let i: u32 = 0; i < 4; i++) numbers[i] = (i + 1) * 10;
  text("walk");
  const end = numbers.add(4);
  for (let p: Ptr<u32> = numbers; p < end; p = p.add(1)) number(p[0]);
  text("\nback");
  for (let p: Ptr<u32> = end; p !== numbers.add(0); ) {
    p = p.add(-1);
    number(p[0]);
  }
  text("\nsince");
  number(numbers.add(3).since(numbers));
  number(end.since(numbers));
  const triple: Ptr<Triple> = triples;
  number(triple.add(3).since(triple.add(1)));
  text("\norder");
  const second = numbers.add(1);
  truth(numbers.add(1) > numbers.add(0));
  truth(second <= numbers.add(1));
  truth(numbers.add(2) < numbers.add(1));
  truth(numbers.add(2) !== numbers.add(1));
  text("\nnull");
  truth(isNull(null));
  truth(isNull(numbers));
  pairs[1].left = 5;
  pairs[2].right = 7;
  const pair: Ptr<Pair> = pairs;
  text("\nstructs");
  number(pair.add(1)[0].left);
  number((pair[2].right as u32) + pair[1].left);
  slots[1] = numbers.add(2);
  slots[1][0] = 99;
  text("\nindirect");
  number(numbers[2]);
  numbers[2] = 30;
  wide[1] = 0x1_0000_0001;
  const words: Ptr<u64> = wide;
  text("\nwide");
  number(words.add(1)[0]);
  text("\nstrlen");
  number(strlen(bytes("hello world\0")));
  text("\nindex");
  number(at(end, -2));
  number(end[-2]);
  number(at(numbers, 2));
  put(10);
  flush();
}
