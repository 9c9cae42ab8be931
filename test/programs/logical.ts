// && || ! with side effects: the right side is evaluated only when it decides. As conditions, as values, mixed.
//
// expect: and a- ab- ab+
// expect: or ab- ab+ a+
// expect: values false false false true
// expect: values false true true true
// expect: not true false true
// expect: deep 1 0 0 1 1 0 0 0
// expect: calls 13

import { decimal, flush, line, put, text } from "./support/print.ts";

let calls: u32 = 0;

function say(name: u8, value: bool): bool {
  put(name);
  return value;
}

function outcome(value: bool): void {
  if (value) put(43);
  else put(45);
}

function both(a: bool, b: bool): void {
  put(32);
  if (say(97, a) && say(98, b)) outcome(true);
  else outcome(false);
}

function either(a: bool, b: bool): void {
  put(32);
  if (say(97, a) || say(98, b)) outcome(true);
  else outcome(false);
}

function and(a: bool, b: bool): bool {
  return a && b;
}

function or(a: bool, b: bool): bool {
  return a || b;
}

function word(value: bool): void {
  text(value ? " true" : " false");
}

function counted(value: bool): bool {
  calls++;
  return value;
}

function deep(a: u32, b: u32, c: u32): bool {
  return (a < b || (b !== c && !(a === c))) && !(c > 6 || (a === 0 && b === 0));
}

function digit(value: bool): void {
  put(32);
  put(value ? 49 : 48);
}

export function main(): void {
  text("and");
  both(false, true);
  both(true, false);
  both(true, true);
  put(10);
  text("or");
  either(false, false);
  either(false, true);
  either(true, false);
  put(10);
  text("values");
  word(and(false, false));
  word(and(false, true));
  word(and(true, false));
  word(and(true, true));
  put(10);
  text("values");
  word(or(false, false));
  word(or(false, true));
  word(or(true, false));
  word(or(true, true));
  put(10);
  text("not");
  const yes = and(true, true);
  word(!and(yes, false));
  word(!yes);
  word(!!yes);
  put(10);
  text("deep");
  digit(deep(1, 2, 3));
  digit(deep(3, 3, 3));
  digit(deep(0, 0, 1));
  digit(deep(5, 4, 3));
  digit(deep(2, 3, 6));
  digit(deep(1, 2, 7));
  digit(deep(4, 4, 4));
  digit(deep(9, 7, 9));
  put(10);
  calls = 0;
  if (counted(true) || counted(true)) calls += 10;
  if (counted(true) && counted(false)) calls += 100;
  text("calls ");
  decimal(calls);
  line("");
  flush();
}
