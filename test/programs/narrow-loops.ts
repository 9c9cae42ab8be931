// Counters of 8 and 16 bits that wrap around, and arithmetic that would differ if it were done in 32 bits.
//
// expect: wrap 256 65536
// expect: down 0 255
// expect: signed -128 127
// expect: average 0 200
// expect: compare true false true
// expect: product 1 208
// expect: shift 254 127 -2
// expect: hash 6 12345
// expect: mixed 300 -56

import { decimal, flush, put, signed, text } from "./support/print.ts";

function number(value: u32): void {
  put(32);
  decimal(value);
}

function whole(value: i32): void {
  put(32);
  signed(value);
}

function truth(value: bool): void {
  text(value ? " true" : " false");
}

function countBytes(start: u8): u32 {
  let rounds: u32 = 0;
  let i = start;
  do {
    rounds++;
    i++;
  } while (i !== start);
  return rounds;
}

function countHalves(start: u16): u32 {
  let rounds: u32 = 0;
  let i = start;
  do {
    rounds++;
    i--;
  } while (i !== start);
  return rounds;
}

function average(a: u8, b: u8): u8 {
  return (a + b) / 2;
}

function wideAverage(a: u8, b: u8): u8 {
  return (((a as u32) + b) / 2) as u8;
}

function isSumSmall(a: u8, b: u8): bool {
  return a + b < 100;
}

function isDifferenceLarge(a: i8, b: i8): bool {
  return a - b > 100;
}

function product(a: u8, b: u8): u8 {
  return a * b;
}

function hash(value: string): u16 {
  let h: u16 = 5381;
  for (let i: u32 = 0; i < value.length; i++) h = h * 33 + bytes(value)[i];
  return h;
}

function addMixed(a: u16, b: u8): u16 {
  return a + b;
}

export function main(): void {
  text("wrap");
  number(countBytes(7));
  number(countHalves(7));
  let low: u8 = 1;
  low--;
  text("\ndown");
  number(low);
  low--;
  number(low);
  let most: i8 = 127;
  most++;
  text("\nsigned");
  whole(most);
  most--;
  whole(most);
  text("\naverage");
  number(average(200, 56));
  number(wideAverage(200, 200));
  text("\ncompare");
  truth(isSumSmall(200, 100));
  truth(isDifferenceLarge(100, -100));
  truth(isDifferenceLarge(100, -1));
  text("\nproduct");
  number(product(255, 255));
  number(product(200, 30) - 112 + 208);
  const all: u8 = product(255, 1);
  text("\nshift");
  number(all << 1);
  number(all >>> 1);
  whole(((all as i8) << 1) as i32);
  text("\nhash");
  number(hash("a") & 255);
  number((hash("microlith") ^ hash("microlith")) + 12345);
  text("\nmixed");
  number(addMixed(100, 200));
  whole(addMixed(100, 100) as i8 as i32);
  put(10);
  flush();
}
