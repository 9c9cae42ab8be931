/**
 * Time. The kernel's `struct timespec` has machine words, so 32-bit machines count seconds in 32 bits; read as unsigned,
 * which they are here, they last until 2106.
 */

import { SYS_clock_gettime, SYS_nanosleep } from "microlith:target";

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;

/** `struct timespec` */
export class Time {
  seconds: isize;
  nanoseconds: isize;

  setMilliseconds(milliseconds: u32): void {
    this.seconds = (milliseconds / 1000) as isize;
    this.nanoseconds = ((milliseconds % 1000) * 1_000_000) as isize;
  }
}

/** Seconds since 1970, UTC. */
export function unixTime(): u32 {
  const time = scratch<Time>();
  syscall(SYS_clock_gettime, CLOCK_REALTIME, time);
  return time.seconds as u32;
}

/** Milliseconds since some time before the start; starts again at 0 every 49 days, so only differences mean something. */
export function monotonicMilliseconds(): u32 {
  const time = scratch<Time>();
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, time);
  return (time.seconds as u32) * 1000 + (time.nanoseconds as u32) / 1_000_000;
}

export function sleep(milliseconds: u32): void {
  const time = scratch<Time>();
  time.setMilliseconds(milliseconds);
  syscall(SYS_nanosleep, time, null);
}
