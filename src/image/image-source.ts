/**
 * Anything that images are read from: what we just made, a layout, an archive, a repository of a registry, an engine. It has roots, which
 * carry names, and opens any blob by its descriptor. What moves images (a writer, a push) needs nothing else.
 */

import { type ByteSource, bytesSource, collectBytes } from "../base/byte-source.ts";
import { verified } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import { allBlobs, rootOf } from "./archive.ts";
import type { Config } from "./config.ts";
import type { Blob, Descriptor, Document } from "./descriptor.ts";
import type { Image, ImageIndex } from "./image.ts";
import { type Index, isRunnable, type Manifest } from "./manifest.ts";
import { isConfigType, isForeignLayer, isIndexType, isManifestType } from "./media-type.ts";
import { largestDocument, parseConfig, parseIndex, parseManifest } from "./parse.ts";
import { formatPlatform, namesNoPlatform, type Platform, platformMatches } from "./platform.ts";

export interface ImageSource {
  /** For messages. */
  readonly what: string;
  readonly roots: readonly Root[];
  /** The stored bytes, not yet verified. @throws UserError when there is no such blob */
  open(descriptor: Descriptor): Promise<ByteSource>;
}

export interface Root {
  readonly descriptor: Descriptor;
  /** As the source has them: full references or bare tags. */
  readonly names: readonly string[];
}

/** Indexes within indexes, at most. */
const deepest = 8;
const mostBlobs = 100_000;

/** What we made, as a source. */
export function sourceOf(made: Image | ImageIndex, names: readonly string[] = []): ImageSource {
  return blobSource("the image", { descriptor: rootOf(made), names }, allBlobs(made));
}

/** A root and the blobs below it, as a source. */
export function blobSource(what: string, root: Root, blobs: readonly Blob[]): ImageSource {
  const byDigest = new Map(blobs.map((blob) => [blob.descriptor.digest, blob.content]));
  return {
    what,
    roots: [root],
    async open(descriptor) {
      const content = byDigest.get(descriptor.digest);
      if (content === undefined)
        throw new UserError(`${what} has no blob ${descriptor.digest}`, { exitCode: 1 });
      return content;
    },
  };
}

/** The bytes of a small blob, verified. */
export async function readBlob(
  source: ImageSource,
  descriptor: Descriptor,
  limit: number = largestDocument,
): Promise<Uint8Array> {
  const what = `${source.what}: ${descriptor.digest}`;
  if (descriptor.size > limit) {
    throw new UserError(`${what} is larger than the ${limit} bytes allowed for it`, { exitCode: 1 });
  }
  const content = descriptor.data === undefined ? await source.open(descriptor) : inlined(descriptor.data);
  return collectBytes(verified(content.read(), descriptor, what), limit, what);
}

export async function readManifest(source: ImageSource, descriptor: Descriptor): Promise<Document<Manifest>> {
  const bytes = await readBlob(source, descriptor);
  return { value: parseManifest(bytes, `manifest ${descriptor.digest}`), bytes, descriptor };
}

export async function readIndex(source: ImageSource, descriptor: Descriptor): Promise<Document<Index>> {
  const bytes = await readBlob(source, descriptor);
  return { value: parseIndex(bytes, `index ${descriptor.digest}`), bytes, descriptor };
}

export async function readConfig(source: ImageSource, descriptor: Descriptor): Promise<Document<Config>> {
  const bytes = await readBlob(source, descriptor);
  return { value: parseConfig(bytes, `config ${descriptor.digest}`), bytes, descriptor };
}

/** Manifests and indexes below a root, itself included, each once and before whatever names it. */
export async function manifestsBelow(
  source: ImageSource,
  root: Descriptor,
): Promise<readonly (Document<Manifest> | Document<Index>)[]> {
  const found = new Map<string, Document<Manifest> | Document<Index>>();
  const visit = async (descriptor: Descriptor, depth: number): Promise<void> => {
    if (found.has(descriptor.digest)) return;
    if (depth > deepest)
      throw new UserError(`${source.what} nests indexes deeper than ${deepest}`, { exitCode: 1 });
    if (found.size > mostBlobs)
      throw new UserError(`${source.what} has more than ${mostBlobs} manifests`, { exitCode: 1 });
    if (isIndexType(descriptor.mediaType)) {
      const index = await readIndex(source, descriptor);
      for (const manifest of index.value.manifests) await visit(manifest, depth + 1);
      found.set(descriptor.digest, index);
    } else if (isManifestType(descriptor.mediaType)) {
      found.set(descriptor.digest, await readManifest(source, descriptor));
    } else {
      const reason = `${source.what}: ${descriptor.digest} is neither a manifest nor an index but "${descriptor.mediaType}"`;
      throw new UserError(reason, { exitCode: 1 });
    }
  };
  await visit(root, 0);
  return [...found.values()];
}

/** Config and layers that a manifest names and that travel with it. */
export function childrenOf(manifest: Manifest): readonly Descriptor[] {
  return [...manifest.layers.filter((layer) => !isForeignLayer(layer.mediaType)), manifest.config];
}

/** Every blob below a root, each once, named ones before those that name them. */
export async function blobsBelow(source: ImageSource, root: Descriptor): Promise<readonly Descriptor[]> {
  const blobs = new Map<string, Descriptor>();
  for (const document of await manifestsBelow(source, root)) {
    if ("layers" in document.value)
      for (const child of childrenOf(document.value)) blobs.set(child.digest, child);
    blobs.set(document.descriptor.digest, document.descriptor);
  }
  return [...blobs.values()];
}

/**
 * The manifest for a platform below a root, or else for one of the `others`, the best first; an image that names no platform is for any.
 * @throws UserError that lists the platforms there are
 */
export async function pickPlatform(
  source: ImageSource,
  root: Descriptor,
  platform: Platform,
  others: readonly Platform[] = [],
): Promise<Document<Manifest>> {
  const offers: { readonly offered: Platform; readonly manifest: Document<Manifest> }[] = [];
  for (const document of await manifestsBelow(source, root)) {
    if (!("layers" in document.value) || !isConfigType(document.value.config.mediaType)) continue;
    const said = document.descriptor.platform ?? (await readConfig(source, document.value.config)).value;
    const { os, architecture, variant } = said;
    const offered: Platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
    if (!isRunnable(document.value, offered)) continue;
    offers.push({ offered, manifest: { ...document, value: document.value } });
  }
  for (const wanted of [platform, ...others]) {
    const found = offers.find(({ offered }) => platformMatches(offered, wanted));
    if (found !== undefined) return found.manifest;
  }
  const forAny = offers.find(({ offered }) => namesNoPlatform(offered));
  if (forAny !== undefined) return forAny.manifest;
  const there = offers.map(({ offered }) => formatPlatform(offered)).join(", ");
  throw new UserError(`${source.what} has no image for ${formatPlatform(platform)}`, {
    help: there === "" ? "nothing in it is an image that runs" : `it has: ${there}`,
  });
}

function inlined(data: string): ByteSource {
  return bytesSource(Buffer.from(data, "base64"));
}
