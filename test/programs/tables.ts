// Read-only tables of every width, indexed by constants and by variables.
//
// expect: bytes 1 128 255
// expect: signed -128 -1 127
// expect: halves 65535 -32768
// expect: words 4294967295 -2147483648
// expect: longs 18446744073709551615 -9223372036854775808
// expect: length 12 days 365
// expect: pointer 31 28 31
// expect: booleans 1 0 1

import { decimal, flush, put, signed, text } from "./support/print.ts";

const unsigned8 = table<u8>(1, 128, 255);
const signed8 = table<i8>(-128, -1, 127);
const unsigned16 = table<u16>(0, 65535);
const signed16 = table<i16>(1, -32768);
const unsigned32 = table<u32>(0xffffffff);
const signed32 = table<i32>(0, 0, -2147483648);
const unsigned64 = table<u64>(~0 as u64);
const signed64 = table<i64>(7, ((1 as u64) << 63) as i64);
const booleans = table<bool>(true, false, 3 > 2);
const days = table<u16>(31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

function number(value: u64): void {
  put(32);
  decimal(value);
}

function whole(value: i64): void {
  put(32);
  signed(value);
}

function at(values: Ptr<u16>, index: u8): u16 {
  return values[index];
}

export function main(): void {
  text("bytes");
  for (let i: u32 = 0; i < unsigned8.length; i++) number(unsigned8[i]);
  text("\nsigned");
  for (let i: u32 = 0; i < signed8.length; i++) whole(signed8[i]);
  text("\nhalves");
  number(unsigned16[1]);
  whole(signed16[1]);
  text("\nwords");
  number(unsigned32[0]);
  whole(signed32[2]);
  text("\nlongs");
  number(unsigned64[0]);
  whole(signed64[1]);
  let sum: u32 = 0;
  for (let i: u32 = 0; i < days.length; i++) sum += days[i];
  text("\nlength");
  number(days.length);
  text(" days");
  number(sum);
  text("\npointer");
  for (let i: u8 = 0; i < 3; i++) number(at(days, i));
  text("\nbooleans");
  for (let i: u32 = 0; i < booleans.length; i++) number(booleans[i] ? 1 : 0);
  put(10);
  flush();
}
