// Variables that exchange their values in a loop: what a compiler gets wrong when it copies in sequence what happens at
// once.
//
// expect: fibonacci 12586269025
// expect: swap 2 1
// expect: rotate 3 1 2
// expect: last 9 10
// expect: shadow 5 4
// expect: chain 1 1 2 3
// expect: conditional 10 0
// expect: two 4 3 2 1

import { decimal, flush, put, text } from "./support/print.ts";

function number(value: u64): void {
  put(32);
  decimal(value);
}

function fibonacci(n: u32): u64 {
  let a: u64 = 0;
  let b: u64 = 1;
  for (let i: u32 = 0; i < n; i++) {
    const sum = a + b;
    a = b;
    b = sum;
  }
  return a;
}

function swap(times: u32): void {
  let a: u32 = 1;
  let b: u32 = 2;
  let rest = times;
  while (rest > 0) {
    const old = a;
    a = b;
    b = old;
    rest--;
  }
  number(a);
  number(b);
}

function rotate(times: u32): void {
  let a: u32 = 1;
  let b: u32 = 2;
  let c: u32 = 3;
  for (let i: u32 = 0; i < times; i++) {
    const old = c;
    c = b;
    b = a;
    a = old;
  }
  number(a);
  number(b);
  number(c);
}

/** The variable is used after the loop, in its value before the last step. */
function last(n: u32): void {
  let before: u32 = 0;
  let i: u32 = 0;
  do {
    before = i;
    i++;
  } while (i < n);
  number(before);
  number(i);
}

function shadow(n: u32): void {
  let i: u32 = 0;
  let seen: u32 = 0;
  while (i++ < n) seen = i - 1;
  number(i - 1);
  number(seen);
}

function chain(times: u32): void {
  let a: u32 = 0;
  let b: u32 = 0;
  let c: u32 = 1;
  let d: u32 = 1;
  for (let i: u32 = 0; i < times; i++) {
    a = b;
    b = c;
    c = d;
    d = b + c;
  }
  number(a);
  number(b);
  number(c);
  number(d);
}

/** Only sometimes an exchange. */
function conditional(n: u32): void {
  let high: u32 = 0;
  let low = n;
  for (let i: u32 = 0; i < n; i++) {
    if (high < low) {
      const old = high;
      high = low;
      low = old;
    } else if (low > 100) low = high;
  }
  number(high);
  number(low);
}

function twoPairs(times: u32): void {
  let a: u32 = 1;
  let b: u32 = 2;
  let c: u32 = 3;
  let d: u32 = 4;
  for (let i: u32 = 0; i < times; i++) {
    const first = a;
    a = d;
    d = first;
    const second = b;
    b = c;
    c = second;
  }
  number(a);
  number(b);
  number(c);
  number(d);
}

export function main(): void {
  text("fibonacci");
  number(fibonacci(50));
  text("\nswap");
  swap(7);
  text("\nrotate");
  rotate(4);
  text("\nlast");
  last(10);
  text("\nshadow");
  shadow(5);
  text("\nchain");
  chain(2);
  text("\nconditional");
  conditional(10);
  text("\ntwo");
  twoPairs(3);
  put(10);
  flush();
}
