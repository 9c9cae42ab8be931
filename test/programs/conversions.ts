// Every integer type cast to every other, at edge values from memory: the result widened to 64 bits.
//
// expect: u8-u8 11997960
// expect: u8-i8 699a6cf8
// expect: u8-u16 11997960
// expect: u8-i16 11997960
// expect: u8-u32 11997960
// expect: u8-i32 11997960
// expect: u8-u64 11997960
// expect: u8-i64 11997960
// expect: i8-u8 d3381910
// expect: i8-i8 d0b9a712
// expect: i8-u16 9bfbff17
// expect: i8-i16 d0b9a712
// expect: i8-u32 40faec1a
// expect: i8-i32 d0b9a712
// expect: i8-u64 d0b9a712
// expect: i8-i64 d0b9a712
// expect: u16-u8 a95fe688
// expect: u16-i8 4acd6577
// expect: u16-u16 855c9a57
// expect: u16-i16 5e34acc4
// expect: u16-u32 855c9a57
// expect: u16-i32 855c9a57
// expect: u16-u64 855c9a57
// expect: u16-i64 855c9a57
// expect: i16-u8 269e0248
// expect: i16-i8 39a33c06
// expect: i16-u16 35b63b26
// expect: i16-i16 c6efb66c
// expect: i16-u32 804f9eff
// expect: i16-i32 c6efb66c
// expect: i16-u64 c6efb66c
// expect: i16-i64 c6efb66c
// expect: u32-u8 a95fe688
// expect: u32-i8 4acd6577
// expect: u32-u16 ff3ea480
// expect: u32-i16 4acd6577
// expect: u32-u32 b969b715
// expect: u32-i32 f5554df7
// expect: u32-u64 b969b715
// expect: u32-i64 b969b715
// expect: i32-u8 269e0248
// expect: i32-i8 39a33c06
// expect: i32-u16 8a016dee
// expect: i32-i16 39a33c06
// expect: i32-u32 0d9e5cbc
// expect: i32-i32 68540942
// expect: i32-u64 68540942
// expect: i32-i64 68540942
// expect: u64-u8 a95fe688
// expect: u64-i8 4acd6577
// expect: u64-u16 ff3ea480
// expect: u64-i16 4acd6577
// expect: u64-u32 762e8844
// expect: u64-i32 4acd6577
// expect: u64-u64 ee107b9f
// expect: u64-i64 ee107b9f
// expect: i64-u8 269e0248
// expect: i64-i8 39a33c06
// expect: i64-u16 8a016dee
// expect: i64-i16 39a33c06
// expect: i64-u32 a1ecb9db
// expect: i64-i32 39a33c06
// expect: i64-u64 6c98c1ad
// expect: i64-i64 6c98c1ad

import { flush, showHex } from "./support/print.ts";

const fromU8 = table<u8>(0, 1, 0x7f, 0x80, 0xff);
const fromI8 = table<i8>(0, 1, 127, -1, -128);
const fromU16 = table<u16>(0, 1, 0x7fff, 0x8000, 0xffff);
const fromI16 = table<i16>(0, 1, 32767, -1, -32768);
const fromU32 = table<u32>(0, 1, 0x7fffffff, 0x80000000, 0xffffffff);
const fromI32 = table<i32>(0, 1, 2147483647, -1, -2147483648);
const fromU64 = table<u64>(0, 1, (~0 as u64) >> 1, (1 as u64) << 63, ~0 as u64);
const fromI64 = table<i64>(0, 1, ((~0 as u64) >> 1) as i64, -1, ((1 as u64) << 63) as i64);
let sum: u32 = 0;

function mix(value: u64): void {
  sum = (rotateLeft(sum, 5) ^ (value as u32)) * 0x9e3779b1;
  sum = (rotateLeft(sum, 5) ^ ((value >>> 32) as u32)) * 0x9e3779b1;
}

function end(name: string): void {
  showHex(name, sum);
  sum = 0;
}

