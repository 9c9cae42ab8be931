// What lies at null cannot be read: the program ends by SIGSEGV, which a shell shows as 139.
//
// expect: before
// exit: 139

import { flush, line } from "./support/print.ts";

class Node {
  next: Node;
  value: i32;
}

const first = zeroed<Node>();

export function main(): i32 {
  line("before");
  flush();
  return first.next.value;
}
