/**
 * A product as a container image: one layer with the executable, a numeric user without any rights, and what an engine has to know; or the same on top of a
 * base. With it come the documents that were asked for.
 */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { bytesSource } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import { type AnnotationOption, annotationsFor } from "../image/annotation-option.ts";
import { rootOf } from "../image/archive.ts";
import type { Artifact } from "../image/artifact.ts";
import { imageOnBase, pickBase } from "../image/base-image.ts";
import { defaultUser, type RunConfig } from "../image/config.ts";
import { type Annotations, type Descriptor, withAnnotations } from "../image/descriptor.ts";
import { type Image, type ImageIndex, imageOfExecutable, indexOf, pullBytes } from "../image/image.ts";
import { blobSource, type ImageSource, readConfig } from "../image/image-source.ts";
import { type LayerFile, layerOf } from "../image/layer.ts";
import { parseLocation } from "../image/location.ts";
import { formatPlatform, parsePlatform, platformMatches } from "../image/platform.ts";
import { formatReference } from "../image/reference.ts";
import { type MoveOptions, type Opened, openLocation } from "../move.ts";
import type { ImageSettings } from "./image-options.ts";
import type { Input } from "./input.ts";
import { quote } from "./options.ts";
import type { Product, ProductExecutable } from "./product.ts";
import { annotationsOf, noRepository, readGit } from "./project.ts";
import { type MadeDocument, makeDocuments } from "./supply-chain.ts";
import { formatBytes } from "./terminal.ts";

export interface MadeImage {
  readonly made: Image | ImageIndex;
  readonly images: readonly Image[];
  /** With the annotations of its entry in a layout. */
  readonly root: Descriptor;
  /** What refers to the image and travels with it. */
  readonly artifacts: readonly Artifact[];
  /** What goes into files beside it. */
  readonly documents: readonly MadeDocument[];
  /** Seconds since 1970. */
  readonly created: number | undefined;
  /** Gives up the base, which is read until the image is written. */
  close(): Promise<void>;
}

