/**
 * Reads an OCI image layout or a Docker archive (`docker save`), from a folder or a tar. Docker's form before engine 25 has no manifest
 * of OCI's kind: one is made from its `manifest.json`, its config and its layers, as any pusher has to.
 */

import { type ByteSource, bytesSource, collectBytes } from "../base/byte-source.ts";
import { createHasher } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import { blobPath } from "./archive.ts";
import { sniffCompression } from "./decompress.ts";
import { type Blob, type Descriptor, descriptorOf, documentOf } from "./descriptor.ts";
import type { FileTree } from "./file-tree.ts";
import type { ImageSource, Root } from "./image-source.ts";
import type { Manifest } from "./manifest.ts";
import { type LayerCompression, mediaTypes } from "./media-type.ts";
import { isObject, largestDocument, parseIndex, parseJson, parseObject } from "./parse.ts";
import { quietTag } from "./referrers.ts";

/** What the tree holds as images. @throws UserError when it is neither form */
export async function readImages(tree: FileTree): Promise<ImageSource> {
  const index = await tree.file("index.json");
  if (index !== undefined) return readLayout(tree, index);
  const manifest = await tree.file("manifest.json");
  if (manifest !== undefined) return readDockerArchive(tree, manifest);
  throw new UserError(`${tree.what} holds no image`, {
    exitCode: 1,
    help: "an image archive or layout has an index.json or a manifest.json at its root",
  });
}

async function readLayout(tree: FileTree, file: ByteSource): Promise<ImageSource> {
  const what = `${tree.what}: index.json`;
  const index = parseIndex(await collectBytes(file.read(), largestDocument, what), what);
  const marker = await tree.file("oci-layout");
  if (marker !== undefined) {
    const layout = parseObject(
      await collectBytes(marker.read(), 4096, `${tree.what}: oci-layout`),
      `${tree.what}: oci-layout`,
    );
    const version = layout.imageLayoutVersion;
    if (typeof version !== "string" || !version.startsWith("1.")) {
      throw new UserError(`${tree.what}: the layout's version ${JSON.stringify(version)} is not 1.x`, {
        exitCode: 1,
      });
    }
  }
  return {
    what: tree.what,
    roots: mergedRoots(
      index.manifests.map((descriptor) => ({
        descriptor: withoutName(descriptor),
        names: namesOf(descriptor),
      })),
    ),
    async open(descriptor) {
      const content = await tree.file(blobPath(descriptor));
      if (content === undefined)
        throw new UserError(`${tree.what} has no blob ${descriptor.digest}`, { exitCode: 1 });
      return content;
    },
  };
}

/** The annotations by which a layout's entry carries its names. */
const nameAnnotations = ["org.opencontainers.image.ref.name", "io.containerd.image.name", quietTag] as const;

function namesOf(descriptor: Descriptor): readonly string[] {
  const names = nameAnnotations.map((key) => descriptor.annotations?.[key]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** The descriptor as it was before the layout gave it a name. */
function withoutName(descriptor: Descriptor): Descriptor {
  const { annotations, ...rest } = descriptor;
  const kept = Object.entries(annotations ?? {}).filter(
    ([key]) => !nameAnnotations.some((name) => name === key),
  );
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}

/** One root per digest, with all its names. */
function mergedRoots(roots: readonly Root[]): readonly Root[] {
  const merged = new Map<string, Root>();
  for (const root of roots) {
    const before = merged.get(root.descriptor.digest);
    const names = [...new Set([...(before?.names ?? []), ...root.names])];
    merged.set(root.descriptor.digest, { descriptor: before?.descriptor ?? root.descriptor, names });
  }
  return [...merged.values()];
}

async function readDockerArchive(tree: FileTree, file: ByteSource): Promise<ImageSource> {
  const what = `${tree.what}: manifest.json`;
  const entries = parseJson(await collectBytes(file.read(), largestDocument, what), what);
  if (!Array.isArray(entries) || entries.length === 0)
    throw new UserError(`${what} is not a list of images`, { exitCode: 1 });
  const roots: Root[] = [];
  const blobs = new Map<string, ByteSource>();
  const known = new Map<string, Descriptor>();
  for (const entry of entries) {
    const { config, layers, names } = dockerEntry(entry, what);
    const bytes = await collectBytes(
      (await required(tree, config)).read(),
      largestDocument,
      `${tree.what}: ${config}`,
    );
    const configDescriptor = descriptorOf(mediaTypes.config, bytes);
    blobs.set(configDescriptor.digest, bytesSource(bytes));
    const descriptors: Descriptor[] = [];
    for (const path of layers) {
      const blob = await layerBlob(tree, path, known.get(path));
      known.set(path, blob.descriptor);
      blobs.set(blob.descriptor.digest, blob.content);
      descriptors.push(blob.descriptor);
    }
    const manifest = documentOf<Manifest>(mediaTypes.manifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: configDescriptor,
      layers: descriptors,
    });
    blobs.set(manifest.descriptor.digest, bytesSource(manifest.bytes));
    roots.push({ descriptor: manifest.descriptor, names });
  }
  return {
    what: tree.what,
    roots: mergedRoots(roots),
    async open(descriptor) {
      const content = blobs.get(descriptor.digest);
      if (content === undefined)
        throw new UserError(`${tree.what} has no blob ${descriptor.digest}`, { exitCode: 1 });
      return content;
    },
  };
}

function dockerEntry(
  entry: unknown,
  what: string,
): { readonly config: string; readonly layers: readonly string[]; readonly names: readonly string[] } {
  const { Config: config, Layers: layers, RepoTags: tags } = isObject(entry) ? entry : {};
  if (
    typeof config !== "string" ||
    !isTextList(layers) ||
    !(tags === undefined || tags === null || isTextList(tags))
  ) {
    throw new UserError(`${what}: an entry is not {Config, RepoTags, Layers}`, { exitCode: 1 });
  }
  return { config, layers, names: isTextList(tags) ? tags : [] };
}

const layerTypes: Readonly<Record<LayerCompression, string>> = {
  none: mediaTypes.layer,
  gzip: mediaTypes.layerGzip,
  zstd: mediaTypes.layerZstd,
};

/** The layer at a path, with the digest of the bytes as they lie there. */
async function layerBlob(tree: FileTree, path: string, known: Descriptor | undefined): Promise<Blob> {
  const content = await required(tree, path);
  if (known !== undefined) return { descriptor: known, content };
  const hasher = createHasher();
  let start: Uint8Array | undefined;
  for await (const chunk of content.read()) {
    start ??= chunk.slice(0, 4);
    hasher.update(chunk);
  }
  const mediaType = layerTypes[sniffCompression(start ?? new Uint8Array(0))];
  return { descriptor: { mediaType, digest: hasher.digest(), size: content.size }, content };
}

async function required(tree: FileTree, path: string): Promise<ByteSource> {
  const file = await tree.file(path);
  if (file === undefined)
    throw new UserError(`${tree.what} has no ${path}, which its manifest.json names`, { exitCode: 1 });
  return file;
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
