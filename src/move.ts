/**
 * Moves images between any two places: opens the one as a source, writes it to the other. A copy keeps every byte of every document, so digests stay the same; engines
 * alone store images their own way.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { collectBytes } from "./base/byte-source.ts";
import type { Digest } from "./base/digest.ts";
import { UserError } from "./base/errors.ts";
import {
  listFolder,
  makeFolder,
  openFile,
  openFolder,
  removedOnFailure,
  writeFileWhole,
  writeTree,
} from "./base/files.ts";
import type { Engine } from "./engine/engine.ts";
import { findEngine } from "./engine/find-engine.ts";
import type { LayoutFile } from "./image/archive.ts";
import type { Descriptor } from "./image/descriptor.ts";
import { tarTree } from "./image/file-tree.ts";
import { type ImageSource, pickPlatform, type Root, readIndex } from "./image/image-source.ts";
import { readImages } from "./image/layout-read.ts";
import type { Location } from "./image/location.ts";
import type { Index } from "./image/manifest.ts";
import { isIndexType } from "./image/media-type.ts";
import { parseIndex } from "./image/parse.ts";
import { pickRoot } from "./image/pick-root.ts";
import { type Platform, platformMatches } from "./image/platform.ts";
import { formatReference, parseReference, type Reference } from "./image/reference.ts";
import { listedReferrers, referrersAmong } from "./image/referrers.ts";
import { rootfsEntries } from "./image/rootfs.ts";
import { archiveOfSource, layoutOfSource, runnable } from "./image/write.ts";
import { repositorySource, withReferrers } from "./registry/pull.ts";
import { type PushProgress, push } from "./registry/push.ts";
import { openRegistry, type RegistryOptions } from "./registry/registry.ts";

export interface MoveOptions {
  readonly registry?: RegistryOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Only the image for this platform. */
  readonly platform?: Platform;
  /** Further tags at the destination. */
  readonly tags?: readonly string[];
  readonly onProgress?: (progress: PushProgress) => void;
  /** Also what refers to the image in a registry: SBOMs, provenance, signatures. */
  readonly referrers?: boolean;
  /** Instead of looking for engines. */
  readonly engine?: Engine;
}

/** A place that was opened to read from. */
export interface Opened {
  readonly source: ImageSource;
  readonly root: Root;
  close(): Promise<void>;
}

/** Opens what is at a place. @throws UserError when there is nothing, or several things and none was named */
export async function openLocation(location: Location, options: MoveOptions): Promise<Opened> {
  switch (location.kind) {
    case "registry": {
      const { reference } = location;
      const registry = openRegistry(reference.registry, options.registry);
      const repository = registry.repository(reference.repository);
      const close = async (): Promise<void> => registry.close();
      try {
        const source = await repositorySource(repository, reference);
        const whole = options.referrers === true ? await withReferrers(repository, source) : source;
        return picked(whole, undefined, close);
      } catch (error) {
        registry.close();
        throw error;
      }
    }
    case "layout":
      return picked(await readImages(await openFolder(location.path)), location.name, async () => {});
    case "archive": {
      const file = await openFile(location.path);
      try {
        return picked(await readImages(await tarTree(file, location.path)), location.name, file.close);
      } catch (error) {
        await file.close();
        throw error;
      }
    }
    case "engine": {
      const engine = options.engine ?? (await findEngine(location.engine, options.env));
      const saved = await engine.save(engineName(location));
      const source = await readImages(await tarTree(saved.archive, `${location.engine}:${location.name}`));
      const opened = await picked(source, undefined, saved.discard);
      return { ...opened, root: await present(source, opened.root) };
    }
  }
}

/** containerd gives the whole index with the blobs of one platform: then that platform's manifest is what there is. */
async function present(source: ImageSource, root: Root): Promise<Root> {
  if (!isIndexType(root.descriptor.mediaType)) return root;
  const { manifests } = (await readIndex(source, root.descriptor)).value;
  const there: Descriptor[] = [];
  for (const manifest of manifests) {
    const content = await source.open(manifest).catch(() => undefined);
    if (content !== undefined) there.push(manifest);
  }
  const [only] = there;
  return only === undefined || there.length === manifests.length ? root : { ...root, descriptor: only };
}

