/**
 * Dates as they come in conditions, and what each of them is to the site's time: as tables, and as a model that says it for any text.
 */

import type { Files } from "../support/server.ts";

/** A time whose parts all differ, early in its month, so that asctime writes the day with a space. */
export const siteTime: Date = new Date("2026-03-05T09:08:07Z");

/** What is asked for. */
export const dateFiles: Files = { "/data.bin": "0123456789" };

export type Order = "earlier" | "same" | "later" | "no date";

export interface DateRow {
  readonly value: string;
  readonly order: Order;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

type Form = (time: Date) => string;

/** RFC 9110, section 5.6.7. */
export const forms: Readonly<Record<string, Form>> = {
  "the preferred form": (time) => time.toUTCString(),
  "that of RFC 850": (time) => {
    const [, day, month, year = "", clock] = time.toUTCString().split(" ");
    return `${weekdays[time.getUTCDay()]}, ${day}-${month}-${year.slice(2)} ${clock} GMT`;
  },
  "that of asctime": (time) => {
    const [name, , month, year, clock] = time.toUTCString().split(" ");
    return `${name?.slice(0, 3)} ${month} ${String(time.getUTCDate()).padStart(2)} ${clock} ${year}`;
  },
};

/** Seconds between a time and the site's, near and far, but within fifty years, where two digits are enough for a year. */
const distances = [1, 2, 60, 3600, 86_400, 27 * 86_400, 31 * 86_400, 366 * 86_400, 49 * 365 * 86_400];
const around = [0, ...distances, ...distances.map((seconds) => -seconds)].map(
  (seconds) => new Date(siteTime.getTime() + seconds * 1000),
);
/** One of each month before and after, whose days and hours say the opposite. */
const ofMonths = months.flatMap((_, month) => [
  new Date(Date.UTC(2026, month, 28, 23, 59, 59)),
  new Date(Date.UTC(2026, month, 1)),
  new Date(Date.UTC(2025, month, 28, 23, 59, 59)),
  new Date(Date.UTC(2027, month, 1)),
]);
const far = [-62_135_596_800, -11_644_473_600, -1, 0, 784_111_777, 2 ** 31, 2 ** 32, 253_402_300_799].map(
  (seconds) => new Date(seconds * 1000),
);

function rowsOf(form: Form, times: readonly Date[]): readonly DateRow[] {
  return times.map((time) => ({ value: form(time), order: orderOf(time.getTime()) }));
}

function orderOf(milliseconds: number): Order {
  if (milliseconds === siteTime.getTime()) return "same";
  return milliseconds < siteTime.getTime() ? "earlier" : "later";
}

const right = siteTime.toUTCString();
const change = (from: string, to: string): DateRow => {
  const value = right.replace(from, to);
  if (value === right) throw new Error(`${from} is not in ${right}`);
  return { value, order: "no date" };
};

export const twoDigitYears = "years of two digits: from fifty years before the site's to fifty years after";

export const dateRows: Readonly<Record<string, readonly DateRow[]>> = {
  ...Object.fromEntries(
    Object.entries(forms).map(([name, form]) => [name, rowsOf(form, [...around, ...ofMonths])]),
  ),
  "years of four digits": [
    ...rowsOf((time) => time.toUTCString(), far),
    { value: "Sat Jan  1 00:00:00 0000", order: "earlier" },
    { value: "Fri Dec 31 23:59:59 9999", order: "later" },
    { value: "Mon, 01 Jan 0001 00:00:00 GMT", order: "earlier" },
  ],
  [twoDigitYears]: Array.from({ length: 100 }, (_, year) => {
    const full = year <= 76 ? 2000 + year : 1900 + year;
    const order = orderOf(Date.UTC(full, 2, 5, 9, 8, 7));
    return { value: `Thursday, 05-Mar-${String(year).padStart(2, "0")} 09:08:07 GMT`, order };
  }),
  "whitespace around": [
    { value: `  \t${right}`, order: "same" },
    { value: `${right} \t `, order: "same" },
    { value: `${right.replace("GMT", "GMT\t")}`, order: "same" },
  ],
  "the name of the day says nothing": [
    { value: right.replace("Thu", "Fri"), order: "same" },
    { value: "Thu, 05-Mar-26 09:08:07 GMT", order: "same" },
    { value: "Thursday Mar  5 09:08:07 2026", order: "same" },
  ],
  "at the limits": [
    { value: "Thu, 05 Mar 2026 09:08:60 GMT", order: "later" },
    { value: "Thu, 05 Mar 2026 23:59:60 GMT", order: "later" },
    { value: "Tue, 31 Feb 2026 00:00:00 GMT", order: "earlier" },
    { value: "Thu Mar 05 09:08:07 2026", order: "same" },
  ],
  "no dates": [
    ...["", "0", "1", "-1", "now", "*", "yesterday", "1772701687", '"tag"', 'W/"tag"', "2026-03-05"].map(
      (value): DateRow => ({ value, order: "no date" }),
    ),
    ...["2026-03-05T09:08:07Z", "Thu", "Thu,", "GMT", ",,,,,", "-----", "     x", "Thu Mar", "a ----"].map(
      (value): DateRow => ({ value, order: "no date" }),
    ),
    ...[" GMT", "GMT"].map((text) => change(text, "")),
    ...["UTC", "gmt", "GMX", "+0000", "EST", "GMT+1", "GMT; length=4", "GMT,", "GMT, "].map((zone) =>
      change("GMT", zone),
    ),
    { value: `${right}, ${right}`, order: "no date" },
    ...["mar", "MAR", "Mrz", "arA", "March", "Ma", "M\xe4r", "03", "   "].map((month) =>
      change("Mar", month),
    ),
    ...["5", "005", "5 ", " ", "0x", "-5", "32", "99", "\xb2\xb3", "/9", ":0"].map((day) =>
      change("05", day),
    ),
    ...["9:", "24:", "99:", "009:", "9 :", " 9:", "a9:", "+9:"].map((hour) => change("09:", hour)),
    ...["8:07", "60:07", "08.07", "08:61", "08:99", "08:7", "08: 7", "08", "08:07.0", "08:007"].map((rest) =>
      change("08:07", rest),
    ),
    ...["26", "202", "20260", "+2026", "-026", " 026", "0x7e", "MMXXVI"].map((year) => change("2026", year)),
    ...[change("Thu,", "Thu"), change("Thu, ", "Thu,"), change("Thu, ", "Thu,  "), change("Thu,", "Thu ,")],
    ...[change(" Mar ", "-Mar-"), change(" Mar", "-Mar"), change("Mar ", "Mar-"), change(" ", "\t")],
    ...["Thursday, 05-Mar-2026 09:08:07 GMT", "Thursday, 05-Mar 26 09:08:07 GMT"].map(
      (value): DateRow => ({ value, order: "no date" }),
    ),
    ...["Thu Mar 5 09:08:07 2026", "Thu Mar   5 09:08:07 2026", "Thu Mar  5 09:08:07 26"].map(
      (value): DateRow => ({ value, order: "no date" }),
    ),
    ...["Thu Mar  5 09:08:07 2026 GMT", "Thu  Mar  5 09:08:07 2026", "Thu, Mar  5 09:08:07 2026"].map(
      (value): DateRow => ({ value, order: "no date" }),
    ),
  ],
  // Whatever is cut off, nothing before the end of the line is a date.
  "cut short": Object.values(forms).flatMap((form) =>
    Array.from(form(siteTime).slice(1), (_, length): DateRow => {
      return {
        value: form(siteTime)
          .slice(0, length + 1)
          .trimEnd(),
        order: "no date",
      };
    }),
  ),
};

const name = "[\\w!#$%&'*+.^`|~-]*";
const month = "(?<month>[A-Z][a-z]{2})";
const clock = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";
const patterns: readonly RegExp[] = [
  `${name}, (?<day>[ \\d]\\d) ${month} (?<year>\\d{4}) ${clock} GMT`,
  `${name}, (?<day>[ \\d]\\d)-${month}-(?<year>\\d\\d) ${clock} GMT`,
  `${name} ${month} (?<day>[ \\d]\\d) ${clock} (?<year>\\d{4})`,
].map((text) => new RegExp(`^${text}$`));

/** What the server has to take a field's value for. */
export function modelOrder(value: string): Order {
  const text = value.replace(/^[ \t]+|[ \t]+$/g, "");
  const parts = patterns.map((pattern) => pattern.exec(text)?.groups).find((groups) => groups !== undefined);
  if (parts === undefined) return "no date";
  const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(Number);
  const number = months.indexOf(parts.month ?? "");
  if (number < 0 || (day ?? 32) > 31 || (hour ?? 24) > 23 || (minute ?? 60) > 59 || (second ?? 61) > 60)
    return "no date";
  const isShort = parts.year?.length === 2;
  const year = Number(parts.year) + (isShort ? (Number(parts.year) > 76 ? 1900 : 2000) : 0);
  // As text, so that neither the calendar nor a range of numbers matters.
  const digits = [year, number + 1, day, hour, minute, second].map((part) => String(part).padStart(4, "0"));
  const site = ["2026", "0003", "0005", "0009", "0008", "0007"].join("");
  const found = digits.join("");
  if (found === site) return "same";
  return found < site ? "earlier" : "later";
}
