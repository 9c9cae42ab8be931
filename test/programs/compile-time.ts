// Conditions that are known when compiling: the dead side is not even checked for the target, so it may name what does
// not exist here.
//
// expect: words ok
// expect: debug off
// expect: folded 7 12 true
// expect: dead code gone

import { SYS_epoll_wait, SYS_write, wordBytes } from "microlith:target";
import { decimal, flush, line, put, text } from "./support/print.ts";

const debug = false;
const level = 3 * 4;
const hasWait = SYS_write > 1000000 && SYS_epoll_wait > 0;

function expectWords(): bool {
  if (wordBytes === 8) return sizeof<usize>() === 8;
  if (wordBytes === 4) return sizeof<usize>() === 4;
  return false;
}

export function main(): void {
  text("words ");
  line(expectWords() ? "ok" : "wrong");
  if (debug) line("debug on");
  else line("debug off");
  text("folded ");
  decimal(debug ? 1 : 7);
  put(32);
  decimal(level);
  put(32);
  line(level > 11 && !debug ? "true" : "false");
  while (debug) line("never");
  if (hasWait) line("no");
  line("dead code gone");
  flush();
}
