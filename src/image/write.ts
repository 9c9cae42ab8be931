/**
 * Writes what a source holds: the archive, the layout and Docker's classic archive of any image, ours or not.
 */

import { type ByteSource, bytesSource } from "../base/byte-source.ts";
import { canonicalJsonBytes } from "../base/canonical-json.ts";
import { splitDigest, verified } from "../base/digest.ts";
import {
  type ArchiveImage,
  type ArchiveOptions,
  type ArchiveParts,
  archiveOfParts,
  type LayoutFile,
  layoutBlobs,
  layoutHead,
} from "./archive.ts";
import { decompressed } from "./decompress.ts";
import type { Blob, Descriptor } from "./descriptor.ts";
import { blobsBelow, type ImageSource, manifestsBelow, readConfig } from "./image-source.ts";
import { isRunnable } from "./manifest.ts";
import { isConfigType, layerCompression } from "./media-type.ts";
import { formatFamiliar, type Reference } from "./reference.ts";
import { type TarEntry, tarOf } from "./tar.ts";

/** Everything below a root, ready to be written; `others` are artifacts that refer to it. */
export async function partsOf(
  source: ImageSource,
  root: Descriptor,
  others: readonly Descriptor[] = [],
): Promise<ArchiveParts> {
  const descriptors: Descriptor[] = [];
  for (const one of [root, ...others]) descriptors.push(...(await blobsBelow(source, one)));
  const blobs = descriptors.map((descriptor): Blob => ({ descriptor, content: checked(source, descriptor) }));
  return { root, blobs, images: await runnable(source, root), others };
}

/** One tar with the OCI layout and Docker's manifest. */
export async function archiveOfSource(
  source: ImageSource,
  root: Descriptor,
  options: ArchiveOptions,
  others: readonly Descriptor[] = [],
): Promise<ByteSource> {
  return archiveOfParts(await partsOf(source, root, others), options);
}

/** The files of an OCI image layout. */
export async function layoutOfSource(
  source: ImageSource,
  root: Descriptor,
  tags: readonly Reference[],
  others: readonly Descriptor[] = [],
): Promise<readonly LayoutFile[]> {
  const parts = await partsOf(source, root, others);
  return [...layoutHead(parts.root, tags, others), ...layoutBlobs(parts.blobs)];
}

/** What `docker save` wrote before engine 25: the config and the layers, uncompressed, for one platform (the first below the root). */
export async function dockerArchiveOfSource(
  source: ImageSource,
  root: Descriptor,
  options: ArchiveOptions,
): Promise<ByteSource> {
  const [image] = await runnable(source, root);
  const config = image?.config;
  const files: LayoutFile[] = [];
  const layers: string[] = [];
  if (config !== undefined) files.push({ path: `${hexOf(config)}.json`, content: checked(source, config) });
  for (const layer of image?.layers ?? []) {
    const path = `${hexOf(layer)}.tar`;
    layers.push(path);
    if (!files.some((file) => file.path === path))
      files.push({ path, content: await unpackedLayer(source, layer) });
  }
  const manifest = [
    {
      Config: config === undefined ? "" : `${hexOf(config)}.json`,
      RepoTags: options.tags.map(formatFamiliar),
      Layers: layers,
    },
  ];
  const first: LayoutFile = { path: "manifest.json", content: bytesSource(canonicalJsonBytes(manifest)) };
  return tarOf(
    [first, ...files].map((file): TarEntry => ({ ...file, kind: "file", mode: 0o644, mtime: options.mtime })),
  );
}

/** The uncompressed tar of a layer; unpacked once to learn its size. */
export async function unpackedLayer(source: ImageSource, layer: Descriptor): Promise<ByteSource> {
  const compression = layerCompression(layer.mediaType) ?? "none";
  const stored = checked(source, layer);
  if (compression === "none") return stored;
  const unpack = (): AsyncGenerator<Uint8Array> =>
    decompressed(stored.read(), compression, `the layer ${layer.digest}`);
  let size = 0;
  for await (const chunk of unpack()) size += chunk.length;
  return {
    size,
    async *read(from = 0) {
      let skip = from;
      for await (const chunk of unpack()) {
        if (skip < chunk.length) yield chunk.subarray(skip);
        skip = Math.max(0, skip - chunk.length);
      }
    },
  };
}

/** The blob's bytes, opened when they are read; they end in an error when they are not what the descriptor says. */
function checked(source: ImageSource, descriptor: Descriptor): ByteSource {
  return {
    size: descriptor.size,
    async *read(from = 0) {
      const content = await source.open(descriptor);
      if (from > 0) yield* content.read(from);
      else yield* verified(content.read(), descriptor, `${source.what}: ${descriptor.digest}`);
    },
  };
}

/** The images below a root that have a config of the usual kind and are for a platform. */
export async function runnable(source: ImageSource, root: Descriptor): Promise<readonly ArchiveImage[]> {
  const images: ArchiveImage[] = [];
  for (const { value } of await manifestsBelow(source, root)) {
    if (!("layers" in value) || !isConfigType(value.config.mediaType)) continue;
    const { os, architecture, variant } = (await readConfig(source, value.config)).value;
    const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
    if (!isRunnable(value, platform)) continue;
    images.push({ platform, config: value.config, layers: value.layers });
  }
  return images;
}

function hexOf(descriptor: Descriptor): string {
  return splitDigest(descriptor.digest).hex;
}
