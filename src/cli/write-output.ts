/**
 * The one place where a command writes what was asked for: beside its place first, then renamed, so that a
 * build that fails leaves nothing half-written and an older result stays whole until the new one is.
 */

import { accessSync, constants, existsSync, realpathSync, renameSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { UserError } from "../base/errors.ts";
import { removedOnFailure } from "../base/files.ts";
import { quote } from "./options.ts";
import { isSpecial, standardOutput } from "./outputs.ts";
import { reasonOf } from "./reasons.ts";

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes `chunks` to `path`, or to standard output when that is `-`.
 * @param mode file permissions, before the umask
 * @returns the bytes written
 * @throws UserError when it cannot be written
 */
export async function writeOutput(path: string, chunks: Chunks, mode: number): Promise<number> {
  return explained(path, async () => {
    if (path === standardOutput) return writeToStandardOutput(chunks);
    checkPlace(path);
    if (isSpecial(path)) return writeTo(path, chunks, { flags: "w" });
    return writeBeside(existsSync(path) ? realpathSync(path) : path, chunks, mode);
  });
}

async function writeToStandardOutput(chunks: Chunks): Promise<number> {
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(counted, process.stdout, { end: false });
  return bytes;
}

async function writeBeside(path: string, chunks: Chunks, mode: number): Promise<number> {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  return removedOnFailure(beside, async () => {
    const bytes = await writeTo(beside, chunks, { flags: "wx", mode });
    renameSync(beside, path);
    return bytes;
  });
}

async function writeTo(
  path: string,
  chunks: Chunks,
  options: { readonly flags: string; readonly mode?: number },
): Promise<number> {
  const file = await open(path, options.flags, options.mode);
  try {
    let bytes = 0;
    // The next chunk is made while this one is written.
    let writing = Promise.resolve();
    for await (const chunk of chunks) {
      await writing;
      writing = file.writeFile(chunk);
      writing.catch(() => {});
      bytes += chunk.length;
    }
    await writing;
    return bytes;
  } finally {
    await file.close();
  }
}

/** Before anything is built: what is certain to fail fails at once. @throws UserError */
export function requireWritable(path: string): Promise<void> {
  return explained(path, async () => checkPlace(path));
}

function checkPlace(path: string): void {
  if (path === standardOutput) {
    throw new UserError('"-" is standard output, which takes nothing but what build makes', {
      help: "A file of this name is ./-",
    });
  }
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError(`${quote(path)} could not be written: there is no folder ${quote(folder)}`, {
      help: "Make it first, or choose another place.",
    });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new UserError(`${quote(path)} is a folder`, { help: "Name a file." });
  }
  if (!isSpecial(path)) accessSync(folder, constants.W_OK);
}

/** What the system refuses becomes a UserError with its reason. */
async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new UserError(`${quote(path)} could not be written: ${reasonOf(error)}`, {
      help: "Choose another place.",
      cause: error,
    });
  }
}
