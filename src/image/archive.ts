/**
 * One tar that every engine loads: the OCI image layout and, beside it, Docker's `manifest.json`, both naming the same blobs. `docker load` and
 * older tools read the latter; skopeo, Podman, containerd and crane the former (image-spec, image-layout.md).
 *
 * `docker load` gives a name that several entries carry to the last of them and does not look at the platform. So in `manifest.json` the name belongs
 * to the first platform alone, and the others are there as `NAME:TAG-ARCHITECTURE`.
 */

import { type ByteSource, bytesSource } from "../base/byte-source.ts";
import { canonicalJsonBytes, type Json } from "../base/canonical-json.ts";
import { splitDigest } from "../base/digest.ts";
import { assert } from "../base/errors.ts";
import type { Artifact } from "./artifact.ts";
import { type Annotations, type Blob, blobOf, type Descriptor, withAnnotations } from "./descriptor.ts";
import { blobsOf, type Image, type ImageIndex } from "./image.ts";
import { mediaTypes } from "./media-type.ts";
import type { Platform } from "./platform.ts";
import { formatFamiliar, formatReference, type Reference } from "./reference.ts";
import { type TarEntry, tarOf } from "./tar.ts";

export interface ArchiveOptions {
  /** Names of the image, none of them with a digest. */
  readonly tags: readonly Reference[];
  /** Of each entry of the archive, in seconds since 1970. */
  readonly mtime: number;
  /** Of the image's entry in the layout's index. */
  readonly rootAnnotations?: Annotations;
}

/** A file of the layout, relative to its root. */
export interface LayoutFile {
  readonly path: string;
  readonly content: ByteSource;
}

/** What goes into an archive, whoever made it. */
export interface ArchiveParts {
  readonly root: Descriptor;
  readonly blobs: readonly Blob[];
  /** The images below the root that can run, for Docker's manifest. */
  readonly images: readonly ArchiveImage[];
  /** Roots without a name: what refers to the image. */
  readonly others?: readonly Descriptor[];
}

export interface ArchiveImage {
  readonly platform: Platform;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** The archive of an image, or of an index with its images; `artifacts` are what refers to it. */
export function archiveOf(
  made: Image | ImageIndex,
  options: ArchiveOptions,
  artifacts: readonly Artifact[] = [],
): ByteSource {
  const images = imagesOf(made).map((image) => ({
    platform: image.platform,
    config: image.config.descriptor,
    layers: image.layers.map((layer) => layer.descriptor),
  }));
  const blobs = [...allBlobs(made), ...artifacts.flatMap((artifact) => artifact.blobs)];
  const others = artifacts.map((artifact) => artifact.manifest.descriptor);
  const root = withAnnotations(rootOf(made), options.rootAnnotations);
  return archiveOfParts({ root, blobs, images, others }, options);
}

export function archiveOfParts(parts: ArchiveParts, options: ArchiveOptions): ByteSource {
  const docker: LayoutFile = {
    path: "manifest.json",
    content: bytesSource(canonicalJsonBytes(dockerManifest(parts.images, options.tags))),
  };
  const head = layoutHead(parts.root, options.tags, parts.others);
  return tarOf(
    [...head, docker, ...layoutBlobs(parts.blobs)].map(
      (file): TarEntry => ({
        path: file.path,
        kind: "file",
        mode: 0o644,
        mtime: options.mtime,
        content: file.content,
      }),
    ),
  );
}

/** The files of an OCI image layout. */
export function layoutFiles(made: Image | ImageIndex, tags: readonly Reference[]): readonly LayoutFile[] {
  return [...layoutHead(rootOf(made), tags), ...layoutBlobs(allBlobs(made))];
}

/** The two files that make a folder a layout; each tag is an entry of `index.json`. */
export function layoutHead(
  root: Descriptor,
  tags: readonly Reference[],
  others: readonly Descriptor[] = [],
): readonly LayoutFile[] {
  const manifests = [...(tags.length === 0 ? [root] : tags.map((tag) => named(root, tag))), ...others];
  const index: Json = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: manifests as unknown as Json,
  };
  return [
    { path: "oci-layout", content: bytesSource(canonicalJsonBytes({ imageLayoutVersion: "1.0.0" })) },
    { path: "index.json", content: bytesSource(canonicalJsonBytes(index)) },
  ];
}

/** Each blob once, at its place in a layout. */
export function layoutBlobs(blobs: readonly Blob[]): readonly LayoutFile[] {
  const files = new Map<string, LayoutFile>();
  for (const { descriptor, content } of blobs) {
    const path = blobPath(descriptor);
    if (!files.has(path)) files.set(path, { path, content });
  }
  return [...files.values()];
}

export function blobPath(descriptor: Descriptor): string {
  const { algorithm, hex } = splitDigest(descriptor.digest);
  return `blobs/${algorithm}/${hex}`;
}

/** The descriptor that a push or a layout's index names. */
export function rootOf(made: Image | ImageIndex): Descriptor {
  return "index" in made ? made.index.descriptor : made.manifest.descriptor;
}

export function imagesOf(made: Image | ImageIndex): readonly Image[] {
  return "index" in made ? made.images : [made];
}

/** Blobs before the documents that name them. */
export function allBlobs(made: Image | ImageIndex): readonly Blob[] {
  const blobs = imagesOf(made).flatMap(blobsOf);
  return "index" in made ? [...blobs, blobOf(made.index)] : blobs;
}

/** containerd takes the whole name, everyone else the tag. */
function named(root: Descriptor, tag: Reference): Descriptor {
  assert(tag.tag !== undefined && tag.digest === undefined, "an archive's name has a tag and no digest");
  const annotations: Annotations = {
    ...root.annotations,
    "io.containerd.image.name": formatReference(tag),
    "org.opencontainers.image.ref.name": tag.tag,
  };
  return { ...root, annotations };
}

function dockerManifest(images: readonly ArchiveImage[], tags: readonly Reference[]): Json {
  return images.map((image, position) => ({
    Config: blobPath(image.config),
    Layers: image.layers.map(blobPath),
    RepoTags: tags.map((tag) => {
      const { architecture, variant = "" } = image.platform;
      return formatFamiliar(tag) + (position === 0 ? "" : `-${architecture}${variant}`);
    }),
  }));
}
