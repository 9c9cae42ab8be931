// Strings: constants, parameters, lengths, bytes, escapes and UTF-8, chosen at run time.
//
// expect: 5 (hello)
// expect: 0 ()
// expect: 7 (größe)
// expect: 9 10 34 92 65 0
// expect: longest elephant
// expect: equal yes no
// expect: reversed olleh
// expect: replaced: later
// expect: 4 97 100

import { decimal, flush, line, put, text } from "./support/print.ts";

const greeting = "hello";
const size = greeting.length;

function show(value: string): void {
  decimal(value.length);
  text(" (");
  text(value);
  line(")");
}

function longest(a: string, b: string, c: string): string_choice {
  let best = a;
  let which: string_choice = 0;
  if (b.length > best.length) {
    best = b;
    which = 1;
  }
  if (c.length > best.length) {
    best = c;
    which = 2;
  }
  line(best);
  return which;
}

type string_choice = u32;

function isEqual(left: string, right: string): bool {
  return left.length === right.length && equal(bytes(left), bytes(right), left.length);
}

function reversed(value: string): void {
  const address = bytes(value);
  for (let i = value.length; i > 0; i--) put(address[i - 1]);
}

function codes(value: string): void {
  for (let i: u32 = 0; i < value.length; i++) {
    if (i > 0) put(32);
    decimal(bytes(value)[i]);
  }
  put(10);
}

export function main(): void {
  show(greeting);
  show("");
  show("größe");
  codes('\t\n"\\A\0');
  text("longest ");
  longest("cat", "elephant", "horse");
  text("equal ");
  text(isEqual("abc", "abc") ? "yes" : "no");
  line(isEqual("abc", "abd") ? " yes" : " no");
  text("reversed ");
  reversed(greeting);
  put(10);
  let message = "sooner";
  if (size === 5) message = "later";
  text("replaced: ");
  line(message);
  const address = bytes("abcd");
  decimal("abcd".length);
  put(32);
  decimal(address[0]);
  put(32);
  decimal(address[3]);
  put(10);
  flush();
}
