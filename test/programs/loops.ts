// while, do-while and for, with break and continue, and loops that never run.
//
// expect: while 10 sum 45
// expect: do 1 0
// expect: for 2500
// expect: odd 25
// expect: stop 7
// expect: empty 0
// expect: down 5 4 3 2 1 0
// expect: two 10 5
// expect: endless 100
// expect: do-continue 3 of 6

import { decimal, flush, put, text } from "./support/print.ts";

function number(value: u32): void {
  put(32);
  decimal(value);
}

function whileLoop(n: u32): void {
  let i: u32 = 0;
  let sum: u32 = 0;
  while (i < n) {
    sum += i;
    i++;
  }
  text("while");
  number(i);
  text(" sum");
  number(sum);
  put(10);
}

function doLoop(n: u32): void {
  let rounds: u32 = 0;
  let rest = n;
  do {
    rounds++;
  } while (rest-- > 1);
  text("do");
  number(rounds);
  number(n);
  put(10);
}

function forLoop(n: u32): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < n; i++) for (let j: u32 = 0; j < n; j++) sum++;
  return sum;
}

function sumOfOdd(n: u32): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (i % 2 === 0) continue;
    sum += i;
  }
  return sum;
}

function firstSquareAbove(limit: u32): u32 {
  let i: u32 = 0;
  for (; ; i++) {
    if (i * i > limit) break;
  }
  return i;
}

function countDown(from: i32): void {
  text("down");
  for (let i = from; i >= 0; i--) number(i as u32);
  put(10);
}

function twoVariables(): void {
  let i: u32 = 0;
  let j: u32 = 15;
  for (i = 0, j = 15; i < j; i += 2, j--);
  text("two");
  number(i);
  number(j - 5);
  put(10);
}

function endless(): u32 {
  let i: u32 = 0;
  for (;;) {
    i += 5;
    if (i >= 100) return i;
  }
}

function doWithContinue(): void {
  let i: u32 = 0;
  let taken: u32 = 0;
  do {
    i++;
    if (i % 2 === 0) continue;
    taken++;
  } while (i < 6);
  text("do-continue");
  number(taken);
  text(" of");
  number(i);
  put(10);
}

export function main(): void {
  whileLoop(10);
  doLoop(0);
  text("for");
  number(forLoop(50));
  text("\nodd");
  number(sumOfOdd(10));
  text("\nstop");
  number(firstSquareAbove(40));
  text("\nempty");
  number(forLoop(0));
  put(10);
  countDown(5);
  twoVariables();
  text("endless");
  number(endless());
  put(10);
  doWithContinue();
  flush();
}