/** The image of a product for one platform, or the index of its images for several. @throws UserError */
export async function makeImage(
  product: Product,
  input: Input,
  port: number,
  settings: ImageSettings,
  move: MoveOptions,
): Promise<MadeImage> {
  const created = createdOf(input, settings);
  const described = annotationsOf(input.path, settings.describe);
  const annotations: readonly AnnotationOption[] = [
    ...Object.entries(described).map(([key, value]) => ({
      scopes: ["manifest", "index"] as const,
      key,
      value,
    })),
    ...settings.annotations,
  ];
  const several = product.executables.length > 1;
  const forIndex = settings.annotations.find(({ scopes }) => scopes.some((scope) => scope === "index"));
  if (!several && forIndex !== undefined) {
    throw new UserError(`the annotation ${quote(forIndex.key)} is for an index, and one platform has none`, {
      help: "Build for several platforms, or leave the scope out.",
    });
  }
  requirePlatforms(settings.annotations, product);
  const name = imageName(input);
  const files = settings.files.flatMap(({ source, destination }) =>
    readFiles(source, destination, `/${name}`),
  );
  requireDistinct(files);
  const base =
    settings.base === undefined ? undefined : await openLocation(parseLocation(settings.base), move);
  const close = async (): Promise<void> => base?.close();
  try {
    const images: Image[] = [];
    for (const executable of product.executables) {
      const run = runConfig(product, name, port, settings, described);
      images.push(await imageFor(executable, { name, run, files, annotations, created, settings, base }));
    }
    for (const image of images) requireSize(pullBytes(image), settings.maxBytes, "to pull");
    const [only] = images;
    const indexAnnotations = annotationsFor(annotations, "index");
    const made = only !== undefined && !several ? only : indexOf(images, indexAnnotations);
    const root = withAnnotations(rootOf(made), annotationsFor(annotations, "index-descriptor"));
    const documents = await makeDocuments({ input, product, made, images, name, settings, created, base });
    return { made, images, root, created, close, ...documents };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws UserError when an annotation is for a platform that is not made: it would be nowhere */
function requirePlatforms(annotations: readonly AnnotationOption[], { executables }: Product): void {
  const made = executables.map((executable) => parsePlatform(executable.platform));
  const lost = annotations.find(
    ({ platform }) => platform !== undefined && !made.some((each) => platformMatches(each, platform)),
  );
  if (lost?.platform === undefined) return;
  throw new UserError(
    `the annotation ${quote(lost.key)} is for ${formatPlatform(lost.platform)}, which is not made`,
    { help: "Add it to --platform, or leave the annotation out." },
  );
}

/** What was made, with what refers to it, to be moved anywhere. */
export function sourceOfMade(image: MadeImage, blobs: Parameters<typeof blobSource>[2]): ImageSource {
  const artifacts = image.artifacts.map(({ manifest }) => ({ descriptor: manifest.descriptor, names: [] }));
  const all = [...blobs, ...image.artifacts.flatMap((artifact) => artifact.blobs)];
  const source = blobSource("the image", { descriptor: image.root, names: [] }, all);
  return { ...source, roots: [...source.roots, ...artifacts] };
}

/** Not the folder's name: where a site lies must not change its image. */
export function imageName(input: Input): string {
  return input.kind === "site" ? "server" : basename(input.path, ".ts");
}

/** @throws UserError (exit code 1) */
export function requireSize(bytes: number, most: number | undefined, what: string): void {
  if (most === undefined || bytes <= most) return;
  throw new UserError(`${formatBytes(bytes)} ${what}, and --max-bytes allows ${formatBytes(most)}`, {
    exitCode: 1,
    help: "See what is in it with --emit map.",
  });
}

interface Parts {
  readonly name: string;
  readonly run: RunConfig;
  readonly files: readonly LayerFile[];
  readonly annotations: readonly AnnotationOption[];
  readonly created: number | undefined;
  readonly settings: ImageSettings;
  readonly base: Opened | undefined;
}

async function imageFor(executable: ProductExecutable, parts: Parts): Promise<Image> {
  const { name, run, files, annotations, settings, base } = parts;
  const platform = parsePlatform(executable.platform);
  const created = parts.created === undefined ? {} : { created: parts.created };
  const own = {
    annotations: annotationsFor(annotations, "manifest", platform),
    descriptorAnnotations: annotationsFor(annotations, "manifest-descriptor", platform),
    ...created,
  };
  const content = executable.file;
  if (base === undefined) {
    const { compression } = settings;
    return imageOfExecutable({ platform, name, executable: content, run, files, compression, ...own });
  }
  const manifest = await pickBase(base.source, base.root.descriptor, platform);
  const below = (await readConfig(base.source, manifest.value.config)).value.config ?? {};
  const layer = await layerOf([{ path: `/${name}`, mode: 0o755, content }, ...files], {
    compression: settings.compression,
    mtime: parts.created ?? 0,
  });
  return imageOnBase({
    platform,
    source: base.source,
    base: manifest,
    baseName: baseName(settings.base ?? "", base),
    layers: [layer],
    // Whom a base runs its programs as is its maker's decision, where there is one.
    run: { Entrypoint: [`/${name}`], ...(below.User ? {} : { User: defaultUser }), ...run },
    createdBy: "microlith",
    ...own,
  });
}

function runConfig(
  product: Product,
  name: string,
  port: number,
  settings: ImageSettings,
  described: Annotations,
): RunConfig {
  const { run, healthcheck, base } = settings;
  const site = product.kind === "site";
  const exposed = site ? { [`${port}/tcp`]: {} } : {};
  const ports = { ...exposed, ...run.ExposedPorts };
  const labels = { ...described, ...run.Labels };
  const check = ["CMD", `/${name}`, "--healthcheck"];
  return {
    ...(base === undefined ? { User: defaultUser } : {}),
    ...(site ? { StopSignal: "SIGTERM" } : {}),
    ...run,
    ...(Object.keys(ports).length > 0 ? { ExposedPorts: ports } : {}),
    ...(Object.keys(labels).length > 0 ? { Labels: labels } : {}),
    ...(healthcheck === undefined ? {} : { Healthcheck: { Test: check, ...healthcheck } }),
  };
}

function createdOf(input: Input, { created }: ImageSettings): number | undefined {
  switch (created.kind) {
    case "unsaid":
      return undefined;
    case "seconds":
      return created.seconds;
    case "git": {
      const repository = readGit(input.path);
      if (repository === undefined) throw noRepository(input.path, "--created git");
      return repository.time;
    }
  }
}

/** A registry's name in full; a file by the name that the image has in it, which is the same wherever the file lies. */
function baseName(text: string, base: Opened): string {
  const location = parseLocation(text);
  if (location.kind === "registry") return formatReference(location.reference);
  if (location.kind === "engine") return location.name;
  return base.root.names[0] ?? basename(location.path);
}

/** A file, or the files below a folder, sorted. Whether its owner may run it is all that is kept of its mode. */
function readFiles(source: string, destination: string, executable: string): readonly LayerFile[] {
  const entry = statSync(source, { throwIfNoEntry: false });
  if (entry === undefined) throw new UserError(`--file: there is no ${quote(source)}`, { exitCode: 1 });
  if (entry.isDirectory()) {
    return readdirSync(source)
      .sort()
      .flatMap((name) =>
        readFiles(join(source, name), `${destination.replace(/\/$/, "")}/${name}`, executable),
      );
  }
  if (!entry.isFile()) throw new UserError(`--file: ${quote(source)} is no file`, { exitCode: 1 });
  const path = destination.endsWith("/") ? `${destination}${basename(source)}` : destination;
  if (path === executable) {
    throw new UserError(`--file: ${quote(path)} is where the executable goes`, {
      help: "Choose another place.",
    });
  }
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(source);
  } catch (cause) {
    throw new UserError(`--file: ${quote(source)} could not be read`, { exitCode: 1, cause });
  }
  return [{ path, mode: (entry.mode & 0o100) === 0 ? 0o644 : 0o755, content: bytesSource(bytes) }];
}

function requireDistinct(files: readonly LayerFile[]): void {
  const paths = new Set<string>();
  for (const { path } of files) {
    if (paths.has(path)) throw new UserError(`--file: two files go to ${quote(path)}`);
    paths.add(path);
  }
}
