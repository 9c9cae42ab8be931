/**
 * Signals without handlers: they are blocked, and the program asks for them when it is ready. Nothing is ever interrupted.
 * A blocked signal also reaches process 1, which has no default actions: the program of a container can be stopped.
 *
 * A set is two 32-bit words, bit n - 1 for signal n, read-only so that it costs no writable storage:
 * `const set = table<u32>((1 << (SIGHUP - 1)) | (1 << (SIGTERM - 1)), 0)`.
 */

import { SYS_kill, SYS_read, SYS_rt_sigprocmask, SYS_rt_sigtimedwait, SYS_signalfd4 } from "microlith:target";
import type { Time } from "./time.ts";

export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGKILL = 9;
export const SIGUSR1 = 10;
export const SIGUSR2 = 12;
/** Something was written to a pipe or connection that nobody reads; it ends programs that do not block it. */
export const SIGPIPE = 13;
export const SIGALRM = 14;
export const SIGTERM = 15;
export const SIGCHLD = 17;

const SIG_BLOCK = 0;
const SIG_UNBLOCK = 1;
/** Bytes of the kernel's `sigset_t`. */
const setBytes = 8;

/** `struct signalfd_siginfo`: its first word is the signal's number. */
const infoWords = 32;

/** What asks a program to stop: Ctrl-C and `docker stop`. */
export const stopSignals = table<u32>((1 << (SIGINT - 1)) | (1 << (SIGTERM - 1)), 0);

/** Holds the signals of `set` back until they are waited for. */
export function blockSignals(set: Ptr<u32>): void {
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, set, null, setBytes);
}

/** Lets the signals of `set` do what they do by default, those that wait at once. A program that is executed begins like that. */
export function unblockSignals(set: Ptr<u32>): void {
  syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, set, null, setBytes);
}

/** Sends a signal to a process; 0 stands for those of this one's group, -n for those of group n. Returns 0 or a negative errno. */
export function sendSignal(process: i32, signal: i32): i32 {
  return syscall(SYS_kill, process, signal) as i32;
}

/** Waits for one of `set`, which is blocked. Returns its number. */
export function waitForSignal(set: Ptr<u32>): i32 {
  return syscall(SYS_rt_sigtimedwait, set, null, null, setBytes) as i32;
}

/** Waits as long as `time` says. Returns the signal's number, or a negative errno when none has come. */
export function waitForSignalUntil(set: Ptr<u32>, time: Time): i32 {
  return syscall(SYS_rt_sigtimedwait, set, null, time, setBytes) as i32;
}

/** A file descriptor that can be read when one of `set`, which is blocked, has come: for `pollAll`. */
export function signalDescriptor(set: Ptr<u32>): i32 {
  return syscall(SYS_signalfd4, -1, set, setBytes, 0) as i32;
}

/** Reads a signal's number from a `signalDescriptor`. */
export function readSignal(descriptor: i32): i32 {
  const info = scratch<Fixed<u32, 32>>();
  syscall(SYS_read, descriptor, info, infoWords * 4);
  return info[0] as i32;
}
