/**
 * `microlith copy SOURCE DESTINATION`: an image from any place to any other, every byte of it, so that its digest stays the same.
 */

import { existsSync } from "node:fs";
import { UserError } from "../base/errors.ts";
import { parseLocation } from "../image/location.ts";
import { parsePlatform } from "../image/platform.ts";
import { formatReference } from "../image/reference.ts";
import { copyImage } from "../move.ts";
import { quote } from "./options.ts";
import { parseRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { findImage, registryOf } from "./subject.ts";
import { result } from "./terminal.ts";
import { createTransferBar } from "./transfer-bar.ts";

export interface CopyFlags extends RegistryFlags {
  readonly platform?: string;
  readonly referrers?: boolean;
  readonly json?: boolean;
}

/** A name without a registry is Docker's hub's, which is seldom meant by the name of a file. @throws UserError */
export function requireNoFile(text: string): void {
  const isArchive = /\.(tar|tgz|tar\.gz|tar\.zst)$/.test(text);
  if (!isArchive && !/^[./~\\]/.test(text) && !existsSync(text)) return;
  throw new UserError(`${quote(text)} is the name of a file, and no image reference`, {
    help: `Write archive:${text} for an archive, or oci:${text} for a layout.`,
  });
}

export async function copy(fromText: string, toText: string, flags: CopyFlags): Promise<void> {
  const from = findImage(fromText);
  const to = parseLocation(toText);
  if (to.kind === "registry") requireNoFile(toText);
  const bar = createTransferBar();
  try {
    const digest = await copyImage(from, to, {
      env: process.env,
      registry: await parseRegistryOptions(flags, registryOf(to, from)),
      onProgress: bar.onProgress,
      ...(flags.platform === undefined ? {} : { platform: parsePlatform(flags.platform) }),
      ...(flags.referrers === true ? { referrers: true } : {}),
    });
    bar.end();
    const { registry, repository } = to.kind === "registry" ? to.reference : { registry: "", repository: "" };
    const reference = to.kind === "registry" ? formatReference({ registry, repository, digest }) : digest;
    result(
      flags.json === true ? JSON.stringify({ source: fromText, destination: toText, digest }) : reference,
    );
  } finally {
    bar.end();
  }
}
