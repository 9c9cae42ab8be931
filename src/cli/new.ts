/**
 * `microlith new DIR`: a program to start from, with what an editor needs to complete and check it. Everything is a copy of
 * what ships with the tool, so nothing is downloaded and the folder needs no packages.
 */

import { cpSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../base/errors.ts";
import { quote } from "./options.ts";
import { note, result } from "./terminal.ts";

/** From the tool's runtime/ to the new folder. */
const copies: readonly (readonly [from: string, to: string])[] = [
  ["starter", "."],
  ["prelude.d.ts", "types/prelude.d.ts"],
  ["modules/target.d.ts", "types/modules/target.d.ts"],
  ["std", "types/std"],
];

export interface NewOptions {
  readonly json?: boolean;
}

/** Prints the path of the new program. @throws UserError when the folder has something in it or cannot be made */
export function createProject(path: string, options: NewOptions = {}): void {
  if (path === "") throw new UserError("the folder has no name");
  const target = resolve(path);
  try {
    requireFree(path, target);
    mkdirSync(dirname(target), { recursive: true });
    copyBeside(target);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new UserError(`${quote(path)} could not be made: ${error.message}`, { cause: error });
  }
  const program = relative(process.cwd(), join(target, "main.ts"));
  if (options.json === true) {
    result(JSON.stringify({ kind: "project", folder: path, program, files: filesBelow(target) }));
    return;
  }
  result(program);
  note(`Try it: microlith run ${program} -- Ada`);
}

/** Relative to the folder, sorted. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function requireFree(path: string, target: string): void {
  const entry = statSync(target, { throwIfNoEntry: false });
  if (entry === undefined) return;
  if (entry.isDirectory() && readdirSync(target).length === 0) return;
  throw new UserError(`${quote(path)} is there already`, { help: "Name a folder that is new or empty." });
}

/** Copied beside its place first, so that a failure leaves nothing half-made. */
function copyBeside(target: string): void {
  const runtime = fileURLToPath(new URL("../../runtime/", import.meta.url));
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  try {
    for (const [from, to] of copies) {
      cpSync(join(runtime, from), join(beside, to), { recursive: true, errorOnExist: false });
    }
    if (statSync(target, { throwIfNoEntry: false }) !== undefined) rmdirSync(target);
    renameSync(beside, target);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
