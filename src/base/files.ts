/**
 * The file system: the only module that touches it. What is written appears whole or not at all: it is written beside its place and renamed.
 */

import { randomBytes } from "node:crypto";
import { mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { ByteSource } from "./byte-source.ts";
import { UserError } from "./errors.ts";

const chunkBytes = 1 << 18;

export interface OpenFile extends ByteSource {
  close(): Promise<void>;
}

/** A file to read from, as often as wanted. @throws UserError when it cannot be read */
export async function openFile(path: string): Promise<OpenFile> {
  const handle = await attempted(`read ${path}`, () => open(path, "r"));
  const info = await handle.stat();
  if (!info.isFile()) {
    await handle.close();
    throw new UserError(`cannot read ${path}: it is not a file`);
  }
  return {
    size: info.size,
    async *read(from = 0) {
      for (let at = from; at < info.size; ) {
        const buffer = new Uint8Array(Math.min(chunkBytes, info.size - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) throw new UserError(`${path} became shorter while it was read`);
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    close: () => handle.close(),
  };
}

/** The file of this path; opened anew for each reading, so there is nothing to close. */
export async function fileSource(path: string): Promise<ByteSource> {
  const { size } = await attempted(`read ${path}`, () => stat(path));
  return {
    size,
    async *read(from = 0) {
      const file = await openFile(path);
      try {
        yield* file.read(from);
      } finally {
        await file.close();
      }
    },
  };
}

/** The files below a folder by their relative path; links that lead out of the folder lead nowhere. */
export async function openFolder(path: string): Promise<{
  readonly what: string;
  file(relative: string): Promise<ByteSource | undefined>;
}> {
  const root = await attempted(`read ${path}`, () => realpath(path));
  return {
    what: path,
    async file(relative) {
      const place = resolve(root, relative);
      const real = await realpath(place).catch(() => undefined);
      if (real === undefined || !real.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
      return (await stat(real)).isFile() ? fileSource(real) : undefined;
    },
  };
}

/** Writes the chunks to a file that appears when all of them are there. @throws UserError when it cannot be written */
export async function writeFileWhole(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mode = 0o666,
): Promise<void> {
  const beside = join(dirname(path), `.${randomBytes(6).toString("hex")}.tmp`);
  const handle = await attempted(`write ${path}`, () => open(beside, "wx", mode));
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; ) {
        const rest = chunk.subarray(at);
        at += (await attempted(`write ${path}`, () => handle.write(rest))).bytesWritten;
      }
    }
    await attempted(`write ${path}`, () => handle.close());
    await attempted(`write ${path}`, () => rename(beside, path));
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  }
}

/** A folder, and those above it. @throws UserError */
export async function makeFolder(path: string): Promise<void> {
  await attempted(`make the folder ${path}`, () => mkdir(path, { recursive: true }));
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EISDIR: "it is a folder",
  ENOTDIR: "part of the path is not a folder",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  ELOOP: "too many symbolic links",
  EEXIST: "it exists already",
};

/** Does it, or says in plain words why not. */
async function attempted<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw new UserError(`cannot ${what}: ${reasons[code] ?? (code || String(cause))}`, { cause });
  }
}
