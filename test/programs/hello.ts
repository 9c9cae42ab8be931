// The smallest program that says something.
//
// expect: Hello World

import { SYS_write } from "microlith:target";

export function main(): void {
  syscall(SYS_write, 1, bytes("Hello World\n"), 12);
}
