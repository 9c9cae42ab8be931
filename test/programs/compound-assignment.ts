// Compound assignment, ++ and -- on a local, a global, an element and a field of every width; a checksum for each.
//
// expect: u8 9fe6236e 9fe6236e 9fe6236e 9fe6236e
// expect: i16 c8551631 c8551631 c8551631 c8551631
// expect: u32 c8551631 c8551631 c8551631 c8551631
// expect: i64 c8551631 c8551631 c8551631 c8551631

import { flush, hex, put, text } from "./support/print.ts";

class Record {
  u8: u8;
  i16: i16;
  u32: u32;
  i64: i64;
}

const record = zeroed<Record>();
let variableU8: u8 = 200;
const elementsU8 = zeroed<Fixed<u8, 4>>();
let variableI16: i16 = 200;
const elementsI16 = zeroed<Fixed<i16, 4>>();
let variableU32: u32 = 200;
const elementsU32 = zeroed<Fixed<u32, 4>>();
let variableI64: i64 = 200;
const elementsI64 = zeroed<Fixed<i64, 4>>();
let sum: u32 = 0;
let one: u32 = 1;

function second(): u32 {
  return one;
}

function mix(value: u32): void {
  sum = (rotateLeft(sum, 5) ^ value) * 0x9e3779b1;
}

function end(): void {
  put(32);
  hex(sum);
  sum = 0;
}

function localU8(): void {
  let value: u8 = 200;
  value += 100;
  mix(value as u32);
  value *= 7;
  mix(value as u32);
  value -= 33;
  mix(value as u32);
  value <<= 2;
  mix(value as u32);
  value ^= 85;
  mix(value as u32);
  value |= 6;
  mix(value as u32);
  value &= 119;
  mix(value as u32);
  value >>= 1;
  mix(value as u32);
  value %= 40;
  mix(value as u32);
  value /= 3;
  mix(value as u32);
  value += 5;
  mix(value as u32);
  mix(value++ as u32);
  mix(++value as u32);
  mix(value-- as u32);
  mix(--value as u32);
  mix(value as u32);
}

function globalU8(): void {
  variableU8 += 100;
  mix(variableU8 as u32);
  variableU8 *= 7;
  mix(variableU8 as u32);
  variableU8 -= 33;
  mix(variableU8 as u32);
  variableU8 <<= 2;
  mix(variableU8 as u32);
  variableU8 ^= 85;
  mix(variableU8 as u32);
  variableU8 |= 6;
  mix(variableU8 as u32);
  variableU8 &= 119;
  mix(variableU8 as u32);
  variableU8 >>= 1;
  mix(variableU8 as u32);
  variableU8 %= 40;
  mix(variableU8 as u32);
  variableU8 /= 3;
  mix(variableU8 as u32);
  variableU8 += 5;
  mix(variableU8 as u32);
  mix(variableU8++ as u32);
  mix(++variableU8 as u32);
  mix(variableU8-- as u32);
  mix(--variableU8 as u32);
  mix(variableU8 as u32);
}

function elementU8(): void {
  const at = second();
  elementsU8[at] = 200;
  elementsU8[at] += 100;
  mix(elementsU8[at] as u32);
  elementsU8[at] *= 7;
  mix(elementsU8[at] as u32);
  elementsU8[at] -= 33;
  mix(elementsU8[at] as u32);
  elementsU8[at] <<= 2;
  mix(elementsU8[at] as u32);
  elementsU8[at] ^= 85;
  mix(elementsU8[at] as u32);
  elementsU8[at] |= 6;
  mix(elementsU8[at] as u32);
  elementsU8[at] &= 119;
  mix(elementsU8[at] as u32);
  elementsU8[at] >>= 1;
  mix(elementsU8[at] as u32);
  elementsU8[at] %= 40;
  mix(elementsU8[at] as u32);
  elementsU8[at] /= 3;
  mix(elementsU8[at] as u32);
  elementsU8[at] += 5;
  mix(elementsU8[at] as u32);
  mix(elementsU8[at]++ as u32);
  mix(++elementsU8[at] as u32);
  mix(elementsU8[at]-- as u32);
  mix(--elementsU8[at] as u32);
  mix(elementsU8[at] as u32);
}

