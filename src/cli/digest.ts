/** `microlith digest IMAGE`: the digest of an image, wherever it is; from a registry nothing but the manifest's head is asked for. */

import { pickPlatform } from "../image/image-source.ts";
import { parsePlatform } from "../image/platform.ts";
import { openLocation } from "../move.ts";
import { parseRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { findImage, registryOf } from "./subject.ts";
import { result } from "./terminal.ts";

export interface DigestFlags extends RegistryFlags {
  readonly platform?: string;
  readonly json?: boolean;
}

export async function digest(text: string, flags: DigestFlags): Promise<void> {
  const location = findImage(text);
  const platform = flags.platform === undefined ? undefined : parsePlatform(flags.platform);
  const registry = await parseRegistryOptions(flags, registryOf(location));
  const opened = await openLocation(location, { env: process.env, registry });
  try {
    const { source, root } = opened;
    const found =
      platform === undefined
        ? root.descriptor
        : (await pickPlatform(source, root.descriptor, platform)).descriptor;
    const { digest: value, mediaType, size } = found;
    result(flags.json === true ? JSON.stringify({ digest: value, mediaType, size }) : value);
  } finally {
    await opened.close();
  }
}
