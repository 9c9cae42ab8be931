// Operands are evaluated from left to right, an assignment's place before its value, and a variable that is read
// before it is changed has its old value.
//
// expect: add ab 3
// expect: call abc 123
// expect: store abc 7
// expect: old 5 11
// expect: postfix 1 3 2
// expect: index 1 0 9
// expect: chain 4 4 4
// expect: compare ba true
// expect: global 12 2

import { decimal, flush, put, text } from "./support/print.ts";

const values = zeroed<Fixed<u32, 4>>();
let counter: u32 = 0;

function say(name: u8, value: u32): u32 {
  put(name);
  return value;
}

function number(value: u32): void {
  put(32);
  decimal(value);
}

function join(a: u32, b: u32, c: u32): u32 {
  return a * 100 + b * 10 + c;
}

function place(): Ptr<u32> {
  put(97);
  return values;
}

function bump(): u32 {
  counter += 10;
  return 1;
}

function readThenBump(): u32 {
  return counter + bump() + 1;
}

function bumpThenRead(): u32 {
  counter = 0;
  return bump() + counter + 1;
}

export function main(): void {
  text("add ");
  number(say(97, 1) + say(98, 2));
  text("\ncall ");
  number(join(say(97, 1), say(98, 2), say(99, 3)));
  text("\nstore ");
  place()[say(98, 1)] = say(99, 7);
  number(values[1]);
  let x: u32 = 5;
  const old = x;
  // biome-ignore lint/suspicious/noAssignInExpressions: what this is about
  const both = x + (x = 6);
  text("\nold");
  number(old);
  number(both);
  let i: u32 = 1;
  text("\npostfix");
  number(i++);
  number(++i);
  number(--i);
  i = 0;
  values[0] = 8;
  values[i++] = values[0] + 1 + i - 1;
  text("\nindex");
  number(i);
  number(values[2]);
  number(values[0]);
  let a: u32 = 0;
  let b: u32 = 0;
  a = b = values[3] = 4;
  text("\nchain");
  number(a);
  number(b);
  number(values[3]);
  text("\ncompare ");
  const less = say(98, 3) > say(97, 2);
  text(less ? " true" : " false");
  text("\nglobal");
  const later = bumpThenRead();
  counter = 0;
  number(later);
  number(readThenBump());
  put(10);
  flush();
}
