/**
 * Values of the image's options: text in, a checked value out, or a UserError that names the flag, the value and what would be right.
 */

import { UserError } from "../base/errors.ts";
import { isTime, parseSourceDate, quote } from "./options.ts";

/** When an image says it was made. */
export type Created =
  | { readonly kind: "unsaid" }
  | { readonly kind: "seconds"; readonly seconds: number }
  /** The time of the commit that is checked out. */
  | { readonly kind: "git" };

/** Where annotations and labels are filled in from; `required` is an error where there is nothing. */
export type ProjectFacts = Readonly<Record<"git" | "package", "unused" | "optional" | "required">>;

/** `--created`, or SOURCE_DATE_EPOCH when it is left out. */
export function parseCreated(
  text: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Created {
  const epoch = env.SOURCE_DATE_EPOCH;
  switch (text?.toLowerCase()) {
    case undefined: {
      const seconds = parseSourceDate(epoch);
      return seconds === undefined ? { kind: "unsaid" } : { kind: "seconds", seconds };
    }
    case "zero":
      return { kind: "unsaid" };
    case "git":
      return { kind: "git" };
    case "now":
      return { kind: "seconds", seconds: Math.floor(Date.now() / 1000) };
    case "source_date_epoch": {
      const seconds = parseSourceDate(epoch);
      if (seconds !== undefined) return { kind: "seconds", seconds };
      throw new UserError("--created SOURCE_DATE_EPOCH, and that variable is not set");
    }
    default:
      if (text !== undefined && isTime(text)) return { kind: "seconds", seconds: Number(text) };
      throw new UserError(`--created ${quote(text ?? "")} is not a time`, {
        help: "It is zero, SOURCE_DATE_EPOCH, now, git or a number of seconds since 1970, before 2242.",
      });
  }
}

export function parseFacts(text: string | undefined): ProjectFacts {
  if (text === undefined) return { git: "unused", package: "unused" };
  const words = text.split(",");
  const wrong = words.find((word) => !["auto", "git", "package"].includes(word));
  if (wrong !== undefined) {
    throw new UserError(`--describe ${quote(wrong)} is not known`, {
      help: "It is git, package, both with a comma between them, or auto.",
    });
  }
  const use = (word: string): ProjectFacts["git"] =>
    words.includes(word) ? "required" : words.includes("auto") ? "optional" : "unused";
  return { git: use("git"), package: use("package") };
}

/** `KIND` or `KIND=PATH`. */
export function parseDocument<Kind extends string>(
  flag: string,
  text: string,
  kinds: readonly Kind[],
): { readonly kind: Kind; readonly path: string | undefined } {
  const equals = text.indexOf("=");
  const word = equals < 0 ? text : text.slice(0, equals);
  const path = equals < 0 ? undefined : text.slice(equals + 1);
  const kind = kinds.find((each) => each === word);
  if (kind !== undefined && path !== "") return { kind, path };
  const forms = kinds.map((each) => `${each} (attached to the image) or ${each}=PATH (a file)`);
  throw new UserError(`${flag} ${quote(text)} is not known`, { help: `It is ${forms.join(", ")}.` });
}

/** `NAME=VALUE`; the value may be empty. */
export function parsePair(flag: string, text: string): readonly [name: string, value: string] {
  const equals = text.indexOf("=");
  if (equals > 0 && !text.includes("\0")) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new UserError(`${flag} ${quote(text)} is not NAME=VALUE`);
}

/** One word as it is, or the words of a JSON list, as in a Dockerfile. */
export function parseWords(flag: string, text: string): readonly string[] {
  if (text !== "" && !text.startsWith("[")) return [text];
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === "string"))
      return words;
  } catch {
    // Said below.
  }
  throw new UserError(`${flag} ${quote(text)} is neither a word nor a JSON list of strings`, {
    help: `Write it as '["/site", "8080"]', or give ${flag} once per word.`,
  });
}

/** `8080` or `53/udp`, as the config spells it. */
export function parseExposed(text: string): string {
  const [port = "", protocol = "tcp"] = text.split("/");
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= 65_535 && /^(tcp|udp|sctp)$/.test(protocol) && text.split("/").length <= 2) {
    return `${number}/${protocol}`;
  }
  throw new UserError(`--expose ${quote(text)} is not a port`, { help: "Write 8080, 8080/tcp or 53/udp." });
}

/** With `SIG` before it, or its number. */
export function parseStopSignal(text: string): string {
  const upper = text.toUpperCase();
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 64) return text;
  const name = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  if (signals.has(name) || /^SIGRTM(IN(\+\d{1,2})?|AX(-\d{1,2})?)$/.test(name)) return name;
  throw new UserError(`--stop-signal ${quote(text)} is not a signal`, {
    help: "For example SIGTERM, SIGQUIT or SIGINT.",
  });
}

/** signal(7), "Standard signals": the container's system is Linux, whatever this one is. */
const signals: ReadonlySet<string> = new Set(
  (
    "ABRT ALRM BUS CHLD CONT FPE HUP ILL INT IO KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP " +
    "SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ"
  )
    .split(" ")
    .map((name) => `SIG${name}`),
);

const units: Readonly<Record<string, number>> = { "": 1, B: 1, kB: 1e3, KiB: 1024, MB: 1e6, MiB: 1024 ** 2 };

/** Bytes. */
export function parseSize(flag: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,12})\s*([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (digits !== "" && factor !== undefined) return Number(digits) * factor;
  throw new UserError(`${flag} ${quote(text)} is not a size`, {
    help: "Write a number of bytes, or one with kB, KiB, MB or MiB behind it.",
  });
}

const durations: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Nanoseconds of `30s`, `1m30s`, `500ms`. */
export function parseDuration(flag: string, text: string): number {
  if (/^(\d{1,6}(ms|s|m|h))+$/.test(text)) {
    let sum = 0;
    for (const [, digits, unit = ""] of text.matchAll(/(\d+)(ms|s|m|h)/g)) {
      sum += Number(digits) * (durations[unit] ?? 0);
    }
    // Docker takes nothing below a millisecond.
    if (sum >= 1e6 && Number.isSafeInteger(sum)) return sum;
  }
  throw new UserError(`${flag} ${quote(text)} is not a time`, { help: "Write 30s, 1m30s or 500ms." });
}
