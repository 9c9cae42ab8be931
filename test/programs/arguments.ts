// The initial stack: argc, argv and the environment, read with `load` from far addresses.
//
// args: one "two words" three
// expect: 4
// expect: 1 one
// expect: 2 two words
// expect: 3 three
// expect: environment yes
// expect: null

import { wordBytes } from "microlith:target";
import { decimal, flush, line, put, text } from "./support/print.ts";

function loadWord(address: usize): usize {
  return load<usize>(address);
}

function length(address: usize): u32 {
  let count: u32 = 0;
  while (load<u8>(address + count) !== 0) count++;
  return count;
}

function print(address: usize): void {
  const size = length(address);
  for (let i: u32 = 0; i < size; i++) put(load<u8>(address + i));
  put(10);
}

function startsWith(address: usize, prefix: string): bool {
  for (let i: u32 = 0; i < prefix.length; i++) {
    if (load<u8>(address + i) !== bytes(prefix)[i]) return false;
  }
  return true;
}

export function main(stack: usize): void {
  const count = loadWord(stack) as u32;
  decimal(count);
  put(10);
  let at = stack + 2 * wordBytes;
  for (let i: u32 = 1; i < count; i++) {
    decimal(i);
    put(32);
    print(loadWord(at));
    at += wordBytes;
  }
  const end = loadWord(at);
  at += wordBytes;
  let found = false;
  for (; loadWord(at) !== 0; at += wordBytes)
    if (startsWith(loadWord(at), "MICROLITH_TEST=yes")) found = true;
  text("environment ");
  line(found ? "yes" : "no");
  line(end === 0 ? "null" : "not null");
  flush();
}
