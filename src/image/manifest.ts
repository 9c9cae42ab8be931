/**
 * The image manifest, which names the config and the layers, and the index, which names one manifest per platform (image-spec, manifest.md
 * and image-index.md). An artifact that refers to an image (an SBOM, a provenance) is a manifest with a `subject`.
 */

import type { Annotations, Descriptor } from "./descriptor.ts";

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
