/**
 * `microlith inspect ANYTHING`: what an image, an executable, a program or a folder is made of, as text for people or as one JSON object.
 */

import { readFileSync } from "node:fs";
import { collectBytes } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import { isElf } from "../elf/read.ts";
import { type ImageSource, pickPlatform } from "../image/image-source.ts";
import { type InspectedImage, type Inspection, inspect as inspectImage } from "../image/inspect.ts";
import type { Location } from "../image/location.ts";
import { parsePlatform } from "../image/platform.ts";
import { referrersAmong } from "../image/referrers.ts";
import { layerEntries } from "../image/rootfs.ts";
import { openLocation } from "../move.ts";
import { type ElfInspection, inspectElf, parseSizeMap, type SizeMap, sizeMapOf } from "./inspect-elf.ts";
import { inspectSite } from "./inspect-site.ts";
import { parsePlatforms, quote } from "./options.ts";
import { parseRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { renderElf, renderImage, renderSite } from "./render-inspection.ts";
import { findSubject, registryOf } from "./subject.ts";
import { result } from "./terminal.ts";

export interface InspectFlags extends RegistryFlags {
  readonly platform?: string;
  /** False with `--no-files`. */
  readonly files: boolean;
  readonly map?: string;
  readonly json?: boolean;
}

/** An image with its executables looked into. */
export interface ImageInspection extends Inspection {
  readonly kind: "image";
  readonly executables: readonly ElfInspection[];
}

/** Executables in images are looked into when there are at most this many files, and each is at most that large. */
const mostFiles = 16;
const largestExecutable = 64 << 20;

export async function inspect(text: string, flags: InspectFlags): Promise<void> {
  const map = flags.map === undefined ? undefined : loadMap(flags.map);
  const subject = findSubject(text);
  switch (subject.kind) {
    case "elf": {
      const found = inspectElf(readExecutable(subject.path), subject.path, map);
      return show(found, flags, () => renderElf(found));
    }
    case "image": {
      const found = await inspectLocation(subject.location, flags, map);
      return show(found, flags, () => renderImage(text, found));
    }
    case "input":
      if (subject.input.kind === "site") {
        const found = inspectSite(subject.input.path);
        return show(found, flags, () => renderSite(found));
      }
      return inspectProgram(subject.input, flags);
  }
}

async function inspectProgram(input: Parameters<typeof compileOne>[0], flags: InspectFlags): Promise<void> {
  const { bytes, map } = await compileOne(input, flags.platform ?? "linux/amd64");
  const found = inspectElf(bytes, input.path, map);
  show(found, flags, () => renderElf(found));
}

/** A program is what its executable is. */
async function compileOne(
  input: { readonly kind: "program"; readonly path: string },
  platform: string,
): Promise<{ readonly bytes: Uint8Array; readonly map: SizeMap }> {
  const { madePlatforms, makeProduct } = await import("./make-product.ts");
  const platforms = parsePlatforms(platform, madePlatforms);
  const product = await makeProduct(input, { platforms, port: 8080, host: undefined });
  const [made] = product.executables;
  if (made === undefined) throw new UserError("no executable was made");
  const bytes = await collectBytes(made.file.read(), largestExecutable, input.path);
  return { bytes, map: await sizeMapOf(made) };
}

async function inspectLocation(
  location: Location,
  flags: InspectFlags,
  map: SizeMap | undefined,
): Promise<ImageInspection> {
  const registry = await parseRegistryOptions(flags, registryOf(location));
  const opened = await openLocation(location, { env: process.env, registry, referrers: true });
  try {
    const { source } = opened;
    const wanted = flags.platform === undefined ? undefined : parsePlatform(flags.platform);
    const whole = opened.root.descriptor;
    const root = wanted === undefined ? whole : (await pickPlatform(source, whole, wanted)).descriptor;
    const found = await inspectImage(source, root, { files: flags.files });
    const artifacts = [...found.artifacts];
    for (const { descriptor } of await referrersAmong(source, root)) {
      artifacts.push(...(await inspectImage(source, descriptor, { files: false })).artifacts);
    }
    const executables = await executablesIn(source, found.images, map);
    return { kind: "image", ...found, artifacts, executables };
  } finally {
    await opened.close();
  }
}

async function executablesIn(
  source: ImageSource,
  images: readonly InspectedImage[],
  map: SizeMap | undefined,
): Promise<readonly ElfInspection[]> {
  const found: ElfInspection[] = [];
  for (const image of images) {
    if (image.files.length > mostFiles) continue;
    for (const layer of image.layers) {
      if (image.files.length === 0) break;
      for await (const entry of layerEntries(source, layer)) {
        if (entry.kind !== "file" || entry.size > largestExecutable || entry.size < 4) continue;
        const bytes = await collectBytes(entry.content, largestExecutable, entry.path);
        if (!isElf(bytes)) continue;
        const path = `${image.platform} /${entry.path}`;
        // What only begins like an executable is a file like any other.
        const inspection = attempt(() => inspectElf(bytes, path, map));
        if (inspection !== undefined) found.push(inspection);
      }
    }
  }
  return found;
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function readExecutable(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UserError(`${quote(path)} could not be read`, { exitCode: 1, cause });
  }
}

function loadMap(path: string): SizeMap {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new UserError(`--map ${quote(path)} could not be read`, { cause });
  }
  return parseSizeMap(text, path);
}

function show(value: object, flags: InspectFlags, render: () => string): void {
  if (flags.json === true) result(JSON.stringify(value));
  else process.stdout.write(render());
}
