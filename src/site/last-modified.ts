/**
 * The time that a whole site is from, as the server says it and as it compares it with the dates in requests: a number whose
 * bytes are the parts of the date, the century the highest (runtime/server/dates.ts).
 *
 * A year of two digits (RFC 9110, section 5.6.7) is meant to lie at most fifty years in the future. What is the future is not asked of the
 * server's clock: nothing but the order of the date and the site's time matters, so the fifty years are counted from the site's.
 */

const nearYears = 50;

/** What all content says, each field with the line end before it: that parts are to be had, and when it is from, if that is known. */
export function contentFields(hasParts: boolean, time: Date | undefined): string {
  const field = time === undefined ? "" : `\r\nLast-Modified: ${time.toUTCString()}`;
  return hasParts ? `\r\nAccept-Ranges: bytes${field}` : field;
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