function convertU8(): void {
  for (let i: u32 = 0; i < 5; i++) mix(fromU8[i] as u8 as u64 as u64);
  end("u8-u8");
  for (let i: u32 = 0; i < 5; i++) mix(fromU8[i] as i8 as i64 as u64);
  end("u8-i8");
  for (let i: u32 = 0; i < 5; i++) mix(fromU8[i] as u16 as u64 as u64);
  end("u8-u16");
  for (let i: u32 = 0; i < 5; i++) mix(fromU8[i] as i16 as i64 as u64);
  end("u8-i16");
  for (let i: u32 = 0; i < 5; i++) mix(fromU8[i] as u32 as u64 as u64);
  end("u8-u32");
  for (let i: u32 = 0; i < 5; i++) mix(fromU8[i] as i32 as i64 as u64);
  end("u8-i32");
  for (let i: u32 = 0; i < 5; i++) mix(fromU8[i] as u64 as u64 as u64);
  end("u8-u64");
  for (let i: u32 = 0; i < 5; i++) mix(fromU8[i] as i64 as i64 as u64);
  end("u8-i64");
}

function convertI8(): void {
  for (let i: u32 = 0; i < 5; i++) mix(fromI8[i] as u8 as u64 as u64);
  end("i8-u8");
  for (let i: u32 = 0; i < 5; i++) mix(fromI8[i] as i8 as i64 as u64);
  end("i8-i8");
  for (let i: u32 = 0; i < 5; i++) mix(fromI8[i] as u16 as u64 as u64);
  end("i8-u16");
  for (let i: u32 = 0; i < 5; i++) mix(fromI8[i] as i16 as i64 as u64);
  end("i8-i16");
  for (let i: u32 = 0; i < 5; i++) mix(fromI8[i] as u32 as u64 as u64);
  end("i8-u32");
  for (let i: u32 = 0; i < 5; i++) mix(fromI8[i] as i32 as i64 as u64);
  end("i8-i32");
  for (let i: u32 = 0; i < 5; i++) mix(fromI8[i] as u64 as u64 as u64);
  end("i8-u64");
  for (let i: u32 = 0; i < 5; i++) mix(fromI8[i] as i64 as i64 as u64);
  end("i8-i64");
}

function convertU16(): void {
  for (let i: u32 = 0; i < 5; i++) mix(fromU16[i] as u8 as u64 as u64);
  end("u16-u8");
  for (let i: u32 = 0; i < 5; i++) mix(fromU16[i] as i8 as i64 as u64);
  end("u16-i8");
  for (let i: u32 = 0; i < 5; i++) mix(fromU16[i] as u16 as u64 as u64);
  end("u16-u16");
  for (let i: u32 = 0; i < 5; i++) mix(fromU16[i] as i16 as i64 as u64);
  end("u16-i16");
  for (let i: u32 = 0; i < 5; i++) mix(fromU16[i] as u32 as u64 as u64);
  end("u16-u32");
  for (let i: u32 = 0; i < 5; i++) mix(fromU16[i] as i32 as i64 as u64);
  end("u16-i32");
  for (let i: u32 = 0; i < 5; i++) mix(fromU16[i] as u64 as u64 as u64);
  end("u16-u64");
  for (let i: u32 = 0; i < 5; i++) mix(fromU16[i] as i64 as i64 as u64);
  end("u16-i64");
}

function convertI16(): void {
  for (let i: u32 = 0; i < 5; i++) mix(fromI16[i] as u8 as u64 as u64);
  end("i16-u8");
  for (let i: u32 = 0; i < 5; i++) mix(fromI16[i] as i8 as i64 as u64);
  end("i16-i8");
  for (let i: u32 = 0; i < 5; i++) mix(fromI16[i] as u16 as u64 as u64);
  end("i16-u16");
  for (let i: u32 = 0; i < 5; i++) mix(fromI16[i] as i16 as i64 as u64);
  end("i16-i16");
  for (let i: u32 = 0; i < 5; i++) mix(fromI16[i] as u32 as u64 as u64);
  end("i16-u32");
  for (let i: u32 = 0; i < 5; i++) mix(fromI16[i] as i32 as i64 as u64);
  end("i16-i32");
  for (let i: u32 = 0; i < 5; i++) mix(fromI16[i] as u64 as u64 as u64);
  end("i16-u64");
  for (let i: u32 = 0; i < 5; i++) mix(fromI16[i] as i64 as i64 as u64);
  end("i16-i64");
}

