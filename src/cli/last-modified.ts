/**
 * `--last-modified`: when the whole site is from. Clients that know nothing but a time ask whether something has changed since, so it has to be
 * later whenever the content is another. The times of files are not that: a copy, a clone and an image have new ones, a renamed file brings
 * an old one along, and archives that can be reproduced have none.
 */

import { UserError } from "../base/errors.ts";
import { parseSourceDate, quote } from "./options.ts";

/** The first of January 1980: what build tools say, and archives, when they know no time. */
const zeroTimes = 315_532_800;

/** In ISO 8601, a day, which begins in UTC, or a time with its offset from UTC. */
const isoTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * The time that `text` means for the site at `path`; what SOURCE_DATE_EPOCH says when it is absent. `now` is in milliseconds.
 * @throws UserError when it is no time, or one in the future (RFC 9110, section 8.8.2.1)
 */
export async function chooseLastModified(
  path: string,
  text: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
  now: number = Date.now(),
): Promise<Date | undefined> {
  switch (text?.toLowerCase()) {
    case undefined: {
      const seconds = parseSourceDate(env.SOURCE_DATE_EPOCH);
      return seconds === undefined || seconds <= zeroTimes
        ? undefined
        : past(seconds, "SOURCE_DATE_EPOCH", now);
    }
    case "none":
      return undefined;
    case "git":
      return past(await timeOfCommit(path), "the commit's time", now);
    case "source_date_epoch": {
      const seconds = parseSourceDate(env.SOURCE_DATE_EPOCH);
      if (seconds !== undefined) return past(seconds, "SOURCE_DATE_EPOCH", now);
      throw new UserError("--last-modified SOURCE_DATE_EPOCH, and that variable is not set");
    }
    default:
      return past(parseTime(text ?? ""), `--last-modified ${quote(text ?? "")}`, now);
  }
}

/** In seconds since 1970. */
function parseTime(text: string): number {
  // What is shorter is a year, or no time that a site could be from.
  if (/^\d{9,12}$/.test(text)) return Number(text);
  const milliseconds = Date.parse(text);
  const time = new Date(milliseconds);
  // Date.parse takes the 30th of February for a day of March, and much else.
  const isIso = isoTime.test(text) && isDay(text.slice(0, 10));
  if (!Number.isNaN(milliseconds) && milliseconds >= 0 && (isIso || time.toUTCString() === text)) {
    return Math.floor(milliseconds / 1000);
  }
  throw new UserError(`--last-modified ${quote(text)} is not a time`, {
    help: "It is 2026-11-21, 2026-11-21T10:00:00Z, Sat, 21 Nov 2026 10:00:00 GMT, seconds since 1970, SOURCE_DATE_EPOCH, git or none.",
  });
}

function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

async function timeOfCommit(path: string): Promise<number> {
  const { noRepository, readGit } = await import("./project.ts");
  const facts = readGit(path);
  if (facts === undefined) throw noRepository(path, "--last-modified git");
  if (facts.revision === facts.commit) return facts.time;
  throw new UserError(
    `--last-modified git, and files of the repository of ${quote(path)} have changed since its commit`,
    {
      help: "Commit them, or say a time: a client must not take what is new for what it has.",
    },
  );
}

function past(seconds: number, what: string, now: number): Date {
  if (seconds * 1000 <= now) return new Date(seconds * 1000);
  throw new UserError(`${what} lies in the future, and nothing can have been modified then`, {
    help: "Is the clock right? --last-modified none leaves the time out.",
  });
}
