/**
 * The clock: a count of seconds for the time limits, and the Date field that every response shares.
 *
 * The field, and what else all responses of the site have, stands between the two forms of Connection, so that a response takes
 * it with either neighbour, or alone, as one slice. It is written anew once a second: the cost of a date does not depend on the load.
 */

import { hasLog, isLogJson } from "microlith:options";
import { commonBytes, hasPackedFields, sharedFields } from "microlith:site";
import { SYS_clock_gettime } from "microlith:target";
import { formatDecimal } from "../std/format.ts";
import { writeForm } from "./form.ts";
import { startOwnText } from "./writer.ts";

const CLOCK_REALTIME = 0;

const templateBytes = 82 + commonBytes;
/** Before the template, for the log: the status code of a response and, in JSON, the number of the month. */
const monthNumberOffset = 4;
const templateOffset = hasLog ? 6 : 0;
const sharedBytes = templateOffset + templateBytes;
/** Where the Date field begins, and where its parts begin or end. */
const dateOffset = templateOffset + 26;
const weekdayOffset = dateOffset + 6;
const dayEnd = dateOffset + 13;
const monthOffset = dateOffset + 14;
const yearEnd = dateOffset + 22;
/** Of the time of day there are three parts behind the year, each a number and a character. */
const partBytes = 3;
const secondsEnd = yearEnd + 3 * partBytes;
const twoZeros = 0x3030;

export const keepAliveBytes = 24;
export const dateBytes = 37 + commonBytes;
export const closeBytes = 19;

/** From the first of January 1970 on. */
const dayNames = "ThuFriSatSunMonTueWed";
/** From March on, so that the day that leap years add is a year's last. */
export const monthNames = "MarAprMayJunJulAugSepOctNovDecJanFeb";
const secondsInDay = 86_400;
/** Quarters of a day from March of the year 0 to 1970, and a little: what is left of a day. */
const quartersBefore1970 = 719_468 * 4 + 3;
const quartersInCentury = 146_097;
/** If every fourth year is a leap year. */
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

/** The fields that all responses have; before them stands Connection: keep-alive, behind them Connection: close, and before both a line end. */
export function dateField(): Ptr<u8> {
  return shared.add(dateOffset);
}

/** Behind what else the log copies, where the fields begin. */
export function loggedFields(): Ptr<u8> {
  return shared;
}

/** Keeps the status of the response that is logged. */
export function noteStatus(statusLine: Ptr<u8>): void {
  copy(shared, statusLine.add(9), 3);
}

/** Counts a second and renews the date, from its end on. */
export function tick(): void {
  now++;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, time);
  const template = shared.add(templateOffset);
  if (hasPackedFields) {
    startOwnText(template);
    writeForm(sharedFields, sharedFields);
  } else copy(template, sharedFields, templateBytes);
  const day = (time.seconds / secondsInDay) as u32;
  let rest = (time.seconds % secondsInDay) as u32;
  let end: u32 = secondsEnd;
  do {
    formatDecimal(rest % 60, shared.add(end));
    rest /= 60;
    end -= partBytes;
  } while (end > yearEnd);
  writeDay(day);
}

/** The day, counted from 1970 on, in the form of RFC 9110, section 5.6.7. */
function writeDay(day: u32): void {
  const elapsed = day * 4 + quartersBefore1970;
  // A day more for each century, but for every fourth: as many as there were if each had its leap year. The last quarters stay three.
  const quarters = (elapsed + (elapsed / quartersInCentury) * 3) | 3;
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
