/**
 * The clock: a count of seconds for the time limits, and the Date field that every response shares.
 *
 * The field stands between the two forms of Connection, so that a response takes it with either neighbour, or
 * alone, as one slice. It is written anew once a second: the cost of a date does not depend on the load.
 */

import { isLogJson } from "microlith:options";
import { SYS_clock_gettime } from "microlith:target";

const CLOCK_REALTIME = 0;

const template = "\r\nConnection: keep-alive\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: close\r\n";
const templateBytes = 82;
/** Where the Date field begins, and within the template the first or last characters of its parts. */
const dateOffset = 26;
const weekdayOffset = 32;
const dayEnd = 38;
const monthOffset = 40;
const yearEnd = 47;
const secondEnd = 56;

export const keepAliveBytes = 24;
export const dateBytes = 37;
export const closeBytes = 19;

/** From the first of January 1970 on. */
const dayNames = "ThuFriSatSunMonTueWed";
const monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** `struct timespec` */
class Time {
  seconds: isize;
  nanoseconds: isize;
}

const time = zeroed<Time>();
const shared = zeroed<Fixed<u8, typeof templateBytes>>();

/** Seconds since the start, as ticks have come. */
export let now: u32 = 0;

/** January is 1; only for the log in JSON. */
export let monthNumber: u32 = 0;

/** The Date field; before it stands Connection: keep-alive, behind it Connection: close, and before both a line end. */
export function dateField(): Ptr<u8> {
  return shared.add(dateOffset);
}

/** Counts a second and renews the date. */
export function tick(): void {
  now++;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, time);
  copy(shared, bytes(template), templateBytes);
  // 86,400 is 128 * 675: after the shift the number of days is 32-bit work.
  const days = ((time.seconds >> 7) as u32) / 675;
  writeTime((time.seconds as u32) - days * 86_400);
  writeDay(days);
}

/** Hours, minutes and seconds, from the last on. */
function writeTime(second: u32): void {
  let rest = second;
  let at = shared.add(secondEnd);
  for (let part: u32 = 0; part < 3; part++) {
    writeNumber(at, 2, rest % 60);
    rest /= 60;
    at = at.add(-3);
  }
}

/** The day, counted from 1970 on, in the form of RFC 9110, section 5.6.7. */
function writeDay(day: u32): void {
  copy(shared.add(weekdayOffset), bytes(dayNames).add((day % 7) * 3), 3);
  let rest = day;
  let year: u32 = 1970;
  let month: u32 = 1;
  for (;;) {
    const length = daysOf(month, year);
    if (rest < length) break;
    rest -= length;
    month++;
    if (month > 12) {
      month = 1;
      year++;
    }
  }
  if (isLogJson) monthNumber = month;
  writeNumber(shared.add(dayEnd), 2, rest + 1);
  copy(shared.add(monthOffset), bytes(monthNames).add(month * 3 - 3), 3);
  writeNumber(shared.add(yearEnd), 4, year);
}

/** Of the Gregorian calendar; January is 1. */
function daysOf(month: u32, year: u32): u32 {
  // Odd months are long, from August on the even ones.
  if (month !== 2) return 30 + ((month + (month >> 3)) & 1);
  // A year that 100 divides and 16 divides is divided by 400.
  return (year & (year % 100 === 0 ? 15 : 3)) === 0 ? 29 : 28;
}

/** Writes decimal digits, the last of them at `end`. */
function writeNumber(end: Ptr<u8>, digits: u32, value: u32): void {
  let at = end;
  let rest = value;
  for (let left = digits; left !== 0; left--) {
    at[0] = (byte("0") + (rest % 10)) as u8;
    rest /= 10;
    at = at.add(-1);
  }
}
