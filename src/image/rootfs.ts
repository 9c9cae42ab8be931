/**
 * The files of an image as one tree: its layers applied in order, with whiteouts taking away what is below (image-spec, layer.md, "Whiteouts"). The
 * layers are read twice: once to learn which entry of which layer is left in the end, once to pass those on.
 */

import type { ByteSource } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import { decompressed } from "./decompress.ts";
import type { Descriptor } from "./descriptor.ts";
import type { ImageSource } from "./image-source.ts";
import type { Manifest } from "./manifest.ts";
import { layerCompression } from "./media-type.ts";
import { type TarEntry, tarOf } from "./tar.ts";
import { readTar, type TarFile } from "./tar-read.ts";
import { hostilePath } from "./validate.ts";

/** More files than this are refused. */
const mostFiles = 1_000_000;

/** Every file, directory and link that is left, layer by layer. Content is to be read before the next entry is asked for. */
export async function* rootfsEntries(source: ImageSource, manifest: Manifest): AsyncGenerator<TarFile> {
  const owners: Owners = new Map();
  // Folders need no entry of their own.
  const folders = new Set<string>();
  for (const [at, layer] of manifest.layers.entries()) {
    for await (const entry of layerEntries(source, layer)) {
      if (owners.size > mostFiles) {
        throw new UserError(`${source.what} has more than ${mostFiles} files`, { exitCode: 1 });
      }
      const { folder, name } = split(entry.path);
      if (name === ".wh..wh..opq") removeBelow(owners, folder, at);
      else if (name.startsWith(".wh.")) remove(owners, join(folder, name.slice(4)), at);
      else {
        // A file in place of a folder takes the folder's files away.
        if (entry.kind !== "directory" && folders.has(entry.path)) remove(owners, entry.path, at);
        for (let above = folder; above !== ""; above = split(above).folder) {
          if (owners.get(above)?.kind === "file") owners.delete(above);
          folders.add(above);
        }
        owners.set(entry.path, { layer: at, kind: entry.kind });
      }
    }
  }
  for (const [at, layer] of manifest.layers.entries()) {
    for await (const entry of layerEntries(source, layer)) {
      if (owners.get(entry.path)?.layer === at) yield entry;
    }
  }
}

/** Whose entry a path is in the end. */
type Owners = Map<string, { readonly layer: number; readonly kind: TarFile["kind"] }>;

/** The tree as a tar, streamed. Hard links whose target is gone, and devices, are left out. */
export async function* rootfsTar(source: ImageSource, manifest: Manifest): AsyncGenerator<Uint8Array> {
  const end = tarOf([]);
  for await (const entry of rootfsEntries(source, manifest)) {
    if (entry.kind === "other" || entry.path === "") continue;
    const once: ByteSource = { size: entry.size, read: () => entry.content };
    const written: TarEntry = {
      path: entry.path,
      kind: entry.kind,
      mode: entry.mode,
      mtime: Math.max(0, Math.trunc(entry.mtime)),
      ...(entry.kind === "file" ? { content: once } : {}),
      ...(entry.kind === "symlink" || entry.kind === "link" ? { target: entry.target } : {}),
    };
    const tar = tarOf([written]);
    let left = tar.size - end.size;
    for await (const chunk of tar.read()) {
      if (left <= 0) break;
      yield chunk.subarray(0, left);
      left -= chunk.length;
    }
  }
  yield* end.read();
}

/** The entries of one layer. @throws UserError for a path that leads out of the image */
export async function* layerEntries(source: ImageSource, layer: Descriptor): AsyncGenerator<TarFile> {
  const compression = layerCompression(layer.mediaType);
  if (compression === undefined)
    throw new UserError(`${source.what}: "${layer.mediaType}" is not a layer`, { exitCode: 1 });
  const what = `the layer ${layer.digest}`;
  const stored = (await source.open(layer)).read();
  for await (const entry of readTar(decompressed(stored, compression, what), what)) {
    const problem = hostilePath(entry);
    if (problem !== undefined) throw new UserError(`${what} ${problem}`, { exitCode: 1 });
    yield { ...entry, path: entry.path.replace(/^\/+/, "").replace(/\/{2,}/g, "/") };
  }
}

/** Takes away what lower layers have at a path and below it. */
function remove(owners: Owners, path: string, layer: number): void {
  for (const [other, owner] of owners) {
    if (owner.layer < layer && (other === path || other.startsWith(`${path}/`))) owners.delete(other);
  }
}

/** Takes away what lower layers put into a folder. */
function removeBelow(owners: Owners, folder: string, layer: number): void {
  for (const [path, owner] of owners) {
    if (owner.layer < layer && (folder === "" || path.startsWith(`${folder}/`))) owners.delete(path);
  }
}

function split(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf("/");
  return { folder: slash < 0 ? "" : path.slice(0, slash), name: path.slice(slash + 1) };
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
