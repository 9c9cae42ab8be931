// A program that divides by zero ends, with the status that a shell gives for SIGFPE, and has done what came before.
//
// args: x
// expect: before
// exit: 136

import { flush, line, show } from "./support/print.ts";

export function main(stack: usize): i32 {
  const none = (load<usize>(stack) as u32) - 2;
  line("before");
  flush();
  show("after", ((7 as u32) / none) as i64);
  flush();
  return 0;
}
