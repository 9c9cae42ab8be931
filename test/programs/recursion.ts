// Functions that call themselves and each other.
//
// expect: fibonacci 0 1 1 2 3 5 8 13 21 34 55
// expect: ackermann 125
// expect: even true false odd true
// expect: hanoi 1023
// expect: factorial 2432902008176640000
// expect: permutations 720
// expect: gcd 21
// expect: depth 100000

import { decimal, flush, put, text } from "./support/print.ts";

const order = zeroed<Fixed<u8, 6>>();
let moves: u32 = 0;

function number(value: u64): void {
  put(32);
  decimal(value);
}

function fibonacci(n: u32): u32 {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

function ackermann(m: u32, n: u32): u32 {
  if (m === 0) return n + 1;
  if (n === 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

function isEven(n: u32): bool {
  return n === 0 ? true : isOdd(n - 1);
}

function isOdd(n: u32): bool {
  return n === 0 ? false : isEven(n - 1);
}

function hanoi(n: u32, from: u8, to: u8, over: u8): void {
  if (n === 0) return;
  hanoi(n - 1, from, over, to);
  moves++;
  hanoi(n - 1, over, to, from);
}

function factorial(n: u64): u64 {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

function permutations(used: u32): u32 {
  if (used === order.length) return 1;
  let count: u32 = 0;
  for (let i: u32 = 0; i < order.length; i++) {
    if (order[i] !== 0) continue;
    order[i] = 1;
    count += permutations(used + 1);
    order[i] = 0;
  }
  return count;
}

function gcd(a: u32, b: u32): u32 {
  return b === 0 ? a : gcd(b, a % b);
}

function depth(n: u32): u32 {
  return n === 0 ? 0 : 1 + depth(n - 1);
}

function truth(value: bool): void {
  text(value ? " true" : " false");
}

export function main(): void {
  text("fibonacci");
  for (let i: u32 = 0; i <= 10; i++) number(fibonacci(i));
  text("\nackermann");
  number(ackermann(3, 4));
  text("\neven");
  truth(isEven(10));
  truth(isEven(7));
  text(" odd");
  truth(isOdd(7));
  hanoi(10, 1, 2, 3);
  text("\nhanoi");
  number(moves);
  text("\nfactorial");
  number(factorial(20));
  text("\npermutations");
  number(permutations(0));
  text("\ngcd");
  number(gcd(1071, 462));
  text("\ndepth");
  number(depth(100000));
  put(10);
  flush();
}
