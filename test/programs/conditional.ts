// `?:` as a value, nested, as a condition, with calls on both sides, and for strings.
//
// expect: -1 0 1
// expect: min 3 max 8
// expect: left 1 right 0
// expect: left 1 right 1
// expect: inside outside inside
// expect: small 5 large 9
// expect: 255 0 18446744073709551615
// expect: 4

import { decimal, flush, line, put, signed, text } from "./support/print.ts";

let lefts: u32 = 0;
let rights: u32 = 0;

function left(): u32 {
  lefts++;
  return 1;
}

function right(): u32 {
  rights++;
  return 2;
}

/** The second condition is never true, so nothing is divided, though nobody says so before the program is simplified. */
function undivided(value: i32): i32 {
  return value > 1 && 1 >= 252 ? 7 % value : 4;
}

function sign(value: i32): i32 {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

function choose(condition: bool): u32 {
  return condition ? left() : right();
}

function counts(): void {
  text("left ");
  decimal(lefts);
  text(" right ");
  decimal(rights);
  put(10);
}

function isInside(value: u32, strict: bool): bool {
  return strict ? value > 2 && value < 5 : value >= 2 && value <= 5;
}

function where(value: u32, strict: bool): void {
  if (strict ? value > 2 && value < 5 : isInside(value, strict)) text("inside");
  else text("outside");
}

function named(value: u32): void {
  const name = value < 7 ? "small " : "large ";
  text(name);
  decimal(value);
}

function all(condition: bool): u64 {
  const mask: u64 = condition ? (~0 as u64) : 0;
  return mask;
}

function low(condition: bool): u8 {
  return condition ? 255 : 0;
}

export function main(): void {
  signed(sign(-7));
  put(32);
  signed(sign(0));
  put(32);
  signed(sign(12));
  put(10);
  const a: u32 = 8;
  const b: u32 = 3;
  text("min ");
  decimal(a < b ? a : b);
  text(" max ");
  decimal(a > b ? a : b);
  put(10);
  choose(true);
  counts();
  choose(false);
  counts();
  where(3, true);
  put(32);
  where(2, true);
  put(32);
  where(2, false);
  put(10);
  named(5);
  put(32);
  named(9);
  put(10);
  decimal(low(true));
  put(32);
  decimal(low(false));
  put(32);
  decimal(all(true));
  line("");
  signed(undivided(a as i32));
  line("");
  flush();
}