/** Copies an image, and returns the digest that it has at the destination. */
export async function copyImage(from: Location, to: Location, options: MoveOptions): Promise<Digest> {
  const opened = await openLocation(from, options);
  try {
    const root =
      options.platform === undefined
        ? opened.root.descriptor
        : (await pickPlatform(opened.source, opened.root.descriptor, options.platform)).descriptor;
    const mountFrom =
      from.kind === "registry" && to.kind === "registry" && from.reference.registry === to.reference.registry
        ? [from.reference.repository]
        : [];
    return await writeImage(
      opened.source,
      { descriptor: root, names: opened.root.names },
      to,
      options,
      mountFrom,
    );
  } finally {
    await opened.close();
  }
}

/** Further names for an image that is in a registry; returns its digest. Nothing but the manifest is read or sent. */
export async function tagImage(
  reference: Reference,
  tags: readonly string[],
  options: MoveOptions,
): Promise<Digest> {
  const registry = openRegistry(reference.registry, options.registry);
  try {
    const repository = registry.repository(reference.repository, "push");
    const found = await repository.manifest(reference.digest ?? reference.tag ?? "latest");
    if (found === undefined) throw new UserError(`there is no image ${formatReference(reference)}`);
    for (const tag of tags) await repository.putManifest(tag, found.descriptor.mediaType, found.bytes);
    return found.descriptor.digest;
  } finally {
    registry.close();
  }
}

/** Lays the files of an image for one platform out in a new folder. */
export async function writeRootfs(
  source: ImageSource,
  root: Descriptor,
  platform: Platform,
  path: string,
): Promise<void> {
  const manifest = await pickPlatform(source, root, platform);
  await writeTree(path, rootfsEntries(source, manifest.value));
}

/** Writes an image to a place, under the name that the place gives it, or else under the names that it has. */
export async function writeImage(
  source: ImageSource,
  root: Root,
  to: Location,
  options: MoveOptions,
  mountFrom: readonly string[] = [],
): Promise<Digest> {
  const { descriptor } = root;
  const referrers = to.kind === "engine" ? [] : await referrersAmong(source, descriptor);
  switch (to.kind) {
    case "registry": {
      const { reference } = to;
      if (reference.digest !== undefined && reference.digest !== descriptor.digest) {
        throw new UserError(`cannot push ${descriptor.digest} as ${formatReference(reference)}`, {
          help: "leave out the digest: it follows from the image",
        });
      }
      const registry = openRegistry(reference.registry, options.registry);
      try {
        const repository = registry.repository(reference.repository, "push");
        const { onProgress } = options;
        const common = { mountFrom, ...(onProgress === undefined ? {} : { onProgress }) };
        const tags = [...(reference.tag === undefined ? [] : [reference.tag]), ...(options.tags ?? [])];
        if (referrers.length > 0) {
          // Whoever finds the image by its name finds all that belongs to it.
          await push(source, descriptor, repository, { ...common, tags: [] });
          for (const referrer of referrers) {
            await push(source, referrer.descriptor, repository, { ...common, tags: referrer.names });
          }
        }
        return await push(source, descriptor, repository, { ...common, tags });
      } finally {
        registry.close();
      }
    }
    case "layout":
      await writeLayout(
        source,
        root,
        to.path,
        namesFor(to.name, root, options),
        listedReferrers(referrers, "layout"),
      );
      return descriptor.digest;
    case "archive": {
      const names = { tags: namesFor(to.name, root, options), mtime: 0 };
      const archive = await archiveOfSource(source, descriptor, names, listedReferrers(referrers, "archive"));
      await writeFileWhole(to.path, archive.read());
      return descriptor.digest;
    }
    case "engine": {
      const engine = options.engine ?? (await findEngine(to.engine, options.env));
      const one = await forHost(source, descriptor, engine);
      const tags = [to.name, ...(options.tags ?? [])].map(parseReference);
      await engine.load(await archiveOfSource(source, one, { tags, mtime: 0 }));
      return descriptor.digest;
    }
  }
}

