/**
 * The clock: a count of seconds for the time limits, and the Date field that every response shares.
 *
 * The field stands between the two forms of Connection, so that a response takes it with either neighbour, or
 * alone, as one slice. It is written anew once a second: the cost of a date does not depend on the load.
 */

import { hasLog, isLogJson } from "microlith:options";
import { SYS_clock_gettime } from "microlith:target";
import { formatDecimal } from "../std/format.ts";

const CLOCK_REALTIME = 0;

/** Zeros stand where digits belong. */
const template = "\r\nConnection: keep-alive\r\nDate: Thu, 00 Jan 0000 00:00:00 GMT\r\nConnection: close\r\n";
const templateBytes = 82;
/** Where the Date field begins, and where its parts begin or end. */
const dateOffset = 26;
const weekdayOffset = 32;
const dayEnd = 39;
const monthOffset = 40;
const yearEnd = 48;
const hoursEnd = 51;
const secondsEnd = 57;
/** Behind the template, for the log: the status code of a response and, in JSON, the number of the month. */
const statusOffset = templateBytes;
const monthNumberOffset = templateBytes + 4;
const sharedBytes = hasLog ? templateBytes + 6 : templateBytes;
const twoZeros = 0x3030;

export const keepAliveBytes = 24;
export const dateBytes = 37;
export const closeBytes = 19;

/** From the first of January 1970 on. */
const dayNames = "ThuFriSatSunMonTueWed";
/** From March on, so that the day that leap years add is a year's last. */
const monthNames = "MarAprMayJunJulAugSepOctNovDecJanFeb";
/** Quarters of a day from March of a year 0 to 1970, if every fourth year is a leap year, and a little: what is left of a day. */
const quartersBefore1970 = 1968 * 1461 + 671 * 4 + 3;
const quartersInYear = 1461;
/** From March on, five months in a row have 153 days. */
const daysInFiveMonths = 153;

/** `struct timespec` */
class Time {
  seconds: usize;
  nanoseconds: usize;
}

const time = zeroed<Time>();
const shared = zeroed<Fixed<u8, typeof sharedBytes>>();

/** Seconds since the start, as ticks have come. */
export let now: u32 = 0;

/** The Date field; before it stands Connection: keep-alive, behind it Connection: close, and before both a line end. */
export function dateField(): Ptr<u8> {
  return shared.add(dateOffset);
}

/** Where the fields begin, and behind them what else the log copies. */
export function sharedFields(): Ptr<u8> {
  return shared;
}

/** Keeps the status of the response that is logged. */
export function noteStatus(statusLine: Ptr<u8>): void {
  copy(shared.add(statusOffset), statusLine.add(9), 3);
}

/** Counts a second and renews the date, from its end on. */
export function tick(): void {
  now++;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, time);
  copy(shared, bytes(template), templateBytes);
  let rest = time.seconds as u32;
  for (let end: u32 = secondsEnd; end !== hoursEnd; end -= 3) {
    formatDecimal(rest % 60, shared.add(end));
    rest /= 60;
  }
  formatDecimal(rest % 24, shared.add(hoursEnd));
  writeDay(rest / 24);
}

/** The day, counted from 1970 on, in the form of RFC 9110, section 5.6.7. Right until February 2100. */
function writeDay(day: u32): void {
  const quarters = day * 4 + quartersBefore1970;
  const fifths = ((quarters % quartersInYear) / 4) * 5 + 2;
  const month = fifths / daysInFiveMonths;
  const dayOfMonth = (fifths % daysInFiveMonths) / 5 + 1;
  // The eleventh and twelfth month from March on are of the next year.
  const nextYear = (month + 6) >> 4;
  formatDecimal(quarters / quartersInYear + nextYear, shared.add(yearEnd));
  formatDecimal(dayOfMonth, shared.add(dayEnd));
  copy(shared.add(monthOffset), bytes(monthNames).add(month * 3), 3);
  copy(shared.add(weekdayOffset), bytes(dayNames).add((day % 7) * 3), 3);
  if (isLogJson) {
    const number = shared.add(monthNumberOffset);
    pointer<u16>(address(number))[0] = twoZeros;
    formatDecimal(month + 3 - nextYear * 12, number.add(2));
  }
}
