/**
 * Dates in conditions (RFC 9110, section 5.6.7). All that is ever asked of one is whether it lies before or after the time that
 * the site is from, which is known when the executable is made. So there is no calendar here: each part of a date is a byte of
 * a number, the century the highest, and numbers are compared.
 *
 * The name of the day says nothing that the rest does not, and is passed over; a day is not held against the length of its
 * month. Of two digits, the year is the one within fifty years after the site's or, if there is none, before that.
 */

import { ifModifiedSince, ifNoneMatch, ifRange, ifUnmodifiedSince } from "microlith:options";
import { siteTime, twoDigitCentury, twoDigitPivot } from "microlith:site";
import { monthNames } from "./clock.ts";
import { kept } from "./request.ts";
import { skipSpace, skipToken } from "./token.ts";

/** The bytes of the number; in a form, they stand for two digits, and `month` for three letters. */
const day = 4;
const month = 5;
const year = 6;
const century = 7;

/** What follows the name of the day, up to a zero. In this order: the preferred form, that of RFC 850, that of asctime. */
const preferred = ", \x04 \x05 \x07\x06 \x03:\x02:\x01 GMT\0";
const old = ", \x04-\x05-\x06 \x03:\x02:\x01 GMT\0";
const asctime = " \x05 \x04 \x03:\x02:\x01 \x07\x06\0";
/** Where the first and the second differ. */
const separatorOffset = 4;

/** A century of which the form says nothing. */
const unknown = 0xff;

/** The largest value of each part. */
const limits = table<u8>(0, 60, 59, 23, 31, 12, 99, 99);

class Time {
  number: u64;
}

const time = zeroed<Time>();

/** From the field that lists tags to the one whose date counts when it is absent, as bits that change. */
export const dateInstead = ifModifiedSince ^ ifNoneMatch;

/**
 * Four bits for each field: whether its condition holds when there is no date, when the date is earlier than the site's time, the same, or
 * later. Of If-Range it does for the same only; fields that list tags have no date.
 */
const holding: u32 =
  (0b0100 << (4 * ifRange)) | (0b1101 << (4 * ifUnmodifiedSince)) | (0b1100 << (4 * ifModifiedSince));

/** Whether the condition holds that the field's date makes: 1 or 0. */
export function dateHolds(field: u32): u32 {
  let bit = field * 4;
  const text = kept[field];
  if (text !== null && parseDate(text)) {
    bit++;
    if (time.number >= siteTime) bit++;
    if (time.number > siteTime) bit++;
  }
  return (holding >>> bit) & 1;
}

function parseDate(text: Ptr<u8>): bool {
  const parts = pointer<u8>(address(time));
  const start = skipToken(text);
  let form = bytes(preferred);
  if (start[separatorOffset] === byte("-")) form = bytes(old);
  if (start[0] === byte(" ")) form = bytes(asctime);
  parts[century] = unknown;
  let at = start;
  for (; form[0] !== 0; form = form.add(1)) {
    const part = form[0];
    if (part > century) {
      if (at[0] !== part) return false;
      at = at.add(1);
      continue;
    }
    let value: u32 = 0;
    if (part === month) {
      // The names begin with March, and end with the next year's.
      value = 3;
      while (!equal(at, bytes(monthNames).add((value as i32) * 3 - 9), 3)) {
        if (value === 14) return false;
        value++;
      }
      if (value > 12) value -= 12;
      at = at.add(3);
    } else {
      let tens = (at[0] as u32) - byte("0");
      // asctime writes the first nine days of a month with a space.
      if (part === day && at[0] === byte(" ")) tens = 0;
      const units = (at[1] as u32) - byte("0");
      // What stands for the tens and is no digit makes the value too large.
      if (units > 9) return false;
      value = tens * 10 + units;
      at = at.add(2);
    }
    if (value > limits[part]) return false;
    parts[part] = value as u8;
  }
  if (parts[century] === unknown)
    parts[century] = parts[year] > twoDigitPivot ? twoDigitCentury - 1 : twoDigitCentury;
  return skipSpace(at)[0] === byte("\r");
}