function convertU32(): void {
  for (let i: u32 = 0; i < 5; i++) mix(fromU32[i] as u8 as u64 as u64);
  end("u32-u8");
  for (let i: u32 = 0; i < 5; i++) mix(fromU32[i] as i8 as i64 as u64);
  end("u32-i8");
  for (let i: u32 = 0; i < 5; i++) mix(fromU32[i] as u16 as u64 as u64);
  end("u32-u16");
  for (let i: u32 = 0; i < 5; i++) mix(fromU32[i] as i16 as i64 as u64);
  end("u32-i16");
  for (let i: u32 = 0; i < 5; i++) mix(fromU32[i] as u32 as u64 as u64);
  end("u32-u32");
  for (let i: u32 = 0; i < 5; i++) mix(fromU32[i] as i32 as i64 as u64);
  end("u32-i32");
  for (let i: u32 = 0; i < 5; i++) mix(fromU32[i] as u64 as u64 as u64);
  end("u32-u64");
  for (let i: u32 = 0; i < 5; i++) mix(fromU32[i] as i64 as i64 as u64);
  end("u32-i64");
}

function convertI32(): void {
  for (let i: u32 = 0; i < 5; i++) mix(fromI32[i] as u8 as u64 as u64);
  end("i32-u8");
  for (let i: u32 = 0; i < 5; i++) mix(fromI32[i] as i8 as i64 as u64);
  end("i32-i8");
  for (let i: u32 = 0; i < 5; i++) mix(fromI32[i] as u16 as u64 as u64);
  end("i32-u16");
  for (let i: u32 = 0; i < 5; i++) mix(fromI32[i] as i16 as i64 as u64);
  end("i32-i16");
  for (let i: u32 = 0; i < 5; i++) mix(fromI32[i] as u32 as u64 as u64);
  end("i32-u32");
  for (let i: u32 = 0; i < 5; i++) mix(fromI32[i] as i32 as i64 as u64);
  end("i32-i32");
  for (let i: u32 = 0; i < 5; i++) mix(fromI32[i] as u64 as u64 as u64);
  end("i32-u64");
  for (let i: u32 = 0; i < 5; i++) mix(fromI32[i] as i64 as i64 as u64);
  end("i32-i64");
}

function convertU64(): void {
  for (let i: u32 = 0; i < 5; i++) mix(fromU64[i] as u8 as u64 as u64);
  end("u64-u8");
  for (let i: u32 = 0; i < 5; i++) mix(fromU64[i] as i8 as i64 as u64);
  end("u64-i8");
  for (let i: u32 = 0; i < 5; i++) mix(fromU64[i] as u16 as u64 as u64);
  end("u64-u16");
  for (let i: u32 = 0; i < 5; i++) mix(fromU64[i] as i16 as i64 as u64);
  end("u64-i16");
  for (let i: u32 = 0; i < 5; i++) mix(fromU64[i] as u32 as u64 as u64);
  end("u64-u32");
  for (let i: u32 = 0; i < 5; i++) mix(fromU64[i] as i32 as i64 as u64);
  end("u64-i32");
  for (let i: u32 = 0; i < 5; i++) mix(fromU64[i] as u64 as u64 as u64);
  end("u64-u64");
  for (let i: u32 = 0; i < 5; i++) mix(fromU64[i] as i64 as i64 as u64);
  end("u64-i64");
}

function convertI64(): void {
  for (let i: u32 = 0; i < 5; i++) mix(fromI64[i] as u8 as u64 as u64);
  end("i64-u8");
  for (let i: u32 = 0; i < 5; i++) mix(fromI64[i] as i8 as i64 as u64);
  end("i64-i8");
  for (let i: u32 = 0; i < 5; i++) mix(fromI64[i] as u16 as u64 as u64);
  end("i64-u16");
  for (let i: u32 = 0; i < 5; i++) mix(fromI64[i] as i16 as i64 as u64);
  end("i64-i16");
  for (let i: u32 = 0; i < 5; i++) mix(fromI64[i] as u32 as u64 as u64);
  end("i64-u32");
  for (let i: u32 = 0; i < 5; i++) mix(fromI64[i] as i32 as i64 as u64);
  end("i64-i32");
  for (let i: u32 = 0; i < 5; i++) mix(fromI64[i] as u64 as u64 as u64);
  end("i64-u64");
  for (let i: u32 = 0; i < 5; i++) mix(fromI64[i] as i64 as i64 as u64);
  end("i64-i64");
}

export function main(): void {
  convertU8();
  convertI8();
  convertU16();
  convertI16();
  convertU32();
  convertI32();
  convertU64();
  convertI64();
  flush();
}
