/**
 * The file system: the only module that touches it. What is written appears whole or not at all: it is written beside its place and renamed.
 */

import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, rmSync } from "node:fs";
import { link, mkdir, open, readdir, realpath, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { ByteSource } from "./byte-source.ts";
import { type Content, changed } from "./content.ts";
import { createHasher, type Digest } from "./digest.ts";
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

/**
 * A file, hashed now and read when it is needed. Reading ends in an error when the file is not what it was. A chunk is gone when the next one is
 * asked for: memory for each would be given back long after it is needed, which for 60,000 small files is most of what a build takes.
 * @throws what the system says when it cannot be read
 */
export function fileContent(path: string): Content {
  const hasher = createHasher();
  let size = 0;
  for (const chunk of readChunks(path)) {
    hasher.update(chunk);
    size += chunk.length;
  }
  const digest = hasher.digest();
  return { size, digest, bytes: undefined, read: (from = 0) => readUnchanged(path, size, digest, from) };
}

/** From the start in any case: the whole of it has to be what it was. */
async function* readUnchanged(
  path: string,
  size: number,
  digest: Digest,
  from: number,
): AsyncGenerator<Uint8Array> {
  const hasher = createHasher();
  let end = 0;
  for (const chunk of readChunks(path)) {
    const start = end;
    end += chunk.length;
    if (end > size) throw changed(path);
    hasher.update(chunk);
    if (end > from) yield start < from ? chunk.subarray(from - start) : chunk;
  }
  if (end !== size || hasher.digest() !== digest) throw changed(path);
}

/** Memory for chunks that nobody reads into now: one for each file that was read at the same time as others. */
const spareChunks: Uint8Array[] = [];

/** All in the same memory. Synchronous, because a site of many small files is read several times as fast that way. */
function* readChunks(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  const chunk = spareChunks.pop() ?? new Uint8Array(chunkBytes);
  try {
    const { size } = fstatSync(file);
    for (let at = 0; ; ) {
      // One byte more than there should be: the end shows in the same call.
      const room = chunk.subarray(0, Math.max(size - at, 0) + 1);
      const count = readSync(file, room);
      if (count === 0) return;
      at += count;
      yield room.subarray(0, count);
      if (count < room.length && at >= size) return;
    }
  } finally {
    spareChunks.push(chunk);
    closeSync(file);
  }
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

/** Signals that end the tool in the middle of its work. */
const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Does the work, and takes away what is at `path` when it fails or a signal ends the tool in the middle of it. */
export async function removedOnFailure<T>(path: string, work: () => Promise<T>): Promise<T> {
  const interrupted = (signal: NodeJS.Signals): void => {
    rmSync(path, { recursive: true, force: true });
    process.kill(process.pid, signal);
  };
  for (const signal of endings) process.once(signal, interrupted);
  try {
    return await work();
  } catch (error) {
    // Where there is nothing, there may not even be a folder around it.
    await rm(path, { recursive: true, force: true }).catch(() => {});
    throw error;
  } finally {
    for (const signal of endings) process.removeListener(signal, interrupted);
  }
}

/** Writes the chunks to a file that appears when all of them are there. @throws UserError when it cannot be written */
export async function writeFileWhole(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mode = 0o666,
): Promise<void> {
  const beside = join(dirname(path), `.${randomBytes(6).toString("hex")}.tmp`);
  await removedOnFailure(beside, async () => {
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
      throw error;
    }
  });
}

/** A folder, and those above it; the first that was not there. @throws UserError */
export async function makeFolder(path: string): Promise<string | undefined> {
  return attempted(`make the folder ${path}`, () => mkdir(path, { recursive: true }));
}

/** The names in a folder; none when there is no such folder. @throws UserError */
export async function listFolder(path: string): Promise<readonly string[]> {
  return attempted(`read the folder ${path}`, async () => {
    const isThere = await stat(path).catch(() => undefined);
    return isThere === undefined ? [] : readdir(path);
  });
}

/** A file, folder or link to be laid out below a folder. */
export interface TreeEntry {
  /** Relative, with `/`, without `..`. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink" | "link" | "other";
  readonly mode: number;
  readonly target: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Lays entries out in a new folder, which appears when all of them are there. They may be hostile: nothing is written through a link of theirs; devices are left out.
 * @throws UserError when the folder exists, or an entry would be written through a link
 */
export async function writeTree(path: string, entries: AsyncIterable<TreeEntry>): Promise<void> {
  const beside = join(dirname(path), `.${randomBytes(6).toString("hex")}.tmp`);
  const links = new Set<string>();
  await attempted(`write ${path}`, () => mkdir(beside));
  await removedOnFailure(beside, async () => {
    for await (const entry of entries) {
      const parts = entry.path.split("/").filter((part) => part !== "" && part !== ".");
      const above = parts.map((_, at) => parts.slice(0, at).join("/"));
      if (parts.includes("..") || above.some((folder) => links.has(folder))) {
        throw new UserError(`cannot write ${path}: ${entry.path} leads through a link or out of the folder`, {
          exitCode: 1,
        });
      }
      if (entry.kind === "symlink") links.add(parts.join("/"));
      await attempted(`write ${path}/${entry.path}`, () => writeEntry(beside, parts, entry, links));
    }
    await attempted(`write ${path}`, () => rename(beside, path));
  });
}

async function writeEntry(
  root: string,
  parts: readonly string[],
  entry: TreeEntry,
  links: ReadonlySet<string>,
): Promise<void> {
  const place = join(root, ...parts);
  await mkdir(dirname(place), { recursive: true });
  switch (entry.kind) {
    case "directory":
      await mkdir(place, { recursive: true });
      break;
    case "symlink":
      await symlink(entry.target, place);
      break;
    case "link": {
      const target = entry.target.split("/").filter((part) => part !== "" && part !== ".");
      const names = target.map((_, at) => target.slice(0, at + 1).join("/"));
      if (target.includes("..") || names.some((name) => links.has(name))) break;
      await link(join(root, ...target), place);
      break;
    }
    case "file":
      await writeFileWhole(place, entry.content, entry.mode & 0o777);
      break;
    case "other":
      break;
  }
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
    if (cause instanceof UserError) throw cause;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw new UserError(`cannot ${what}: ${reasons[code] ?? (code || String(cause))}`, { cause });
  }
}
