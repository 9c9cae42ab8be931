/** Images for tests that move them: what is inside does not matter, only that it is the same in each run. */

import { createHash } from "node:crypto";
import { bytesSource } from "../../src/base/byte-source.ts";
import { type Blob, blobOf, type Descriptor, documentOf } from "../../src/image/descriptor.ts";
import { type Image, type ImageIndex, imageOfExecutable, indexOf } from "../../src/image/image.ts";
import type { Root } from "../../src/image/image-source.ts";
import { mediaTypes } from "../../src/image/media-type.ts";
import { parsePlatform } from "../../src/image/platform.ts";

/** Bytes that do not shrink. */
export function noise(length: number, seed = ""): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
    createHash("sha256").update(`${seed}${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

export function sampleImage(platform = "linux/amd64", bytes = 1000): Promise<Image> {
  return imageOfExecutable({
    platform: parsePlatform(platform),
    name: "hello",
    executable: bytesSource(noise(bytes, platform)),
    run: {},
  });
}

export async function sampleIndex(): Promise<ImageIndex> {
  return indexOf([
    await sampleImage("linux/amd64"),
    await sampleImage("linux/arm64"),
    await sampleImage("linux/arm/v6"),
  ]);
}

/** A signature as cosign attached it before version 3: an image's config for no platform, a layer that is JSON, and nothing but its tag to say what it signs. */
export function cosignSignature(subject: Descriptor): {
  readonly root: Root;
  readonly blobs: readonly Blob[];
} {
  const payload = documentOf("application/vnd.dev.cosign.simplesigning.v1+json", {
    critical: { image: { "docker-manifest-digest": subject.digest } },
  });
  const config = documentOf(mediaTypes.config, {
    architecture: "",
    os: "",
    config: {},
    rootfs: { type: "layers", diff_ids: [payload.descriptor.digest] },
  });
  const manifest = documentOf(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers: [payload.descriptor],
  });
  const root = { descriptor: manifest.descriptor, names: [`${subject.digest.replace(":", "-")}.sig`] };
  return { root, blobs: [payload, config, manifest].map(blobOf) };
}