function fieldU8(): void {
  record.u8 = 200;
  record.u8 += 100;
  mix(record.u8 as u32);
  record.u8 *= 7;
  mix(record.u8 as u32);
  record.u8 -= 33;
  mix(record.u8 as u32);
  record.u8 <<= 2;
  mix(record.u8 as u32);
  record.u8 ^= 85;
  mix(record.u8 as u32);
  record.u8 |= 6;
  mix(record.u8 as u32);
  record.u8 &= 119;
  mix(record.u8 as u32);
  record.u8 >>= 1;
  mix(record.u8 as u32);
  record.u8 %= 40;
  mix(record.u8 as u32);
  record.u8 /= 3;
  mix(record.u8 as u32);
  record.u8 += 5;
  mix(record.u8 as u32);
  mix(record.u8++ as u32);
  mix(++record.u8 as u32);
  mix(record.u8-- as u32);
  mix(--record.u8 as u32);
  mix(record.u8 as u32);
}

function localI16(): void {
  let value: i16 = 200;
  value += 100;
  mix(value as u32);
  value *= 7;
  mix(value as u32);
  value -= 33;
  mix(value as u32);
  value <<= 2;
  mix(value as u32);
  value ^= 85;
  mix(value as u32);
  value |= 6;
  mix(value as u32);
  value &= 119;
  mix(value as u32);
  value >>= 1;
  mix(value as u32);
  value %= 40;
  mix(value as u32);
  value /= 3;
  mix(value as u32);
  value += 5;
  mix(value as u32);
  mix(value++ as u32);
  mix(++value as u32);
  mix(value-- as u32);
  mix(--value as u32);
  mix(value as u32);
}

function globalI16(): void {
  variableI16 += 100;
  mix(variableI16 as u32);
  variableI16 *= 7;
  mix(variableI16 as u32);
  variableI16 -= 33;
  mix(variableI16 as u32);
  variableI16 <<= 2;
  mix(variableI16 as u32);
  variableI16 ^= 85;
  mix(variableI16 as u32);
  variableI16 |= 6;
  mix(variableI16 as u32);
  variableI16 &= 119;
  mix(variableI16 as u32);
  variableI16 >>= 1;
  mix(variableI16 as u32);
  variableI16 %= 40;
  mix(variableI16 as u32);
  variableI16 /= 3;
  mix(variableI16 as u32);
  variableI16 += 5;
  mix(variableI16 as u32);
  mix(variableI16++ as u32);
  mix(++variableI16 as u32);
  mix(variableI16-- as u32);
  mix(--variableI16 as u32);
  mix(variableI16 as u32);
}

function elementI16(): void {
  const at = second();
  elementsI16[at] = 200;
  elementsI16[at] += 100;
  mix(elementsI16[at] as u32);
  elementsI16[at] *= 7;
  mix(elementsI16[at] as u32);
  elementsI16[at] -= 33;
  mix(elementsI16[at] as u32);
  elementsI16[at] <<= 2;
  mix(elementsI16[at] as u32);
  elementsI16[at] ^= 85;
  mix(elementsI16[at] as u32);
  elementsI16[at] |= 6;
  mix(elementsI16[at] as u32);
  elementsI16[at] &= 119;
  mix(elementsI16[at] as u32);
  elementsI16[at] >>= 1;
  mix(elementsI16[at] as u32);
  elementsI16[at] %= 40;
  mix(elementsI16[at] as u32);
  elementsI16[at] /= 3;
  mix(elementsI16[at] as u32);
  elementsI16[at] += 5;
  mix(elementsI16[at] as u32);
  mix(elementsI16[at]++ as u32);
  mix(++elementsI16[at] as u32);
  mix(elementsI16[at]-- as u32);
  mix(--elementsI16[at] as u32);
  mix(elementsI16[at] as u32);
}

function fieldI16(): void {
  record.i16 = 200;
  record.i16 += 100;
  mix(record.i16 as u32);
  record.i16 *= 7;
  mix(record.i16 as u32);
  record.i16 -= 33;
  mix(record.i16 as u32);
  record.i16 <<= 2;
  mix(record.i16 as u32);
  record.i16 ^= 85;
  mix(record.i16 as u32);
  record.i16 |= 6;
  mix(record.i16 as u32);
  record.i16 &= 119;
  mix(record.i16 as u32);
  record.i16 >>= 1;
  mix(record.i16 as u32);
  record.i16 %= 40;
  mix(record.i16 as u32);
  record.i16 /= 3;
  mix(record.i16 as u32);
  record.i16 += 5;
  mix(record.i16 as u32);
  mix(record.i16++ as u32);
  mix(++record.i16 as u32);
  mix(record.i16-- as u32);
  mix(--record.i16 as u32);
  mix(record.i16 as u32);
}

