/**
 * Files by name, wherever they are: in a folder, in a tar. An OCI layout and a Docker archive are both read through this.
 */

import { type ByteSource, collectBytes } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import { decompressed, sniffCompression } from "./decompress.ts";
import { readTar } from "./tar-read.ts";

export interface FileTree {
  /** For messages: the path of the folder or archive. */
  readonly what: string;
  /** The file at a relative path; undefined when there is none. */
  file(path: string): Promise<ByteSource | undefined>;
}

const mostEntries = 100_000;
const mostLinks = 8;

/** The files of a tar, which may be compressed as a whole (then each reading unpacks it up to there again). */
export async function tarTree(stored: ByteSource, what: string): Promise<FileTree> {
  const tar = await unpacked(stored, what);
  const files = new Map<string, { readonly offset: number; readonly size: number }>();
  const links = new Map<string, string>();
  let entries = 0;
  for await (const entry of readTar(tar.read(), what)) {
    entries += 1;
    if (entries > mostEntries)
      throw new UserError(`${what} has more than ${mostEntries} entries`, { exitCode: 1 });
    if (entry.kind === "file") files.set(entry.path, { offset: entry.offset, size: entry.size });
    else if (entry.kind === "symlink") links.set(entry.path, joined(entry.path, entry.target));
    else if (entry.kind === "link") links.set(entry.path, entry.target.replace(/^\.\//, ""));
  }
  if (entries === 0) throw new UserError(`${what} is empty`, { exitCode: 1 });
  return {
    what,
    async file(path) {
      let name = path;
      for (let hops = 0; hops < mostLinks && links.has(name) && !files.has(name); hops++)
        name = links.get(name) ?? name;
      const found = files.get(name);
      return found === undefined ? undefined : sliceOf(tar, found.offset, found.size);
    },
  };
}

/** Part of a source. */
export function sliceOf(source: ByteSource, offset: number, size: number): ByteSource {
  return {
    size,
    async *read(from = 0) {
      let left = size - from;
      if (left <= 0) return;
      for await (const chunk of source.read(offset + from)) {
        yield chunk.length > left ? chunk.subarray(0, left) : chunk;
        left -= chunk.length;
        if (left <= 0) return;
      }
    },
  };
}

async function unpacked(stored: ByteSource, what: string): Promise<ByteSource> {
  const start = await collectBytes(sliceOf(stored, 0, Math.min(4, stored.size)).read(), 4, what);
  const compression = sniffCompression(start);
  if (compression === "none") return stored;
  return {
    size: stored.size,
    async *read(from = 0) {
      let skip = from;
      for await (const chunk of decompressed(stored.read(), compression, what)) {
        if (skip < chunk.length) yield chunk.subarray(skip);
        skip = Math.max(0, skip - chunk.length);
      }
    },
  };
}

/** Where a symlink in an archive leads; `..` above the root stays at the root. */
function joined(link: string, target: string): string {
  const parts = target.startsWith("/") ? [] : link.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