/** Blobs first and `index.json` last; entries that are in the layout already stay, unless their name is given anew. */
async function writeLayout(
  source: ImageSource,
  root: Root,
  path: string,
  tags: readonly Reference[],
  referrers: readonly Descriptor[],
): Promise<void> {
  const files = await layoutOfSource(source, root.descriptor, tags, referrers);
  // A folder that has something else in it, as a site, gets no blobs.
  await existingIndex(join(path, "index.json"));
  await requireLayoutPlace(path);
  const added = await makeFolder(path);
  // A layout that was there before is as it was, but for blobs that nothing names.
  if (added === undefined) await writeLayoutFiles(files, path);
  else await removedOnFailure(added, () => writeLayoutFiles(files, path));
}

async function writeLayoutFiles(files: readonly LayoutFile[], path: string): Promise<void> {
  const index = files.find((file) => file.path === "index.json");
  for (const file of files) {
    if (file === index) continue;
    await makeFolder(join(path, file.path, ".."));
    await writeFileWhole(join(path, file.path), file.content.read());
  }
  if (index === undefined) return;
  const bytes = await collectBytes(index.content.read(), index.content.size, "index.json");
  await writeFileWhole(join(path, "index.json"), [await mergedIndex(join(path, "index.json"), bytes)]);
}

async function mergedIndex(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  const before = await existingIndex(path);
  if (before === undefined) return bytes;
  const added = parseIndex(bytes, "the layout's index");
  // There is one image without a name; artifacts have none and are themselves again by their digest.
  const key = ({ annotations, artifactType, digest }: Descriptor): string =>
    annotations?.["org.opencontainers.image.ref.name"] ?? (artifactType === undefined ? "" : digest);
  const keys = new Set(added.manifests.map(key));
  const kept = before.manifests.filter((entry) => !keys.has(key(entry)));
  return Buffer.from(JSON.stringify({ ...before, manifests: [...kept, ...added.manifests] }));
}

/** The index of a layout that is there; undefined when there is none. @throws UserError when it is the index of something else */
async function existingIndex(path: string): Promise<Index | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes === undefined ? undefined : parseIndex(bytes, path);
}

/** @throws UserError when the folder has something in it and is no layout: the one would become part of the other */
export async function requireLayoutPlace(path: string): Promise<void> {
  const names = await listFolder(path);
  // Without `oci-layout` it may be one that was not finished.
  if (names.includes("oci-layout") || names.every((name) => ["blobs", "index.json"].includes(name))) return;
  throw new UserError(`"${path}" has something else in it than an OCI layout`, {
    help: "Name a folder that is new or empty, or a layout.",
  });
}

/** The names in a file: the given one, or else those that the image had and that are names. */
function namesFor(name: string | undefined, root: Root, options: MoveOptions): readonly Reference[] {
  const written = name === undefined ? root.names : [name];
  const names = [...written, ...(options.tags ?? [])].flatMap((text) => {
    const reference = namedReference(text, root);
    return reference === undefined ? [] : [reference];
  });
  return names.filter(
    (one, at) => names.findIndex((other) => formatReference(other) === formatReference(one)) === at,
  );
}

/** A bare tag, as a layout has it, belongs to whatever full name there is. */
function namedReference(text: string, root: Root): Reference | undefined {
  const full = root.names.filter((name) => name.includes("/") || name.includes(":")).map(parseReference)[0];
  const isTag = !text.includes("/") && !text.includes(":");
  if (isTag && full?.tag === text) return full;
  const reference = isTag ? parseReference(`${full?.repository ?? "image"}:${text}`) : parseReference(text);
  return reference.digest !== undefined || reference.tag === undefined ? undefined : reference;
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** Docker and Podman keep one platform per name: this machine's, where the image has it. */
async function forHost(source: ImageSource, root: Descriptor, engine: Engine): Promise<Descriptor> {
  if (engine.id === "containerd" || !isIndexType(root.mediaType)) return root;
  const host: Platform = { os: "linux", architecture: architectures[process.arch] ?? process.arch };
  const offered = await runnable(source, root);
  if (!offered.some((image) => platformMatches(image.platform, host))) return root;
  return (await pickPlatform(source, root, host)).descriptor;
}

/** containerd knows images by their full names only. */
function engineName(location: { readonly engine: string; readonly name: string }): string {
  return location.engine === "containerd" ? formatReference(parseReference(location.name)) : location.name;
}

async function picked(
  source: ImageSource,
  name: string | undefined,
  close: () => Promise<void>,
): Promise<Opened> {
  try {
    return { source, root: pickRoot(source, name), close };
  } catch (error) {
    await close();
    throw error;
  }
}
