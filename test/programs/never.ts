// A function that does not come back, called in the middle of things: as a statement, behind a condition, and where a
// value is wanted.
//
// expect: 1
// expect: 3
// expect: leaving
// exit: 9

import { SYS_exit_group } from "microlith:target";
import { decimal, flush, line, put } from "./support/print.ts";

function leave(code: i32): never {
  line("leaving");
  flush();
  syscall(SYS_exit_group, code);
  unreachable();
}

function check(value: u32): u32 {
  if (value > 3) leave(9);
  return value;
}

function countOr(value: u32): u32 {
  while (true) {
    if (value > 2) return value;
    value++;
  }
}

export function main(): i32 {
  decimal(check(1));
  put(10);
  decimal(countOr(0));
  put(10);
  check(4);
  line("not here");
  flush();
  return 0;
}