function localU32(): void {
  let value: u32 = 200;
  value += 100;
  mix(value as u32);
  value *= 7;
  mix(value as u32);
  value -= 33;
  mix(value as u32);
  value <<= 2;
  mix(value as u32);
  value ^= 85;
  mix(value as u32);
  value |= 6;
  mix(value as u32);
  value &= 119;
  mix(value as u32);
  value >>= 1;
  mix(value as u32);
  value %= 40;
  mix(value as u32);
  value /= 3;
  mix(value as u32);
  value += 5;
  mix(value as u32);
  mix(value++ as u32);
  mix(++value as u32);
  mix(value-- as u32);
  mix(--value as u32);
  mix(value as u32);
}

function globalU32(): void {
  variableU32 += 100;
  mix(variableU32 as u32);
  variableU32 *= 7;
  mix(variableU32 as u32);
  variableU32 -= 33;
  mix(variableU32 as u32);
  variableU32 <<= 2;
  mix(variableU32 as u32);
  variableU32 ^= 85;
  mix(variableU32 as u32);
  variableU32 |= 6;
  mix(variableU32 as u32);
  variableU32 &= 119;
  mix(variableU32 as u32);
  variableU32 >>= 1;
  mix(variableU32 as u32);
  variableU32 %= 40;
  mix(variableU32 as u32);
  variableU32 /= 3;
  mix(variableU32 as u32);
  variableU32 += 5;
  mix(variableU32 as u32);
  mix(variableU32++ as u32);
  mix(++variableU32 as u32);
  mix(variableU32-- as u32);
  mix(--variableU32 as u32);
  mix(variableU32 as u32);
}

function elementU32(): void {
  const at = second();
  elementsU32[at] = 200;
  elementsU32[at] += 100;
  mix(elementsU32[at] as u32);
  elementsU32[at] *= 7;
  mix(elementsU32[at] as u32);
  elementsU32[at] -= 33;
  mix(elementsU32[at] as u32);
  elementsU32[at] <<= 2;
  mix(elementsU32[at] as u32);
  elementsU32[at] ^= 85;
  mix(elementsU32[at] as u32);
  elementsU32[at] |= 6;
  mix(elementsU32[at] as u32);
  elementsU32[at] &= 119;
  mix(elementsU32[at] as u32);
  elementsU32[at] >>= 1;
  mix(elementsU32[at] as u32);
  elementsU32[at] %= 40;
  mix(elementsU32[at] as u32);
  elementsU32[at] /= 3;
  mix(elementsU32[at] as u32);
  elementsU32[at] += 5;
  mix(elementsU32[at] as u32);
  mix(elementsU32[at]++ as u32);
  mix(++elementsU32[at] as u32);
  mix(elementsU32[at]-- as u32);
  mix(--elementsU32[at] as u32);
  mix(elementsU32[at] as u32);
}

function fieldU32(): void {
  record.u32 = 200;
  record.u32 += 100;
  mix(record.u32 as u32);
  record.u32 *= 7;
  mix(record.u32 as u32);
  record.u32 -= 33;
  mix(record.u32 as u32);
  record.u32 <<= 2;
  mix(record.u32 as u32);
  record.u32 ^= 85;
  mix(record.u32 as u32);
  record.u32 |= 6;
  mix(record.u32 as u32);
  record.u32 &= 119;
  mix(record.u32 as u32);
  record.u32 >>= 1;
  mix(record.u32 as u32);
  record.u32 %= 40;
  mix(record.u32 as u32);
  record.u32 /= 3;
  mix(record.u32 as u32);
  record.u32 += 5;
  mix(record.u32 as u32);
  mix(record.u32++ as u32);
  mix(++record.u32 as u32);
  mix(record.u32-- as u32);
  mix(--record.u32 as u32);
  mix(record.u32 as u32);
}

