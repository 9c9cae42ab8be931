/**
 * Signals as events: SIGTERM and SIGINT end the server, SIGALRM is its clock.
 *
 * They are blocked and read from a descriptor, so that no handler interrupts anything. A blocked signal also reaches
 * PID 1, which has no default actions. The interval timer needs no descriptor of its own this way. SIGPIPE is blocked
 * and never read: writing to a connection whose peer is gone fails, and that is enough.
 */

import { SYS_read, SYS_rt_sigprocmask, SYS_setitimer, SYS_signalfd4 } from "microlith:target";

const SIG_BLOCK = 0;
const ITIMER_REAL = 0;
const SFD_NONBLOCK = 0o4000;
const SIGINT = 2;
const SIGPIPE = 13;
export const SIGALRM = 14;
const SIGTERM = 15;

/** Kernel `sigset_t`s: bit n is signal n + 1. */
const taken = (1 << (SIGINT - 1)) | (1 << (SIGALRM - 1)) | (1 << (SIGTERM - 1));
export const takenSet = table<u32>(taken, 0);
const blockedSet = table<u32>(taken | (1 << (SIGPIPE - 1)), 0);

/** `struct itimerval`: a second, and again a second; also a `struct timespec`. Two stores are less than a table. */
export const second = zeroed<Fixed<usize, 4>>();

/** `struct signalfd_siginfo`; its first word is the signal's number. */
const received = zeroed<Fixed<u32, 32>>();

export let signals: u32 = 0;

/** For whoever is started from here on, too. */
export function blockSignals(): void {
  second[0] = 1;
  second[2] = 1;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, blockedSet, 0, 8);
}

export function watchSignals(): void {
  signals = syscall(SYS_signalfd4, -1, takenSet, 8, SFD_NONBLOCK) as u32;
  syscall(SYS_setitimer, ITIMER_REAL, second, 0);
}

/** Reads a signal, if one has arrived. */
export function hasSignal(): bool {
  return (syscall(SYS_read, signals, received, sizeof<Fixed<u32, 32>>()) as i32) > 0;
}

/** Of the signal that was read last. */
export function signalNumber(): u32 {
  return received[0];
}
