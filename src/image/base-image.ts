/**
 * An image on top of another: the base's layers and config come first, ours after. Layers that Docker named are given OCI's names for the same
 * thing, because a manifest does not mix the two (image-spec, manifest.md and media-types.md, "Compatibility Matrix").
 */

import { UserError } from "../base/errors.ts";
import { type Config, formatTime, type HistoryEntry, type RunConfig } from "./config.ts";
import {
  type Annotations,
  type Blob,
  type Descriptor,
  type Document,
  documentOf,
  withAnnotations,
} from "./descriptor.ts";
import type { Image } from "./image.ts";
import { type ImageSource, pickPlatform, readConfig } from "./image-source.ts";
import type { Layer } from "./layer.ts";
import type { Manifest } from "./manifest.ts";
import { layerCompression, mediaTypes } from "./media-type.ts";
import { checkRewritable } from "./parse.ts";
import { namesNoPlatform, type Platform } from "./platform.ts";

export interface BaseInput {
  /** Where the base is, and its manifest for one platform. */
  readonly source: ImageSource;
  readonly base: Document<Manifest>;
  /** The base's full name, for `org.opencontainers.image.base.name`. */
  readonly baseName: string;
  readonly layers: readonly Layer[];
  /** What our layers are for; the image is for it too when the base names no platform, or an older variant. */
  readonly platform: Platform;
  /** What differs from the base; `Env` and `Labels` are added to the base's, the rest replaces it. */
  readonly run: RunConfig;
  readonly annotations?: Annotations;
  /** Annotations of this image's entry in an index. */
  readonly descriptorAnnotations?: Annotations;
  /** Seconds since 1970. */
  readonly created?: number;
  /** What the history says of our layers. */
  readonly createdBy: string;
}

/** ARM's variants, the oldest first: each runs what was made for those before it. */
const armVariants: readonly string[] = ["v5", "v6", "v7", "v8"];

/** The base's manifest for an executable's platform, or for one that it can share a machine with: images for arm are rarely for each variant. */
export async function pickBase(
  source: ImageSource,
  root: Descriptor,
  platform: Platform,
): Promise<Document<Manifest>> {
  const at = ageOf(platform);
  const variants = at < 0 ? [] : [...armVariants.slice(0, at).reverse(), ...armVariants.slice(at + 1)];
  const others = variants.map((variant): Platform => ({ ...platform, variant }));
  return pickPlatform(source, root, platform, others);
}

/** Position among ARM's variants; negative for what is none. */
function ageOf({ architecture, variant }: Platform): number {
  return architecture === "arm" ? armVariants.indexOf(variant ?? "") : -1;
}

/** @throws UserError when the base is not an image that can be built on */
export async function imageOnBase(input: BaseInput): Promise<Image> {
  const { source, base } = input;
  const below = (await readConfig(source, base.value.config)).value;
  checkRewritable(below, `the config of ${source.what}`);
  const diffIds = below.rootfs.diff_ids;
  if (diffIds.length !== base.value.layers.length) {
    throw new UserError(
      `${source.what} lists ${diffIds.length} diffIds for ${base.value.layers.length} layers`,
      { exitCode: 1 },
    );
  }
  const layers: Layer[] = [];
  for (const [at, descriptor] of base.value.layers.entries()) {
    const diffId = diffIds[at];
    if (diffId === undefined) continue;
    const blob: Blob = { descriptor: inOciTerms(descriptor), content: await source.open(descriptor) };
    // What the files of foreign layers hold is known only once they are unpacked.
    layers.push({ ...blob, diffId, fileBytes: 0 });
  }
  const all = [...layers, ...input.layers];
  const created = input.created === undefined ? {} : { created: formatTime(input.created) };
  const { created: _, history, ...kept } = below;
  // The newer of the two is what a machine has to be.
  const isOurs = namesNoPlatform(below) || (ageOf(below) >= 0 && ageOf(below) < ageOf(input.platform));
  const { os, architecture, variant } = isOurs ? input.platform : below;
  const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  const config = documentOf<Config>(mediaTypes.config, {
    ...kept,
    ...platform,
    ...created,
    config: mergedRun(below.config ?? {}, input.run),
    rootfs: { type: "layers", diff_ids: all.map((layer) => layer.diffId) },
    ...(history === undefined
      ? {}
      : {
          history: [
            ...history,
            ...input.layers.map((): HistoryEntry => ({ ...created, created_by: input.createdBy })),
          ],
        }),
  });
  const manifest = documentOf<Manifest>(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers: all.map((layer) => layer.descriptor),
    annotations: {
      "org.opencontainers.image.base.digest": base.descriptor.digest,
      "org.opencontainers.image.base.name": input.baseName,
      ...input.annotations,
    },
  });
  const descriptor = withAnnotations({ ...manifest.descriptor, platform }, input.descriptorAnnotations);
  return {
    platform,
    config,
    manifest: { ...manifest, descriptor },
    layers: all,
  };
}

function inOciTerms(descriptor: Descriptor): Descriptor {
  if (!descriptor.mediaType.startsWith("application/vnd.docker.")) return descriptor;
  const compression = layerCompression(descriptor.mediaType);
  if (compression === undefined)
    throw new UserError(`"${descriptor.mediaType}" is not a layer`, { exitCode: 1 });
  const mediaType = { none: mediaTypes.layer, gzip: mediaTypes.layerGzip, zstd: mediaTypes.layerZstd }[
    compression
  ];
  return { ...descriptor, mediaType };
}

function mergedRun(base: RunConfig, own: RunConfig): RunConfig {
  const env = new Map<string, string>();
  for (const value of [...(base.Env ?? []), ...(own.Env ?? [])]) env.set(value.split("=")[0] ?? value, value);
  const labels = { ...base.Labels, ...own.Labels };
  const ports = { ...base.ExposedPorts, ...own.ExposedPorts };
  // A command of the base's would become arguments of our entrypoint.
  const { Cmd: command, ...rest } = base;
  const keepsCommand = own.Entrypoint === undefined && command !== undefined;
  return {
    ...rest,
    ...(keepsCommand ? { Cmd: command } : {}),
    ...own,
    ...(env.size > 0 ? { Env: [...env.values()] } : {}),
    ...(Object.keys(labels).length > 0 ? { Labels: labels } : {}),
    ...(Object.keys(ports).length > 0 ? { ExposedPorts: ports } : {}),
  };
}
