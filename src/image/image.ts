/**
 * An image: config, manifest and layers for one platform; and the index that makes one name of several of them. All are values: making one
 * touches neither a file nor the network, and the same input makes the same bytes.
 */

import type { ByteSource } from "../base/byte-source.ts";
import { type Config, formatTime, type RunConfig } from "./config.ts";
import {
  type Annotations,
  type Blob,
  blobOf,
  type Descriptor,
  type Document,
  documentOf,
} from "./descriptor.ts";
import { type Layer, type LayerFile, layerOf } from "./layer.ts";
import type { Index, Manifest } from "./manifest.ts";
import { type LayerCompression, mediaTypes } from "./media-type.ts";
import type { Platform } from "./platform.ts";

export interface Image {
  readonly platform: Platform;
  readonly config: Document<Config>;
  readonly manifest: Document<Manifest>;
  readonly layers: readonly Layer[];
}

export interface ImageIndex {
  readonly index: Document<Index>;
  readonly images: readonly Image[];
}

export interface ImageInput {
  readonly platform: Platform;
  readonly layers: readonly Layer[];
  readonly run: RunConfig;
  readonly annotations?: Annotations;
  /** Annotations of this image's entry in an index. */
  readonly descriptorAnnotations?: Annotations;
  /** Seconds since 1970; undefined leaves the time out, which is the smallest and says nothing false. */
  readonly created?: number;
}

/** The image of these layers. */
export function imageOf(input: ImageInput): Image {
  const config = documentOf<Config>(mediaTypes.config, {
    architecture: input.platform.architecture,
    os: input.platform.os,
    ...(input.platform.variant === undefined ? {} : { variant: input.platform.variant }),
    ...(input.created === undefined ? {} : { created: formatTime(input.created) }),
    config: input.run,
    rootfs: { type: "layers", diff_ids: input.layers.map((layer) => layer.diffId) },
  });
  const manifest = documentOf<Manifest>(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers: input.layers.map((layer) => layer.descriptor),
    ...annotated(input.annotations),
  });
  const descriptor: Descriptor = {
    ...manifest.descriptor,
    platform: input.platform,
    ...annotated(input.descriptorAnnotations),
  };
  return { platform: input.platform, config, manifest: { ...manifest, descriptor }, layers: input.layers };
}

export interface ExecutableInput {
  readonly platform: Platform;
  /** The file's name in the root folder, and what the container runs. */
  readonly name: string;
  readonly executable: ByteSource;
  /** What the container runs besides the entrypoint, which is the executable. */
  readonly run: RunConfig;
  /** Further files. */
  readonly files?: readonly LayerFile[];
  readonly annotations?: Annotations;
  readonly descriptorAnnotations?: Annotations;
  readonly compression?: LayerCompression;
  /** Seconds since 1970. */
  readonly created?: number;
}

/** The one-layer image of one executable at `/NAME`. */
export async function imageOfExecutable(input: ExecutableInput): Promise<Image> {
  const path = `/${input.name}`;
  const executable: LayerFile = { path, mode: 0o755, content: input.executable };
  const layer = await layerOf([executable, ...(input.files ?? [])], {
    compression: input.compression ?? "gzip",
    mtime: input.created ?? 0,
  });
  return imageOf({ ...input, layers: [layer], run: { Entrypoint: [path], ...input.run } });
}

/** One name for several platforms, in the order given. */
export function indexOf(images: readonly Image[], annotations?: Annotations): ImageIndex {
  const index = documentOf<Index>(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map((image) => image.manifest.descriptor),
    ...annotated(annotations),
  });
  return { index, images };
}

/** Everything an image is stored as: layers and config before the manifest that names them. */
export function blobsOf(image: Image): readonly Blob[] {
  return [...image.layers, blobOf(image.config), blobOf(image.manifest)];
}

/** What a registry sends to someone who has none of it: manifest, config and stored layers, in bytes. */
export function pullBytes(image: Image): number {
  const layers = image.layers.reduce((sum, layer) => sum + layer.descriptor.size, 0);
  return image.manifest.bytes.length + image.config.bytes.length + layers;
}

/** What the files of the image hold, in bytes; `docker images` shows it. */
export function imageBytes(image: Image): number {
  return image.layers.reduce((sum, layer) => sum + layer.fileBytes, 0);
}

function annotated(annotations: Annotations | undefined): { readonly annotations?: Annotations } {
  return annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations };
}
