/**
 * The time that a whole site is from, as the server says it and as it compares it with the dates in requests: a number whose
 * bytes are the parts of the date, the century the highest (runtime/server/dates.ts).
 *
 * A year of two digits (RFC 9110, section 5.6.7) is meant to lie at most fifty years in the future. What is the future is not asked of the
 * server's clock: nothing but the order of the date and the site's time matters, so the fifty years are counted from the site's.
 */

const nearYears = 50;

/** With the line end before it; nothing when the time is not known. */
export function lastModifiedField(time: Date | undefined): string {
  return time === undefined ? "" : `\r\nLast-Modified: ${time.toUTCString()}`;
}

/** For the years from 0 to 9999. */
export function packTime(time: Date): bigint {
  const year = time.getUTCFullYear();
  const parts = [
    ...[0, time.getUTCSeconds(), time.getUTCMinutes(), time.getUTCHours()],
    ...[time.getUTCDate(), time.getUTCMonth() + 1, year % 100, Math.floor(year / 100)],
  ];
  return Buffer.from(parts).readBigUInt64LE();
}

/** The last year that two digits can mean. */
export function lastTwoDigitYear(time: Date): { readonly century: number; readonly pivot: number } {
  const year = time.getUTCFullYear() + nearYears;
  return { century: Math.floor(year / 100), pivot: year % 100 };
}
