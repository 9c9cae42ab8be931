// Comparisons of what is one of several numbers: what they give is known when it is the same for each of them.
//
// expect: units 1 60 3600 none
// expect: quotients 7200 120 2 none
// expect: signed yes no yes yes
// expect: bounds 2 no 255 yes
// expect: loop 0 4

import { decimal, flush, put, text } from "./support/print.ts";

function unitOf(letter: u8): u32 {
  let unit: u32 = 0;
  if (letter === byte("s")) unit = 1;
  else if (letter === byte("m")) unit = 60;
  else if (letter === byte("h")) unit = 3600;
  return unit;
}

/** None of them is zero. */
function quotient(letter: u8, of: u32): u32 {
  let unit: u32 = 3600;
  if (letter === byte("s")) unit = 1;
  else if (letter === byte("m")) unit = 60;
  return unit === 0 ? 99 : of / unit;
}

function yesOrNo(is: bool): void {
  text(is ? " yes" : " no");
}

/** -2 and 5: below 6 by their signs only. */
function isBelowSix(first: bool): bool {
  const value: i32 = first ? -2 : 5;
  return value < 6;
}

function isBelowSixUnsigned(first: bool): bool {
  const value: u32 = first ? 0xffff_fffe : 5;
  return value < 6;
}

function masked(first: bool, a: u32, b: u32): u32 {
  const value = first ? a & 3 : b & 0xff;
  return value & 0xff;
}

/** What goes around is not one of the numbers that it begins with. */
function rounds(limit: u32): u32 {
  let count: u32 = 0;
  while (count !== limit) count += 2;
  return count;
}

export function main(): void {
  const letters = bytes("smhx");
  text("units");
  for (let i: u32 = 0; i < 4; i++) {
    const unit = unitOf(letters[i]);
    if (unit === 0) text(" none");
    else {
      put(32);
      decimal(unit as u64);
    }
  }
  text("\nquotients");
  for (let i: u32 = 0; i < 3; i++) {
    put(32);
    decimal(quotient(letters[i], 7200) as u64);
  }
  if (unitOf(letters[3]) === 0) text(" none");
  text("\nsigned");
  // Which of the two it is, is not known before it runs.
  for (let i: u32 = 0; i < 2; i++) {
    yesOrNo(isBelowSix(i === 0));
    yesOrNo(isBelowSixUnsigned(i === 0));
  }
  text("\nbounds");
  for (let i: u32 = 0; i < 2; i++) {
    const value = masked(i === 0, 0xffff_fffe + i, 0xffff_fffe + i);
    put(32);
    decimal(value as u64);
    yesOrNo(value > 3);
  }
  text("\nloop");
  for (let i: u32 = 0; i < 2; i++) {
    put(32);
    decimal(rounds(4 * i) as u64);
  }
  put(10);
  flush();
}
