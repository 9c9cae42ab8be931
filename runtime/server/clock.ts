/**
 * The clock: a count of seconds for the time limits, and the Date field that every response shares.
 *
 * The field stands between the two forms of Connection, so that a response takes it with either neighbour, or
 * alone, as one slice. It is written anew once a second: the cost of a date does not depend on the load.
 */

import { isLogJson } from "microlith:options";
import { SYS_clock_gettime } from "microlith:target";

const CLOCK_REALTIME = 0;

const sharedFields = "Connection: keep-alive\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: close\r\n";
export const keepAliveBytes = 24;
export const dateBytes = 37;
export const closeBytes = 19;
/** Where the date itself begins. */
const dateOffset = 30;

const dayNames = "SunMonTueWedThuFriSat";
const monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
const dayNumberOfThursday = 4;

/** `struct timespec` */
class Time {
  seconds: isize;
  nanoseconds: isize;
}

const time = zeroed<Time>();
const shared = zeroed<Fixed<u8, 80>>();

/** Seconds since the start, as ticks have come. */
export let now: u32 = 0;

/** January is 1; only for the log in JSON. */
export let monthNumber: u32 = 0;

/** The Date field; Connection: keep-alive stands before it, Connection: close after it. */
export function dateField(): Ptr<u8> {
  return shared.add(keepAliveBytes);
}

/** Counts a second and renews the date (RFC 9110, section 5.6.7). */
export function tick(): void {
  now++;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, time);
  // 86,400 is 128 * 675: after the shift the number of days is 32-bit work.
  let days: u32 = ((time.seconds >> 7) as u32) / 675;
  const second = (time.seconds as u32) - days * 86_400;

  copy(shared, bytes(sharedFields), sharedFields.length);
  const date = shared.add(dateOffset);
  copy(date, bytes(dayNames).add(((days + dayNumberOfThursday) % 7) * 3), 3);

  let year: u32 = 1970;
  let month: u32 = 1;
  for (;;) {
    const length = daysOf(month, year);
    if (days < length) break;
    days -= length;
    month++;
    if (month > 12) {
      month = 1;
      year++;
    }
  }
  if (isLogJson) monthNumber = month;
  writeTwo(date.add(5), days + 1);
  copy(date.add(8), bytes(monthNames).add((month - 1) * 3), 3);
  writeTwo(date.add(12), year / 100);
  writeTwo(date.add(14), year % 100);
  writeTwo(date.add(17), second / 3600);
  writeTwo(date.add(20), (second / 60) % 60);
  writeTwo(date.add(23), second % 60);
}

/** Of the Gregorian calendar; January is 1. */
function daysOf(month: u32, year: u32): u32 {
  if (month !== 2) return 30 + ((month + (month >> 3)) & 1);
  // A year that 100 divides and 16 divides is divided by 400.
  const isLeap = (year & (year % 100 === 0 ? 15 : 3)) === 0;
  return isLeap ? 29 : 28;
}

function writeTwo(at: Ptr<u8>, value: u32): void {
  at[0] = (byte("0") + value / 10) as u8;
  at[1] = (byte("0") + (value % 10)) as u8;
}
