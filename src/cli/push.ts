/**
 * `microlith push INPUT REF`: an image from anywhere, or one that is made on the spot, into a registry. Standard output is exactly what was pushed,
 * `registry/repository@sha256:…`, which is what a deployment should name.
 */

import type { Digest } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import { type Location, parseLocation } from "../image/location.ts";
import { parsePlatform } from "../image/platform.ts";
import { formatReference, parseReference, type Reference } from "../image/reference.ts";
import { copyImage, type MoveOptions, writeImage } from "../move.ts";
import { platformsOf, referrersOf } from "./build.ts";
import { type ImageFlags, parseImageOptions } from "./image-options.ts";
import type { Input } from "./input.ts";
import { quote } from "./options.ts";
import { outputsOf, requireNotInput } from "./outputs.ts";
import { type ProductFlags, parseProductOptions } from "./product-options.ts";
import { parseRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { findSubject } from "./subject.ts";
import { progress, result } from "./terminal.ts";
import { createTransferBar } from "./transfer-bar.ts";
import { requireWritable, writeOutput } from "./write-output.ts";

export interface PushFlags extends Omit<ProductFlags, "platform">, ImageFlags, RegistryFlags {
  readonly platform?: string;
  readonly referrers?: boolean;
  readonly json?: boolean;
  /** Those of the flags that mean nothing for an image that is there. */
  readonly making: readonly string[];
}

export async function push(subjectText: string, referenceText: string, flags: PushFlags): Promise<void> {
  const reference = requireRegistry(referenceText);
  const tags = flags.tag.map((text) => furtherTag(text, reference));
  const subject = findSubject(subjectText);
  if (subject.kind === "elf") {
    throw new UserError(`${quote(subjectText)} is an executable, and no image`, {
      exitCode: 1,
      help: "Push the folder or program that it was made of, or an image archive.",
    });
  }
  const to: Location = { kind: "registry", reference };
  const bar = createTransferBar();
  const move: MoveOptions = {
    env: process.env,
    registry: await parseRegistryOptions(flags, reference.registry),
    tags,
    onProgress: bar.onProgress,
    ...(flags.referrers === true ? { referrers: true } : {}),
  };
  try {
    const pushed =
      subject.kind === "input"
        ? await pushInput(subject.input, to, flags, move)
        : await pushImage(subject.location, to, flags, move);
    bar.end();
    const { registry, repository, tag } = reference;
    const name = formatReference({ registry, repository, digest: pushed.digest });
    if (flags.json !== true) result(name);
    else {
      const names = [...(tag === undefined ? [] : [tag]), ...tags];
      result(JSON.stringify({ reference: name, ...pushed, tags: names }));
    }
  } finally {
    bar.end();
  }
}

/** Makes the image and pushes it, without a file between. */
async function pushInput(
  input: Input,
  to: Location,
  flags: PushFlags,
  move: MoveOptions,
): Promise<{ readonly digest: Digest }> {
  const [{ madePlatforms, makeProduct }, { makeImage, sourceOfMade }, { allBlobs }] = await Promise.all([
    import("./make-product.ts"),
    import("./make-image.ts"),
    import("../image/archive.ts"),
  ]);
  // Further names are the registry's, and checked already.
  const settings = parseImageOptions({ ...flags, tag: [] }, process.env);
  const options = await parseProductOptions(
    input.path,
    { ...flags, platform: flags.platform ?? "linux/amd64" },
    madePlatforms,
  );
  for (const { path } of [...settings.sboms, ...settings.provenances]) {
    if (path !== undefined) await requireWritable(path);
  }
  const outputs = outputsOf(undefined, undefined, settings, options.platforms);
  requireNotInput(input.path, outputs);
  const product = await makeProduct(input, { ...options, outputs });
  progress("packing the image");
  const image = await makeImage(product, input, options.port, settings, move);
  try {
    for (const document of image.documents) await writeOutput(document.path, [document.bytes], 0o644);
    const source = sourceOfMade(image, allBlobs(image.made));
    const root = { descriptor: image.root, names: [] };
    const digest = await writeImage(source, root, to, move, baseRepositories(settings.base, to));
    const platforms = await platformsOf(product, image, settings);
    return { digest, ...{ kind: product.kind, platforms, ...referrersOf(image) } };
  } finally {
    await image.close();
  }
}

/** Where the registry has the base's layers already. */
function baseRepositories(base: string | undefined, to: Location): readonly string[] {
  const from = base === undefined ? undefined : parseLocation(base);
  if (from?.kind !== "registry" || to.kind !== "registry") return [];
  return from.reference.registry === to.reference.registry ? [from.reference.repository] : [];
}

async function pushImage(
  from: Location,
  to: Location,
  flags: PushFlags,
  move: MoveOptions,
): Promise<{ readonly digest: Digest }> {
  requireNoMaking(flags.making);
  const platform = flags.platform === undefined ? {} : { platform: parsePlatform(flags.platform) };
  return { digest: await copyImage(from, to, { ...move, ...platform }) };
}

/** `oci:dist` would be a tag of an image of Docker's hub. @throws UserError */
function requireRegistry(text: string): Reference {
  const location = parseLocation(text);
  if (location.kind === "registry") return location.reference;
  throw new UserError(`${quote(text)} is not in a registry`, {
    help: "Try microlith copy for an image that is there, or microlith build or load for one that is made.",
  });
}

/** @throws UserError: a flag that is passed over would be taken for one that worked */
export function requireNoMaking([flag]: readonly string[]): void {
  if (flag === undefined) return;
  throw new UserError(`${flag} is about how an image is made, and this one is made already`, {
    help: "Name a folder or a .ts program, or leave it out.",
  });
}

/** A bare tag, or a whole name in the repository that is pushed to. */
export function furtherTag(text: string, reference: Reference): string {
  const bare = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text);
  if (bare) return text;
  if (!/[:/@]/.test(text)) {
    throw new UserError(`${quote(text)} is not a tag`, {
      help: "It has at most 128 letters, digits, dots, hyphens and underscores, and does not begin with a dot or a hyphen.",
    });
  }
  const other = parseReference(text);
  const same = other.registry === reference.registry && other.repository === reference.repository;
  if (same && other.tag !== undefined && other.digest === undefined) return other.tag;
  throw new UserError(`${quote(text)} is not a tag of ${reference.registry}/${reference.repository}`, {
    help: "Name the tag alone, such as 1.0; microlith copy puts an image into another repository.",
  });
}
