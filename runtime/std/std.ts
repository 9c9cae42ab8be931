/**
 * microlith/std: the standard library of programs in the subset. Each function is a system call or little
 * more; what a program does not use is not in its executable.
 */

import { SYS_exit_group, SYS_write } from "microlith:target";

const standardOutput: i32 = 1;

/**
 * Writes `text` to standard output with one system call. Files, terminals and pipes take a constant text
 * whole; nothing is tried again when they do not.
 */
export function print(text: string): void {
  syscall(SYS_write, standardOutput, bytes(text), text.length);
}

/** Ends the program. What is left of `status` modulo 256 is its exit status. */
export function exit(status: i32): never {
  syscall(SYS_exit_group, status);
  unreachable();
}
