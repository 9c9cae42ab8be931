/**
 * `microlith pull REF -o OUT`: an image from a registry, or from anywhere else, into a file or folder.
 */

import { UserError } from "../base/errors.ts";
import { nativePlatform } from "../engine/native-process.ts";
import { pickPlatform, type Root } from "../image/image-source.ts";
import { type Platform, parsePlatform } from "../image/platform.ts";
import { parseReference } from "../image/reference.ts";
import { openLocation } from "../move.ts";
import { type ImageFormat, imageFormats, parseChoice, quote } from "./options.ts";
import { parseRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { findImage, registryOf } from "./subject.ts";
import { formatBytes, note, progress, result } from "./terminal.ts";
import { requireImagePlace, writeImageOutput } from "./write-image.ts";

export interface PullFlags extends RegistryFlags {
  readonly output?: string;
  readonly format?: string;
  readonly platform?: string;
  readonly tag: readonly string[];
  readonly referrers?: boolean;
  readonly json?: boolean;
}

export async function pull(text: string, flags: PullFlags): Promise<void> {
  const from = findImage(text);
  const { output } = flags;
  if (output === undefined || output === "") {
    throw new UserError("there is no output", {
      help: "Say where the image goes with -o, for example -o image.tar.",
    });
  }
  const format = chooseImageFormat(flags.format, output);
  const tags = flags.tag.map(parseReference);
  const wanted = flags.platform === undefined ? undefined : parsePlatform(flags.platform);
  await requireImagePlace(output, format);
  const move = {
    env: process.env,
    registry: await parseRegistryOptions(flags, registryOf(from)),
    ...(flags.referrers === true ? { referrers: true } : {}),
  };
  const opened = await openLocation(from, move);
  try {
    progress(`reading ${text}`);
    const { source, root } = opened;
    const one =
      wanted === undefined
        ? root.descriptor
        : (await pickPlatform(source, root.descriptor, wanted)).descriptor;
    const names: Root = { descriptor: one, names: root.names };
    const place = { path: output, format, tags, platform: wanted ?? hostPlatform() };
    const bytes = await writeImageOutput(source, names, place, move);
    if (flags.json === true) {
      const size = bytes === undefined ? {} : { bytes };
      result(JSON.stringify({ path: output, format, ...size, digest: one.digest }));
    } else {
      result(output);
      note(bytes === undefined ? one.digest : `${one.digest}, ${formatBytes(bytes)}`);
    }
  } finally {
    await opened.close();
  }
}

/** `--format`, or what the output's name says: a folder for what ends in a slash, an archive otherwise. */
function chooseImageFormat(format: string | undefined, output: string): ImageFormat {
  if (format === undefined) return output.endsWith("/") ? "oci-layout" : "oci";
  if (format === "elf") {
    throw new UserError(`--format ${quote(format)} is not a form of an image`, {
      help: `It is one of ${imageFormats.join(", ")}.`,
    });
  }
  return parseChoice("--format", format, imageFormats);
}

/** For forms that hold one platform: this machine's architecture, under Linux. */
export function hostPlatform(): Platform {
  return parsePlatform(nativePlatform("linux") ?? "linux/amd64");
}
