// break and continue with labels, out of loops, blocks and switches.
//
// expect: found 3 14
// expect: primes 2 3 5 7 11 13 17 19 23 29
// expect: block 3
// expect: switch 4
// expect: inner 9

import { decimal, flush, put, text } from "./support/print.ts";

function number(value: u32): void {
  put(32);
  decimal(value);
}

function find(product: u32): void {
  text("found");
  search: for (let i: u32 = 2; i < 20; i++) {
    for (let j: u32 = i; j < 20; j++) {
      if (i * j === product) {
        number(i);
        number(j);
        break search;
      }
      if (i * j > product) continue search;
    }
  }
  put(10);
}

function primes(limit: u32): void {
  text("primes");
  next: for (let n: u32 = 2; n < limit; n++) {
    for (let d: u32 = 2; d * d <= n; d++) if (n % d === 0) continue next;
    number(n);
  }
  put(10);
}

function block(value: u32): u32 {
  let result: u32 = 1;
  part: {
    if (value === 0) break part;
    result += 2;
    if (value === 1) break part;
    result += 4;
  }
  return result;
}

function leaveSwitch(): u32 {
  let rounds: u32 = 0;
  turns: while (true) {
    rounds++;
    switch (rounds) {
      case 1:
      case 2:
        continue;
      case 3:
        break;
      case 4:
        break turns;
      default:
        rounds = 100;
    }
  }
  return rounds;
}

function whileOuter(): u32 {
  let count: u32 = 0;
  let i: u32 = 0;
  outer: while (i < 6) {
    i++;
    let j: u32 = 0;
    do {
      j++;
      if (j === i) continue outer;
      if (j === 3) break;
      count++;
    } while (j < 10);
  }
  return count;
}

export function main(): void {
  find(42);
  primes(30);
  text("block");
  number(block(1));
  text("\nswitch");
  number(leaveSwitch());
  text("\ninner");
  number(whileOuter());
  put(10);
  flush();
}
