/**
 * The image manifest, which names the config and the layers, and the index, which names one manifest per platform (image-spec, manifest.md
 * and image-index.md). An artifact that refers to an image (an SBOM, a provenance) is a manifest with a `subject`.
 */

import type { Annotations, Descriptor } from "./descriptor.ts";
import { isConfigType, layerCompression } from "./media-type.ts";
import type { Platform } from "./platform.ts";

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

export interface Index {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Annotations;
}

/**
 * True for what can be unpacked and run. BuildKit's attestations have a config too, for a platform "unknown", and so have the signatures of cosign
 * before version 3, for none; their layers are JSON. An image that names no platform, as `crane append` makes them, has layers that are layers.
 */
export function isRunnable({ config, layers }: Manifest, platform: Platform): boolean {
  if (!isConfigType(config.mediaType) || platform.os === "unknown") return false;
  return platform.os !== "" || layers.some(({ mediaType }) => layerCompression(mediaType) !== undefined);
}
