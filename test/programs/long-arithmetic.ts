// 64-bit arithmetic in earnest: modular powers, a greatest common divisor, a square root, a random generator, shifts by a
// variable amount, mixed with narrower values.
//
// expect: power 18446743979566372780
// expect: mersenne 2305843009213693951 prime
// expect: gcd 1000000007
// expect: root 4294967295 3037000499
// expect: random 6457827717110365317 3203168211198807973
// expect: shifts 1 4294967296 9223372036854775808
// expect: signed -4611686018427387904 -1 -5 -2
// expect: carry 1 0
// expect: digits 20

import { decimal, flush, put, signed, text } from "./support/print.ts";

const powers = table<u8>(0, 32, 63);
let state: u64 = 1234567;

function number(value: u64): void {
  put(32);
  decimal(value);
}

function whole(value: i64): void {
  put(32);
  signed(value);
}

/** base to the power of exponent, modulo 2 to the power of 64. */
function power(base: u64, exponent: u32): u64 {
  let result: u64 = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest >>>= 1) {
    if ((rest & 1) === 1) result *= square;
    square *= square;
  }
  return result;
}

function addModulo(a: u64, b: u64, modulus: u64): u64 {
  return a >= modulus - b ? a - (modulus - b) : a + b;
}

function multiplyModulo(a: u64, b: u64, modulus: u64): u64 {
  let result: u64 = 0;
  let addend = a;
  for (let rest = b; rest !== 0; rest >>= 1) {
    if ((rest & 1) !== 0) result = addModulo(result, addend, modulus);
    addend = addModulo(addend, addend, modulus);
  }
  return result;
}

/** The test of Lucas and Lehmer for 2^p - 1. */
function isMersennePrime(p: u32): bool {
  const mersenne = ((1 as u64) << p) - 1;
  let s: u64 = 4;
  for (let i: u32 = 0; i < p - 2; i++) {
    s = multiplyModulo(s, s, mersenne);
    s = s >= 2 ? s - 2 : s + mersenne - 2;
  }
  return s === 0;
}

function gcd(a: u64, b: u64): u64 {
  let x = a;
  let y = b;
  while (y !== 0) {
    const rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

function root(value: u64): u32 {
  let result: u64 = 0;
  for (let bit: u64 = 0x8000_0000; bit !== 0; bit >>= 1) {
    const next = result | bit;
    if (next <= value / next) result = next;
  }
  return result as u32;
}

/** splitmix64, by Sebastiano Vigna. */
function random(): u64 {
  state += ((0x9e3779b9 as u64) << 32) | 0x7f4a7c15;
  let z = state;
  z = (z ^ (z >> 30)) * (((0xbf58476d as u64) << 32) | 0x1ce4e5b9);
  z = (z ^ (z >> 27)) * (((0x94d049bb as u64) << 32) | 0x133111eb);
  return z ^ (z >> 31);
}

function shifted(amount: u8): u64 {
  return (1 as u64) << amount;
}

function halve(value: i64, times: u32): i64 {
  return value >> times;
}

function carry(low: u64, addend: u32): u32 {
  return low + addend < low ? 1 : 0;
}

function countDigits(value: u64): u32 {
  let count: u32 = 0;
  let rest = value;
  do {
    count++;
    rest /= 10;
  } while (rest > 0);
  return count;
}

export function main(): void {
  text("power");
  number(power(~4 as u64, 1) - power(3, 20) * 27 - 4);
  text("\nmersenne");
  number(((1 as u64) << 61) - 1);
  text(isMersennePrime(61) ? " prime" : " composite");
  text("\ngcd");
  number(gcd((1000000007 as u64) * 123456789, (1000000007 as u64) * 987654322));
  text("\nroot");
  number(root(~0 as u64));
  number(root((~0 as u64) >> 1));
  text("\nrandom");
  number(random());
  number(random());
  text("\nshifts");
  for (let i: u32 = 0; i < 3; i++) number(shifted(powers[i]));
  text("\nsigned");
  whole(halve(((1 as u64) << 63) as i64, 1));
  whole(halve(-3, 40));
  whole(halve(-20, 2));
  const five: i64 = -5;
  whole(five / 2);
  text("\ncarry");
  number(carry(~0 as u64, 1));
  number(carry(~1 as u64, 1));
  text("\ndigits");
  number(countDigits(~0 as u64));
  put(10);
  flush();
}
