/**
 * What an image is made of, as a value to print: platforms, sizes of each kind, what runs, annotations, files.
 */

import type { Digest } from "../base/digest.ts";
import type { RunConfig } from "./config.ts";
import type { Annotations, Descriptor } from "./descriptor.ts";
import { type ImageSource, manifestsBelow, readConfig } from "./image-source.ts";
import { isRunnable } from "./manifest.ts";
import { isConfigType, isForeignLayer } from "./media-type.ts";
import { formatPlatform } from "./platform.ts";
import { layerEntries } from "./rootfs.ts";

export interface Inspection {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly annotations: Annotations;
  readonly images: readonly InspectedImage[];
  /** Manifests that are not images: attestations, charts, SBOMs. */
  readonly artifacts: readonly {
    readonly digest: Digest;
    readonly artifactType: string;
    readonly size: number;
  }[];
}

export interface InspectedImage {
  readonly platform: string;
  readonly digest: Digest;
  readonly created: string | undefined;
  readonly run: RunConfig;
  readonly annotations: Annotations;
  /** In bytes, like all that follow. */
  readonly manifestBytes: number;
  readonly configBytes: number;
  /** As stored. */
  readonly layerBytes: number;
  /** Manifest, config and layers: what a first pull transfers. */
  readonly pullBytes: number;
  /** Sum of the file sizes; undefined when files were not asked for. */
  readonly imageBytes: number | undefined;
  readonly layers: readonly Descriptor[];
  readonly files: readonly InspectedFile[];
}

export interface InspectedFile {
  readonly path: string;
  readonly kind: string;
  readonly size: number;
  readonly mode: number;
  /** Position of its layer. */
  readonly layer: number;
}

/** Everything below a root; `files` also unpacks the layers to list what they hold. */
export async function inspect(
  source: ImageSource,
  root: Descriptor,
  options: { readonly files: boolean },
): Promise<Inspection> {
  const images: InspectedImage[] = [];
  const artifacts: { readonly digest: Digest; readonly artifactType: string; readonly size: number }[] = [];
  let annotations: Annotations = {};
  for (const { value, descriptor, bytes } of await manifestsBelow(source, root)) {
    if (descriptor.digest === root.digest) annotations = value.annotations ?? {};
    if (!("layers" in value)) continue;
    const config = isConfigType(value.config.mediaType)
      ? (await readConfig(source, value.config)).value
      : undefined;
    if (config === undefined || !isRunnable(value, config)) {
      const artifactType = value.artifactType ?? value.layers[0]?.mediaType ?? value.config.mediaType;
      const size = value.layers.reduce((sum, layer) => sum + layer.size, 0);
      artifacts.push({ digest: descriptor.digest, artifactType, size });
      continue;
    }
    const files = options.files ? await listFiles(source, value.layers) : [];
    const layerBytes = value.layers.reduce((sum, layer) => sum + layer.size, 0);
    images.push({
      platform: formatPlatform(config),
      digest: descriptor.digest,
      created: config.created,
      run: config.config ?? {},
      annotations: value.annotations ?? {},
      manifestBytes: bytes.length,
      configBytes: value.config.size,
      layerBytes,
      pullBytes: bytes.length + value.config.size + layerBytes,
      imageBytes: options.files ? files.reduce((sum, file) => sum + file.size, 0) : undefined,
      layers: value.layers,
      files,
    });
  }
  return { digest: root.digest, mediaType: root.mediaType, annotations, images, artifacts };
}

async function listFiles(
  source: ImageSource,
  layers: readonly Descriptor[],
): Promise<readonly InspectedFile[]> {
  const files: InspectedFile[] = [];
  for (const [at, layer] of layers.entries()) {
    if (isForeignLayer(layer.mediaType)) continue;
    for await (const { path, kind, size, mode } of layerEntries(source, layer)) {
      files.push({ path: `/${path}`, kind, size, mode, layer: at });
    }
  }
  return files;
}
