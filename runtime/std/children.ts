/**
 * Children: a process copies itself (fork(2)), the copy closes and opens what it should have and becomes another program (execve(2)), and
 * the parent waits for its end.
 *
 * ```
 * const child = fork();
 * if (child === 0) {
 *   duplicate(ends[1], standardOutput);
 *   execute(argument(stack, 1), argumentsStart(stack, 1), environmentStart(stack));
 *   exit(127);
 * }
 * const status = waitForChild(child);
 * ```
 *
 * The calls are those that every machine has: `clone`, `dup3`, `pipe2`. Blocked signals stay blocked in a child and in the program that it
 * becomes, unless `unblockSignals` comes before.
 */

import { SYS_clone, SYS_dup3, SYS_execve, SYS_pipe2, SYS_wait4 } from "microlith:target";
import { SIGCHLD } from "./signals.ts";

const anyChild = -1;
const WNOHANG = 1;
const O_CLOEXEC = 0o2000000;

/** Returns 0 in the child, the child's number in the parent, or a negative errno. */
export function fork(): i32 {
  // The order of the others differs between machines, and does not matter: all are 0.
  return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) as i32;
}

/**
 * Becomes the program at `path`; returns, with a negative errno, only when that fails. `args` and `environment` are where addresses of text
 * begin, words of which the last is 0: `argumentsStart`, `environmentStart`, or the address of a `Fixed<usize, N>`. The first
 * argument is the program's name. Descriptors stay open but for those of `makePipe`.
 */
export function execute(path: usize, args: usize, environment: usize): i32 {
  return syscall(SYS_execve, path, args, environment) as i32;
}

/** What is written to `ends[1]` is read from `ends[0]`. A program that is executed has neither; a child has both. Returns 0 or a negative errno. */
export function makePipe(ends: Ptr<i32>): i32 {
  return syscall(SYS_pipe2, ends, O_CLOEXEC) as i32;
}

/** Makes `place` another number of `descriptor`, as which an executed program has it, and closes what it was. Returns `place` or a negative errno. */
export function duplicate(descriptor: i32, place: i32): i32 {
  return syscall(SYS_dup3, descriptor, place, 0) as i32;
}

/**
 * Waits for the end of a child; -1 is any. Returns its exit status, or 128 plus the number of the signal that ended it, as shells do; a negative errno,
 * -10 (ECHILD), when there is no such child.
 */
export function waitForChild(child: i32): i32 {
  const status = scratch<Fixed<i32, 1>>();
  const result = syscall(SYS_wait4, child, status, 0, null) as i32;
  return result < 0 ? result : exitStatus(status[0]);
}

/**
 * Takes note of a child that has ended, without waiting. Returns its number, with what `waitForChild` would return in `status`; 0 when none
 * has ended; -10 (ECHILD) when there are no children.
 */
export function endedChild(status: Ptr<i32>): i32 {
  const child = syscall(SYS_wait4, anyChild, status, WNOHANG, null) as i32;
  if (child > 0) status[0] = exitStatus(status[0]);
  return child;
}

/** Takes note of every child that has ended, so that none is left as a zombie. The first process inherits orphans. */
export function reapChildren(): void {
  while ((syscall(SYS_wait4, anyChild, null, WNOHANG, null) as i32) > 0);
}

/** Of what wait(2) gives: seven bits for a signal, one for a core dump, and above them the exit status. */
function exitStatus(word: i32): i32 {
  const signal = word & 0x7f;
  return signal === 0 ? (word >> 8) & 0xff : 128 + signal;
}