function localI64(): void {
  let value: i64 = 200;
  value += 100;
  mix(value as u32);
  value *= 7;
  mix(value as u32);
  value -= 33;
  mix(value as u32);
  value <<= 2;
  mix(value as u32);
  value ^= 85;
  mix(value as u32);
  value |= 6;
  mix(value as u32);
  value &= 119;
  mix(value as u32);
  value >>= 1;
  mix(value as u32);
  value %= 40;
  mix(value as u32);
  value /= 3;
  mix(value as u32);
  value += 5;
  mix(value as u32);
  mix(value++ as u32);
  mix(++value as u32);
  mix(value-- as u32);
  mix(--value as u32);
  mix(value as u32);
}

function globalI64(): void {
  variableI64 += 100;
  mix(variableI64 as u32);
  variableI64 *= 7;
  mix(variableI64 as u32);
  variableI64 -= 33;
  mix(variableI64 as u32);
  variableI64 <<= 2;
  mix(variableI64 as u32);
  variableI64 ^= 85;
  mix(variableI64 as u32);
  variableI64 |= 6;
  mix(variableI64 as u32);
  variableI64 &= 119;
  mix(variableI64 as u32);
  variableI64 >>= 1;
  mix(variableI64 as u32);
  variableI64 %= 40;
  mix(variableI64 as u32);
  variableI64 /= 3;
  mix(variableI64 as u32);
  variableI64 += 5;
  mix(variableI64 as u32);
  mix(variableI64++ as u32);
  mix(++variableI64 as u32);
  mix(variableI64-- as u32);
  mix(--variableI64 as u32);
  mix(variableI64 as u32);
}

function elementI64(): void {
  const at = second();
  elementsI64[at] = 200;
  elementsI64[at] += 100;
  mix(elementsI64[at] as u32);
  elementsI64[at] *= 7;
  mix(elementsI64[at] as u32);
  elementsI64[at] -= 33;
  mix(elementsI64[at] as u32);
  elementsI64[at] <<= 2;
  mix(elementsI64[at] as u32);
  elementsI64[at] ^= 85;
  mix(elementsI64[at] as u32);
  elementsI64[at] |= 6;
  mix(elementsI64[at] as u32);
  elementsI64[at] &= 119;
  mix(elementsI64[at] as u32);
  elementsI64[at] >>= 1;
  mix(elementsI64[at] as u32);
  elementsI64[at] %= 40;
  mix(elementsI64[at] as u32);
  elementsI64[at] /= 3;
  mix(elementsI64[at] as u32);
  elementsI64[at] += 5;
  mix(elementsI64[at] as u32);
  mix(elementsI64[at]++ as u32);
  mix(++elementsI64[at] as u32);
  mix(elementsI64[at]-- as u32);
  mix(--elementsI64[at] as u32);
  mix(elementsI64[at] as u32);
}

function fieldI64(): void {
  record.i64 = 200;
  record.i64 += 100;
  mix(record.i64 as u32);
  record.i64 *= 7;
  mix(record.i64 as u32);
  record.i64 -= 33;
  mix(record.i64 as u32);
  record.i64 <<= 2;
  mix(record.i64 as u32);
  record.i64 ^= 85;
  mix(record.i64 as u32);
  record.i64 |= 6;
  mix(record.i64 as u32);
  record.i64 &= 119;
  mix(record.i64 as u32);
  record.i64 >>= 1;
  mix(record.i64 as u32);
  record.i64 %= 40;
  mix(record.i64 as u32);
  record.i64 /= 3;
  mix(record.i64 as u32);
  record.i64 += 5;
  mix(record.i64 as u32);
  mix(record.i64++ as u32);
  mix(++record.i64 as u32);
  mix(record.i64-- as u32);
  mix(--record.i64 as u32);
  mix(record.i64 as u32);
}

export function main(): void {
  one = 1;
  text("u8");
  localU8();
  end();
  globalU8();
  end();
  elementU8();
  end();
  fieldU8();
  end();
  put(10);
  text("i16");
  localI16();
  end();
  globalI16();
  end();
  elementI16();
  end();
  fieldI16();
  end();
  put(10);
  text("u32");
  localU32();
  end();
  globalU32();
  end();
  elementU32();
  end();
  fieldU32();
  end();
  put(10);
  text("i64");
  localI64();
  end();
  globalI64();
  end();
  elementI64();
  end();
  fieldI64();
  end();
  put(10);
  flush();
}
