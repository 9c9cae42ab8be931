/**
 * Derives everything again: every digest and size from the bytes, each diffId from the unpacked layer, the platform of an index entry from the
 * config it leads to. Nothing is taken on trust and nothing stops at the first finding.
 */

import { createHasher, type Digest, type Hasher, splitDigest, verified } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import type { Config } from "./config.ts";
import { decompressed } from "./decompress.ts";
import type { Descriptor, Document } from "./descriptor.ts";
import { type ImageSource, manifestsBelow, readConfig } from "./image-source.ts";
import { type Index, isRunnable, type Manifest } from "./manifest.ts";
import { isConfigType, isForeignLayer, layerCompression } from "./media-type.ts";
import { readTar, type TarFile } from "./tar-read.ts";

export interface Finding {
  /** The digest of the document or blob at fault. */
  readonly where: string;
  readonly message: string;
}

/** What is wrong below a root; nothing when all is well. */
export async function validate(source: ImageSource, root: Descriptor): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const report = (where: string, message: string): void => void findings.push({ where, message });
  const documents = await attempt(root.digest, report, () => manifestsBelow(source, root));
  const seen = new Set<string>();
  for (const document of documents ?? []) {
    const { descriptor, value } = document;
    if (value.mediaType !== undefined && value.mediaType !== descriptor.mediaType) {
      report(
        descriptor.digest,
        `says it is ${value.mediaType}, and what names it says ${descriptor.mediaType}`,
      );
    }
    if (isManifest(document)) await validateManifest(source, document, seen, report);
  }
  return findings;
}

type Report = (where: string, message: string) => void;

async function validateManifest(
  source: ImageSource,
  manifest: Document<Manifest>,
  seen: Set<string>,
  report: Report,
): Promise<void> {
  const { config, layers } = manifest.value;
  for (const blob of [config, ...layers]) checkInlined(blob, report);
  const document = isConfigType(config.mediaType)
    ? await attempt(config.digest, report, () => readConfig(source, config))
    : undefined;
  if (!isConfigType(config.mediaType) || isAttestation(manifest, document?.value)) {
    // An artifact: its blobs mean nothing to us, but they have to be what they are said to be.
    for (const blob of [config, ...layers]) {
      await attempt(blob.digest, report, async () =>
        drain(verified((await source.open(blob)).read(), blob, "the blob")),
      );
    }
    return;
  }
  const diffIds = document?.value.rootfs.diff_ids;
  if (diffIds !== undefined && diffIds.length !== layers.length) {
    report(config.digest, `lists ${diffIds.length} diffIds for ${layers.length} layers`);
  }
  const { platform } = manifest.descriptor;
  if (platform !== undefined && document !== undefined) {
    for (const key of ["os", "architecture", "variant"] as const) {
      const said = document.value[key];
      if (
        platform[key] !== said &&
        !(key === "variant" && (said === undefined || platform[key] === undefined))
      ) {
        report(
          manifest.descriptor.digest,
          `is listed with the ${key} ${platform[key]}, its config says ${said}`,
        );
      }
    }
  }
  for (const [at, layer] of layers.entries()) {
    const diffId = diffIds?.[at];
    const key = `${layer.digest} ${layer.mediaType} ${diffId}`;
    if (seen.has(key) || isForeignLayer(layer.mediaType)) continue;
    seen.add(key);
    await validateLayer(source, layer, diffId, report);
  }
}

/** What has an image's config and is none: none of its layers is one, and it is for a platform that there is not. */
function isAttestation({ descriptor, value }: Document<Manifest>, config: Config | undefined): boolean {
  const platform = descriptor.platform ?? config;
  const isNowhere = platform !== undefined && !isRunnable(value, platform);
  return isNowhere && value.layers.every(({ mediaType }) => layerCompression(mediaType) === undefined);
}

async function validateLayer(
  source: ImageSource,
  layer: Descriptor,
  diffId: Digest | undefined,
  report: Report,
): Promise<void> {
  const compression = layerCompression(layer.mediaType);
  if (compression === undefined) {
    report(layer.digest, `has a media type that is not a layer's: ${layer.mediaType}`);
    return;
  }
  await attempt(layer.digest, report, async () => {
    const stored = verified((await source.open(layer)).read(), layer, "the layer");
    // The config's digests may be of another algorithm than the layer's own.
    const hasher = createHasher(diffId === undefined ? "sha256" : splitDigest(diffId).algorithm);
    const unpacked = decompressed(stored, compression, "the layer");
    const tar = hashed(unpacked, hasher);
    try {
      for await (const entry of readTar(tar, "the layer")) {
        const problem = hostilePath(entry);
        if (problem !== undefined) report(layer.digest, problem);
      }
      await drain(tar);
    } finally {
      await unpacked.return(undefined);
    }
    const found = hasher.digest();
    if (diffId !== undefined && found !== diffId)
      report(layer.digest, `unpacks to ${found}, its config says ${diffId}`);
  });
}

/** Paths by which a layer would write outside of the root folder it is unpacked into. */
export function hostilePath(entry: TarFile): string | undefined {
  if (entry.path.includes("\0")) return `holds a path with a NUL: ${JSON.stringify(entry.path)}`;
  if (entry.path.split("/").includes("..")) return `holds a path that leads out of the image: ${entry.path}`;
  if (entry.kind === "link" && entry.target.split("/").includes("..")) {
    return `holds a hard link that leads out of the image: ${entry.path} → ${entry.target}`;
  }
  return undefined;
}

function checkInlined(descriptor: Descriptor, report: Report): void {
  if (descriptor.data === undefined) return;
  const bytes = Buffer.from(descriptor.data, "base64");
  const hasher = createHasher(descriptor.digest.startsWith("sha512") ? "sha512" : "sha256");
  hasher.update(bytes);
  if (bytes.length !== descriptor.size || hasher.digest() !== descriptor.digest) {
    report(descriptor.digest, "is inlined with other bytes than its digest says");
  }
}

/** Passes chunks on to whoever reads next, hashing what goes by; it can be iterated again to read the rest. */
function hashed(chunks: AsyncGenerator<Uint8Array>, hasher: Hasher): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const result = await chunks.next();
        if (result.done !== true) hasher.update(result.value);
        return result;
      },
    }),
  };
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks);
}

async function attempt<T>(where: string, report: Report, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report(where, error.message);
    return undefined;
  }
}

function isManifest(document: Document<Manifest> | Document<Index>): document is Document<Manifest> {
  return "layers" in document.value;
}
