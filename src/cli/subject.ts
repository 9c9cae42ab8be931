/**
 * What a command is pointed at: a place where an image is, in the one vocabulary of all commands; or something on this machine, found out by looking at it.
 */

import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/errors.ts";
import { isElf } from "../elf/read.ts";
import { type Location, parseLocation } from "../image/location.ts";
import { formatReference } from "../image/reference.ts";
import type { Input } from "./input.ts";
import { quote } from "./options.ts";
import { note } from "./terminal.ts";

export type Subject =
  | { readonly kind: "input"; readonly input: Input }
  | { readonly kind: "elf"; readonly path: string }
  | { readonly kind: "image"; readonly location: Location };

/** @throws UserError when it is a path where nothing is, or no reference */
export function findSubject(text: string): Subject {
  if (/^(oci|archive|docker|podman|containerd):/.test(text)) {
    return { kind: "image", location: parseLocation(text) };
  }
  const entry = statSync(text, { throwIfNoEntry: false });
  if (entry?.isDirectory() === true) {
    const isLayout = existsSync(join(text, "oci-layout")) && existsSync(join(text, "index.json"));
    if (isLayout) return { kind: "image", location: { kind: "layout", path: text } };
    return { kind: "input", input: { kind: "site", path: text } };
  }
  if (entry !== undefined) {
    // A pipe would be waited for.
    if (!entry.isFile()) {
      throw new UserError(`${quote(text)} is neither a file nor a folder`, { exitCode: 1 });
    }
    if (text.endsWith(".ts")) return { kind: "input", input: { kind: "program", path: text } };
    if (isElf(firstBytes(text, 4))) return { kind: "elf", path: text };
    return { kind: "image", location: { kind: "archive", path: text } };
  }
  // `site.tar:site:1`: one of several images in an archive.
  const [, archive] = /^(.+\.(?:tar|tar\.gz|tgz|tar\.zst|oci)):./.exec(text) ?? [];
  if (archive !== undefined && existsSync(archive)) {
    return { kind: "image", location: parseLocation(`archive:${text}`) };
  }
  if (/^[./~\\]|\.(tar|tgz|gz|ts)$|^[A-Za-z]:\\/.test(text)) {
    throw new UserError(`there is no ${quote(text)}`, { exitCode: 1 });
  }
  const location = parseLocation(text);
  if (location.kind === "registry" && /^[\w.-]+$/.test(text)) {
    // Most often a folder or a file that is spelt otherwise.
    note(
      `microlith: there is no file or folder ${quote(text)}, so ${formatReference(location.reference)} is looked for`,
    );
  }
  return { kind: "image", location };
}

/** The place of an image. @throws UserError when it is something else */
export function findImage(text: string): Location {
  const subject = findSubject(text);
  if (subject.kind === "image") return subject.location;
  throw new UserError(`${quote(text)} is no image`, {
    exitCode: 1,
    help: "Make one of it with microlith build, or name a reference, an archive or a layout.",
  });
}

/** The registry that a command speaks to, for whose account `--username` is; the destination's before the source's. */
export function registryOf(...locations: readonly (Location | undefined)[]): string | undefined {
  for (const location of locations) {
    if (location?.kind === "registry") return location.reference.registry;
  }
  return undefined;
}

/** Zeros stand for what a shorter file does not have. */
export function firstBytes(path: string, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, bytes);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new UserError(`${quote(path)} could not be read`, { exitCode: 1, cause });
  }
  return bytes;
}
