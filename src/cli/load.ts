/**
 * `microlith load INPUT`: an image from anywhere, or one that is made on the spot, into the container engine of this machine.
 */

import { UserError } from "../base/errors.ts";
import type { Engine, EngineId } from "../engine/engine.ts";
import { engineIds, findEngine } from "../engine/find-engine.ts";
import type { ImageSource, Root } from "../image/image-source.ts";
import { formatPlatform } from "../image/platform.ts";
import { formatFamiliar, formatReference, parseReference, type Reference } from "../image/reference.ts";
import { type MoveOptions, openLocation, writeImage } from "../move.ts";
import { type ImageFlags, parseImageOptions } from "./image-options.ts";
import type { Input } from "./input.ts";
import { parseChoice, quote } from "./options.ts";
import { outputsOf, requireNotInput } from "./outputs.ts";
import { type ProductFlags, parseProductOptions } from "./product-options.ts";
import { hostPlatform } from "./pull.ts";
import { requireNoMaking } from "./push.ts";
import { parseRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { findSubject, registryOf } from "./subject.ts";
import { note, progress, result } from "./terminal.ts";
import { requireWritable, writeOutput } from "./write-output.ts";

export interface LoadFlags extends Omit<ProductFlags, "platform">, ImageFlags, RegistryFlags {
  readonly platform?: string;
  readonly engine?: string;
  readonly json?: boolean;
  /** Those of the flags that mean nothing for an image that is there. */
  readonly making: readonly string[];
}

export async function load(text: string, flags: LoadFlags): Promise<void> {
  const wanted = parseEngine(flags.engine);
  requireFiles(flags);
  const tags = flags.tag.map(parseReference);
  const subject = findSubject(text);
  if (subject.kind === "elf") {
    throw new UserError(`${quote(text)} is an executable, and no image`, { exitCode: 1 });
  }
  if (subject.kind === "image") requireNoMaking(flags.making);
  const location = subject.kind === "image" ? subject.location : undefined;
  const registry = await parseRegistryOptions(flags, registryOf(location));
  const engine = await findEngine(wanted, process.env);
  const move: MoveOptions = { env: process.env, registry, engine };
  const loaded =
    subject.kind === "input"
      ? await loadInput(subject.input, engine, tags, flags, move)
      : await loadImage(subject.location, engine, tags, flags, move);
  if (flags.json === true) result(JSON.stringify({ engine: engine.id, ...loaded }));
  else {
    for (const name of loaded.names) result(name);
    note(`loaded into ${engine.id}`);
  }
}

interface Loaded {
  readonly names: readonly string[];
  readonly digest: string;
}

/** Makes the image for the engine's platform and hands it over. */
export async function loadInput(
  input: Input,
  engine: Engine,
  tags: readonly Reference[],
  flags: ImageFlags & Omit<ProductFlags, "platform"> & { readonly platform?: string },
  move: MoveOptions,
): Promise<Loaded> {
  if (tags.length === 0) throw nameless();
  const [{ madePlatforms, makeProduct }, { makeImage, sourceOfMade }, { allBlobs }] = await Promise.all([
    import("./make-product.ts"),
    import("./make-image.ts"),
    import("../image/archive.ts"),
  ]);
  const settings = parseImageOptions(flags, process.env);
  const platform = flags.platform ?? formatPlatform(hostPlatform());
  const options = await parseProductOptions(input.path, { ...flags, platform }, madePlatforms);
  const outputs = outputsOf(undefined, undefined, settings, options.platforms);
  requireNotInput(input.path, outputs);
  for (const path of outputs) await requireWritable(path);
  const product = await makeProduct(input, { ...options, outputs });
  progress("packing the image");
  const image = await makeImage(product, input, options.port, settings, move);
  try {
    for (const document of image.documents) await writeOutput(document.path, [document.bytes], 0o644);
    const source = sourceOfMade(image, allBlobs(image.made));
    return await handOver(source, { descriptor: image.root, names: [] }, engine, tags, move);
  } finally {
    await image.close();
  }
}

async function loadImage(
  location: Parameters<typeof openLocation>[0],
  engine: Engine,
  tags: readonly Reference[],
  flags: LoadFlags,
  move: MoveOptions,
): Promise<Loaded> {
  const { platform } = flags;
  const { parsePlatform } = await import("../image/platform.ts");
  const { pickPlatform } = await import("../image/image-source.ts");
  const opened = await openLocation(location, move);
  try {
    const { source, root } = opened;
    const one =
      platform === undefined
        ? root.descriptor
        : (await pickPlatform(source, root.descriptor, parsePlatform(platform))).descriptor;
    // A bare tag, as a layout has it, is no name that an engine could find the image by.
    const named = root.names.filter((name) => /[/:]/.test(name)).map(parseReference);
    const names =
      tags.length > 0 ? tags : named.filter(({ tag, digest }) => tag !== undefined && digest === undefined);
    return await handOver(source, { descriptor: one, names: [] }, engine, distinct(names), move);
  } finally {
    await opened.close();
  }
}

async function handOver(
  source: ImageSource,
  root: Root,
  engine: Engine,
  tags: readonly Reference[],
  move: MoveOptions,
): Promise<Loaded> {
  const [first, ...others] = tags;
  if (first === undefined) throw nameless();
  const to = { kind: "engine", engine: engine.id, name: formatReference(first) } as const;
  const digest = await writeImage(source, root, to, { ...move, engine, tags: others.map(formatReference) });
  const shown = engine.id === "docker" ? formatFamiliar : formatReference;
  return { names: tags.map(shown), digest };
}

export function parseEngine(text: string | undefined): EngineId | undefined {
  return text === undefined ? undefined : parseChoice("--engine", text, engineIds);
}

/** @throws UserError when a document is to be attached: an engine keeps nothing beside an image */
function requireFiles(flags: ImageFlags): void {
  const attached = [
    ...flags.sbom.map((text) => `--sbom ${text}`),
    ...flags.provenance.map((text) => `--provenance ${text}`),
  ].find((text) => !text.includes("="));
  if (attached === undefined) return;
  throw new UserError(`${attached} is attached to an image, and an engine keeps nothing beside images`, {
    help: `Write it to a file, as in ${attached}=FILE, or push the image to a registry.`,
  });
}

function distinct(references: readonly Reference[]): readonly Reference[] {
  const byName = new Map(references.map((reference) => [formatReference(reference), reference]));
  return [...byName.values()];
}

function nameless(): UserError {
  return new UserError("the image has no name to load it under", {
    help: "Give it one with --tag, for example --tag site:1.",
  });
}
