/**
 * Values on the command line: text in, a checked value out, or a UserError that names the flag, the value and
 * what would be right.
 */

import { isIP } from "node:net";
import { UserError } from "../base/errors.ts";
import type { Optimize } from "../base/optimize.ts";

export type ImageFormat = "oci" | "oci-layout" | "docker" | "rootfs";
export type Format = "elf" | ImageFormat;
export type Emit = "ir" | "asm" | "map" | "c" | "seccomp";
export type Layout = "plain" | "tight";

export const imageFormats: readonly ImageFormat[] = ["oci", "oci-layout", "docker", "rootfs"];
export const formats: readonly Format[] = ["elf", ...imageFormats];
export const emits: readonly Emit[] = ["ir", "asm", "map", "c", "seccomp"];
export const goals: readonly Optimize[] = ["size", "speed"];
export const layouts: readonly Layout[] = ["plain", "tight"];

/** A TCP port. `lowest` is 0 where "any free one" makes sense. */
export function parsePort(text: string, lowest: 0 | 1): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= lowest && port <= 65_535) return port;
  throw new UserError(`--port ${quote(text)} is not a port`, {
    help: `A port is a number from ${lowest} to 65535.`,
  });
}

/** A numeric address: the executable holds no name resolution. */
export function parseHost(text: string): string {
  const address = text === "localhost" ? "127.0.0.1" : text.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0) return address;
  throw new UserError(`--host ${quote(text)} is not an IP address`, {
    help: "Try 0.0.0.0 (every IPv4 address), :: (every address) or 127.0.0.1 (this machine only).",
  });
}

/** One of `allowed`, for `flag`. */
export function parseChoice<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new UserError(`${flag} ${quote(text)} is not known`, { help: `It is one of ${allowed.join(", ")}.` });
}

/** `--format`, or what the output's name says: `.tar` is an image archive, everything else an executable. */
export function chooseFormat(format: string | undefined, output: string | undefined): Format {
  if (format !== undefined) return parseChoice("--format", format, formats);
  return output?.endsWith(".tar") === true ? "oci" : "elf";
}

/** A comma-separated list of platforms, or `all`; each once, in the order of `known`. */
export function parsePlatforms(text: string, known: readonly string[]): readonly string[] {
  if (text === "all") return known;
  const wanted = text.split(",").map((name) => name.trim());
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`--platform ${quote(unknown)} is not one that microlith makes`, {
      help: `It makes ${known.join(", ")}; several are separated by commas.`,
    });
  }
  return known.filter((name) => wanted.includes(name));
}

/** SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/), in seconds since 1970. */
export function parseSourceDate(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (isTime(text)) return Number(text);
  throw new UserError(`SOURCE_DATE_EPOCH=${text} is not a time`, {
    help: "It is a number of seconds since 1970, before 2242.",
  });
}

/** Seconds since 1970 that a tar header has room for: eleven octal digits. */
export function isTime(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < 8 ** 11;
}

/** What the user typed, in quotes, without control characters that would disturb the terminal. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
