// What other languages leave open is the same on every machine: overflow, the least number by -1, shifts by as much as the
// width and more, conversions that do not fit, signs of remainders, numbers at odd addresses.
//
// expect: u8 0
// expect: i8 -128
// expect: u16 0
// expect: i16 -32768
// expect: u32 0
// expect: i32 -2147483648
// expect: i64 -9223372036854775808
// expect: least8 -128
// expect: least16 -32768
// expect: least32 -2147483648
// expect: least64 -9223372036854775808
// expect: rest32 0
// expect: rest64 0
// expect: negated -2147483648
// expect: shift8 0
// expect: shift32 1
// expect: shift33 2
// expect: shift64 1
// expect: shift65 2
// expect: down32 -1
// expect: cut 44
// expect: signed -56
// expect: wide -1
// expect: unsigned 4294967295
// expect: quotient -3
// expect: remainder -1
// expect: at1 84148994
// expect: at3 1541
// expect: at5 940138559942690566
// expect: written 328450

import { flush, show } from "./support/print.ts";

class Numbers {
  a8: u8;
  b8: i8;
  a16: u16;
  b16: i16;
  a32: u32;
  b32: i32;
  b64: i64;
  minusOne8: i8;
  minusOne16: i16;
  minusOne32: i32;
  minusOne64: i64;
  amount: u32;
  one32: u32;
  one64: u64;
  seven: i32;
  two: i32;
  many: u32;
}

const numbers = zeroed<Numbers>();
const area = zeroed<Fixed<u8, 16>>();

/** In memory, so that nothing is known when compiling. */
function prepare(stack: usize): void {
  const one = load<usize>(stack) as u32;
  numbers.a8 = (254 + one) as u8;
  numbers.b8 = (126 + one) as i8;
  numbers.a16 = (65534 + one) as u16;
  numbers.b16 = (32766 + one) as i16;
  numbers.a32 = 0xffff_fffe + one;
  numbers.b32 = (0x7fff_fffe + one) as i32;
  numbers.b64 = 0x7fff_ffff_ffff_fffe + (one as i64);
  numbers.minusOne8 = -(one as i32) as i8;
  numbers.minusOne16 = -(one as i32) as i16;
  numbers.minusOne32 = -(one as i32);
  numbers.minusOne64 = -(one as i64);
  numbers.amount = 31 + one;
  numbers.one32 = one;
  numbers.one64 = one;
  numbers.seven = (6 + one) as i32;
  numbers.two = (1 + one) as i32;
  numbers.many = 299 + one;
  for (let i: u32 = 0; i < 16; i++) area[i] = (i + one) as u8;
}

export function main(stack: usize): void {
  prepare(stack);
  const n = numbers;
  n.a8++;
  n.b8++;
  n.a16++;
  n.b16++;
  n.a32++;
  n.b32++;
  n.b64++;
  show("u8", n.a8);
  show("i8", n.b8);
  show("u16", n.a16);
  show("i16", n.b16);
  show("u32", n.a32);
  show("i32", n.b32);
  show("i64", n.b64);
  // All of them are the least of their types now.
  show("least8", n.b8 / n.minusOne8);
  show("least16", n.b16 / n.minusOne16);
  show("least32", n.b32 / n.minusOne32);
  show("least64", n.b64 / n.minusOne64);
  show("rest32", n.b32 % n.minusOne32);
  show("rest64", n.b64 % n.minusOne64);
  show("negated", -n.b32);
  show("shift8", ((n.one32 as u8) << (n.amount - 24)) as u8);
  show("shift32", n.one32 << n.amount);
  show("shift33", n.one32 << (n.amount + 1));
  show("shift64", (n.one64 << (n.amount * 2)) as i64);
  show("shift65", (n.one64 << (n.amount * 2 + 1)) as i64);
  show("down32", n.minusOne32 >> n.amount);
  show("cut", n.many as u8);
  show("signed", (n.many - 100) as i8);
  show("wide", n.minusOne8 as i64);
  show("unsigned", n.minusOne8 as u32);
  show("quotient", -n.seven / n.two);
  show("remainder", -n.seven % n.two);
  const at: usize = address(area);
  show("at1", load<u32>(at + 1));
  show("at3", load<u16>(at + 4));
  show("at5", load<i64>(at + 5));
  store<u32>(at + 3, n.many);
  store<u16>(at + 7, 5);
  show("written", load<u32>(at + 5) + load<u16>(at + 1));
  flush();
}
