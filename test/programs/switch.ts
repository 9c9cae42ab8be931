// switch: falling through, ranges of values, a default in the middle, empty cases, every width, negative values.
//
// expect: fall 7 6 4 0 8
// expect: middle 1 10 3 10
// expect: digit 1 1 0 2 2 0 3
// expect: signed 1 2 3 0 2
// expect: wide 1 2 0 3
// expect: returns ten twenty other
// expect: only 5
// expect: byte 1 2 2 3

import { decimal, flush, put, text } from "./support/print.ts";

function number(value: u32): void {
  put(32);
  decimal(value);
}

function fall(value: u32): u32 {
  let result: u32 = 0;
  switch (value) {
    // biome-ignore lint/suspicious/noFallthroughSwitchClause: what this is about
    case 1:
      result += 1;
    // biome-ignore lint/suspicious/noFallthroughSwitchClause: what this is about
    case 2:
      result += 2;
    case 3:
      result += 4;
      break;
    case 4:
      break;
    default:
      result = 8;
  }
  return result;
}

function middle(value: u32): u32 {
  switch (value) {
    case 1:
      return 1;
    default:
      return 10;
    case 3:
      return 3;
  }
}

function classify(character: u8): u32 {
  switch (character) {
    case 48:
    case 49:
    case 50:
    case 51:
    case 52:
    case 57:
    case 53:
    case 54:
    case 55:
    case 56:
      return 1;
    case 97:
    case 98:
    case 99:
    case 65:
      return 2;
    case 0:
    case 255:
      return 3;
  }
  return 0;
}

function signed(value: i32): u32 {
  switch (value) {
    case -2147483648:
      return 1;
    case -3:
    case -2:
    case -1:
    case 0:
    case 1:
      return 2;
    case 2147483647:
      return 3;
    default:
  }
  return 0;
}

const big: u64 = 0x1_0000_0000;

function wide(value: u64): u32 {
  switch (value) {
    case 1:
      return 1;
    case 0x1_0000_0001:
    case 0x1_0000_0000:
    case 0xffff_ffff:
      return 2;
    case 0x2_0000_0001:
      return 3;
  }
  return 0;
}

function name(value: u32): string_index {
  switch (value) {
    case 10: {
      return 0;
    }
    case 20:
      return 1;
  }
  return 2;
}

type string_index = u32;

function say(index: string_index): void {
  switch (index) {
    case 0:
      text(" ten");
      break;
    case 1:
      text(" twenty");
      break;
    default:
      text(" other");
      break;
  }
}

function onlyDefault(value: u32): u32 {
  let result = value;
  switch (value) {
    default:
      result += 1;
  }
  return result;
}

function ends(value: i8): u32 {
  switch (value) {
    case -128:
      return 1;
    case 127:
    case 126:
      return 2;
  }
  return 3;
}

export function main(): void {
  text("fall");
  for (let i: u32 = 1; i <= 5; i++) number(fall(i));
  text("\nmiddle");
  for (let i: u32 = 1; i <= 4; i++) number(middle(i));
  text("\ndigit");
  number(classify(48));
  number(classify(57));
  number(classify(58));
  number(classify(65));
  number(classify(98));
  number(classify(100));
  number(classify(255));
  text("\nsigned");
  number(signed(-2147483648));
  number(signed(-3));
  number(signed(2147483647));
  number(signed(-4));
  number(signed(1));
  text("\nwide");
  number(wide(1));
  number(wide(big));
  number(wide(big + 2));
  number(wide(big + big + 1));
  text("\nreturns");
  say(name(10));
  say(name(20));
  say(name(30));
  text("\nonly");
  number(onlyDefault(4));
  text("\nbyte");
  number(ends(-128));
  number(ends(127));
  number(ends(126));
  number(ends(0));
  put(10);
  flush();
}
