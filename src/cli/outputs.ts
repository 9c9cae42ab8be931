/**
 * The places that a build writes to: each gets one result, and none of them is what the build reads.
 */

import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UserError } from "../base/errors.ts";
import { isElf } from "../elf/read.ts";
import { isTar } from "../image/tar-read.ts";
import { documentPaths } from "./document-paths.ts";
import type { ImageSettings } from "./image-options.ts";
import { type Format, quote } from "./options.ts";
import { firstBytes } from "./subject.ts";

/** Of a tar's first header. */
const startBytes = 512;
const byteOfBrace = 0x7b;

/** The output that stands for standard output, as in most commands. */
export const standardOutput = "-";

/** All that is written beside and with `output`. @throws UserError when two of them are one file */
export function outputsOf(
  output: string | undefined,
  map: string | undefined,
  settings: ImageSettings,
  platforms: readonly string[],
): readonly string[] {
  const paths = [
    ...(output === undefined ? [] : [output]),
    ...(map === undefined ? [] : [map]),
    ...documentPaths(settings, platforms),
  ];
  const places = paths.map(placeOf);
  const twice = paths.find((path, index) => places.indexOf(places[index] ?? "") < index && !isSpecial(path));
  if (twice === undefined) return paths;
  throw new UserError(`two results would go to ${quote(twice)}`, { help: "Give each a place of its own." });
}

/**
 * Writing over a program or a page would destroy it, and a layout would become part of the site. What an earlier build wrote into
 * the folder may be replaced.
 * @throws UserError
 */
export function requireNotInput(inputPath: string, outputs: readonly string[]): void {
  if (!existsSync(inputPath)) return;
  const place = placeOf(inputPath);
  const same = outputs.find((output) => placeOf(output) === place);
  if (same !== undefined) throw destroyed(same, "the input itself");
  const part = outputs.find((output) => {
    const belongs = inputPath.endsWith(".ts")
      ? output.endsWith(".ts")
      : placeOf(output).startsWith(place + sep);
    return belongs && existsSync(output) && !isSpecial(output) && !isEarlierResult(output);
  });
  if (part !== undefined) throw destroyed(part, "a file of the input");
}

function destroyed(output: string, what: string): UserError {
  return new UserError(`${quote(output)} is ${what}`, { help: "Write the result to another place." });
}

/** What a build writes: an executable, an archive, a document in JSON, or a folder. */
function isEarlierResult(path: string): boolean {
  if (statSync(path).isDirectory()) return true;
  const start = firstBytes(path, startBytes);
  return isElf(start) || isTar(start) || start[0] === byteOfBrace;
}

/** @throws UserError when what goes to standard output cannot, or something else goes there */
export function requireStream(format: Format, json: boolean, isTerminal: boolean): void {
  if (format === "oci-layout" || format === "rootfs") {
    throw new UserError(`--format ${format} makes a folder, which standard output cannot take`, {
      help: "Name a folder with -o.",
    });
  }
  if (json) {
    throw new UserError("-o - and --json both write to standard output", {
      help: "Name a file with -o, or leave --json out.",
    });
  }
  if (isTerminal) {
    throw new UserError("-o - is standard output, and that is a terminal", {
      help: "Send it to a file or a pipe, or name a file with -o.",
    });
  }
}

/** A pipe, a terminal, /dev/null: written to as it is, never replaced. */
export function isSpecial(path: string): boolean {
  const entry = statSync(path, { throwIfNoEntry: false });
  return entry !== undefined && !entry.isFile() && !entry.isDirectory();
}

/** One text for one file, whatever links and dots lead to it. */
function placeOf(path: string): string {
  if (path === standardOutput) return path;
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(resolve(path));
  return join(existsSync(folder) ? realpathSync(folder) : folder, basename(resolve(path)));
}
