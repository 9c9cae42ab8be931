/**
 * Signals as events: SIGTERM and SIGINT end the server, SIGALRM is its clock.
 *
 * They are blocked and read from a descriptor, so that no handler interrupts anything. A blocked signal also reaches
 * PID 1, which has no default actions. The interval timer needs no descriptor of its own this way.
 */

import { hasLog } from "microlith:options";
import { SYS_read, SYS_rt_sigprocmask, SYS_setitimer, SYS_signalfd4 } from "microlith:target";

const SIG_BLOCK = 0;
const ITIMER_REAL = 0;
const SFD_NONBLOCK = 0o4000;
export const SIGALRM = 14;

/** A kernel `sigset_t`: bit n is signal n + 1. SIGINT 2, SIGALRM 14, SIGTERM 15. */
const signalSet = table<u32>((1 << 1) | (1 << 13) | (1 << 14), 0);
/** The same and SIGPIPE 13, which writing a log to nobody brings. */
const blockedWithLog = table<u32>((1 << 1) | (1 << 12) | (1 << 13) | (1 << 14), 0);
/** `struct itimerval`: interval and first time, in seconds and microseconds. */
const everySecond = table<usize>(1, 0, 1, 0);
/** `struct signalfd_siginfo`; its first word is the signal's number. */
const received = zeroed<Fixed<u32, 32>>();

export let signals: i32 = 0;

export function watchSignals(): void {
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, hasLog ? blockedWithLog : signalSet, 0, 8);
  signals = syscall(SYS_signalfd4, -1, signalSet, 8, SFD_NONBLOCK) as i32;
  syscall(SYS_setitimer, ITIMER_REAL, everySecond, 0);
}

/** The next signal that has arrived; 0: none. */
export function nextSignal(): u32 {
  const length = syscall(SYS_read, signals, received, sizeof<Fixed<u32, 32>>()) as i32;
  return length < 0 ? 0 : received[0];
}
