// Arithmetic on constants that the compiler does itself gives what the machine would.
//
// expect: u8 44 255 128
// expect: i8 -128 -1 127
// expect: u16 65535 65280
// expect: u32 4294967295 2147483648 715827882
// expect: i32 -2147483648 -2 -1
// expect: u64 18446744073709551615 18436744073709551616
// expect: i64 -9223372036854775808 9223372036854775807
// expect: mask 4294967292 252
// expect: literals 255 10 8 1000000
// expect: division -3 -1 3 1
// expect: same 1 1 1

import { decimal, flush, put, signed, text } from "./support/print.ts";

const kilo = 1 << 10;
const limit = kilo * kilo - 48576;
const one: u32 = 1;

function number(value: u64): void {
  put(32);
  decimal(value);
}

function whole(value: i64): void {
  put(32);
  signed(value);
}

function same(left: u32, right: u32): void {
  number(left === right ? 1 : 0);
}

export function main(): void {
  text("u8");
  number((200 as u8) + (100 as u8));
  number((0 as u8) - (1 as u8));
  number((64 as u8) * (2 as u8));
  text("\ni8");
  whole((127 as i8) + (1 as i8));
  whole((127 as i8) * (127 as i8) - (2 as i8));
  whole(-(-127 as i8));
  text("\nu16");
  number(~(0 as u16));
  number((255 as u16) << 8);
  text("\nu32");
  number(~0 as u32);
  number((1 as u32) << 31);
  number((0x80000000 as u32) / 3);
  text("\ni32");
  whole((0x7fffffff as i32) + (1 as i32));
  whole(-5 >> 2);
  whole(-5 % 2);
  text("\nu64");
  number(~0 as u64);
  number((~0 as u64) - (99999999 as u64) * 100000000 - 99999999);
  text("\ni64");
  whole(((1 as u64) << 63) as i64);
  whole((((1 as u64) << 63) as i64) - 1);
  text("\nmask");
  const flags: u32 = ~3 as u32;
  number(flags);
  number((flags & 255) as u8);
  text("\nliterals");
  number(0xff);
  number(0b1010);
  number(0o10);
  number(limit - 48576 + 48576);
  text("\ndivision");
  whole((-7 as i32) / 2);
  whole((-7 as i32) % 2);
  whole((-7 as i32) / -2);
  whole((7 as i32) % -2);
  text("\nsame");
  same((one + 254) as u8 as u32, 255 as u8 as u32);
  same((one << 31) >>> 31, ((1 as u32) << 31) >>> 31);
  same((one - 2) as i32 as u32, -1 as u32);
  put(10);
  flush();
}
