/**
 * An image in the form that was asked for: an archive, a layout, Docker's classic archive, or its files.
 */

import { statSync } from "node:fs";
import { UserError } from "../base/errors.ts";
import type { Descriptor } from "../image/descriptor.ts";
import { type ImageSource, pickPlatform, type Root } from "../image/image-source.ts";
import type { Platform } from "../image/platform.ts";
import type { Reference } from "../image/reference.ts";
import { formatReference } from "../image/reference.ts";
import { rootfsTar } from "../image/rootfs.ts";
import { dockerArchiveOfSource } from "../image/write.ts";
import { type MoveOptions, requireLayoutPlace, writeImage, writeRootfs } from "../move.ts";
import { type ImageFormat, quote } from "./options.ts";
import { requireWritable, writeOutput } from "./write-output.ts";

export interface ImageOutput {
  readonly path: string;
  readonly format: ImageFormat;
  readonly tags: readonly Reference[];
  /** Whose files a `rootfs` has. */
  readonly platform: Platform;
}

/** Before anything is built: what is certain to fail fails at once. @throws UserError */
export async function requireImagePlace(path: string, format: ImageFormat): Promise<void> {
  if (!isFolderFormat(path, format)) return requireWritable(path);
  const entry = statSync(path, { throwIfNoEntry: false });
  if (format === "rootfs" && entry !== undefined) {
    throw new UserError(`${quote(path)} is there already`, {
      help: "A root file system is written to a new folder.",
    });
  }
  if (entry !== undefined && !entry.isDirectory()) {
    throw new UserError(`${quote(path)} is a file`, { help: "An OCI layout is a folder." });
  }
  if (entry === undefined) await requireWritable(path.replace(/[\\/]+$/, ""));
  else await requireLayoutPlace(path);
}

/** Writes it, and returns the bytes of the file; undefined for a folder. */
export async function writeImageOutput(
  source: ImageSource,
  root: Root,
  output: ImageOutput,
  move: MoveOptions,
): Promise<number | undefined> {
  const { path, format, tags, platform } = output;
  switch (format) {
    case "oci":
      await writeImage(source, root, { kind: "archive", path, ...firstName(tags) }, withTags(move, tags));
      return statSync(path).size;
    case "oci-layout":
      await writeImage(source, root, { kind: "layout", path, ...firstName(tags) }, withTags(move, tags));
      return undefined;
    case "docker": {
      const one = await onlyPlatform(source, root.descriptor, platform);
      const archive = await dockerArchiveOfSource(source, one, { tags, mtime: 0 });
      return writeOutput(path, archive.read(), 0o644);
    }
    case "rootfs":
      if (isFolderFormat(path, format)) {
        await writeRootfs(source, root.descriptor, platform, path.replace(/[\\/]+$/, ""));
        return undefined;
      }
      return writeOutput(
        path,
        rootfsTar(source, (await pickPlatform(source, root.descriptor, platform)).value),
        0o644,
      );
  }
}

/** Whether what is written there is a folder. */
export function isFolderFormat(path: string, format: ImageFormat): boolean {
  return format === "oci-layout" || (format === "rootfs" && !path.endsWith(".tar"));
}

async function onlyPlatform(source: ImageSource, root: Descriptor, platform: Platform): Promise<Descriptor> {
  return (await pickPlatform(source, root, platform)).descriptor;
}

function firstName(tags: readonly Reference[]): { readonly name?: string } {
  const [first] = tags;
  return first === undefined ? {} : { name: formatReference(first) };
}

function withTags(move: MoveOptions, tags: readonly Reference[]): MoveOptions {
  return tags.length < 2 ? move : { ...move, tags: tags.slice(1).map(formatReference) };
}
