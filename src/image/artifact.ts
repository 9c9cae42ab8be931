/**
 * A document that belongs to an image (an SBOM, a provenance) as an OCI artifact that refers to it by `subject` (image-spec, manifest.md,
 * "Guidelines for Artifact Usage"). Registries list such artifacts beside the image.
 */

import { bytesSource } from "../base/byte-source.ts";
import {
  type Annotations,
  type Blob,
  blobOf,
  type Descriptor,
  type Document,
  descriptorOf,
  documentOf,
  withAnnotations,
} from "./descriptor.ts";
import type { Manifest } from "./manifest.ts";
import { mediaTypes } from "./media-type.ts";

export interface Artifact {
  readonly manifest: Document<Manifest>;
  readonly blobs: readonly Blob[];
}

/** The artifact with one payload. */
export function artifactOf(input: {
  readonly subject: Descriptor;
  readonly artifactType: string;
  readonly payload: Uint8Array;
  /** Under which oras stores the payload; without one it stores nothing. */
  readonly fileName?: string;
  readonly annotations?: Annotations;
}): Artifact {
  const config = documentOf(mediaTypes.empty, {});
  const { mediaType, digest, size } = input.subject;
  const title =
    input.fileName === undefined ? undefined : { "org.opencontainers.image.title": input.fileName };
  const layer = withAnnotations(descriptorOf(input.artifactType, input.payload), title);
  const manifest = documentOf<Manifest>(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: input.artifactType,
    config: config.descriptor,
    layers: [layer],
    subject: { mediaType, digest, size },
    ...(input.annotations === undefined ? {} : { annotations: input.annotations }),
  });
  const payload: Blob = { descriptor: layer, content: bytesSource(input.payload) };
  const descriptor: Descriptor = { ...manifest.descriptor, artifactType: input.artifactType };
  return { manifest: { ...manifest, descriptor }, blobs: [payload, blobOf(config), blobOf(manifest)] };
}
