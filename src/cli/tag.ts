/** `microlith tag REF TAG…`: further names for an image in a registry; nothing but its manifest is read and sent. */

import { UserError } from "../base/errors.ts";
import { formatReference } from "../image/reference.ts";
import { tagImage } from "../move.ts";
import { quote } from "./options.ts";
import { furtherTag } from "./push.ts";
import { parseRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { findImage } from "./subject.ts";
import { result } from "./terminal.ts";

export interface TagFlags extends RegistryFlags {
  readonly json?: boolean;
}

export async function tag(text: string, names: readonly string[], flags: TagFlags): Promise<void> {
  const location = findImage(text);
  if (location.kind !== "registry") {
    throw new UserError(`${quote(text)} is not in a registry`, {
      help: "Give names there with --tag, or use copy.",
    });
  }
  const { reference } = location;
  const tags = names.map((name) => furtherTag(name, reference));
  const registry = await parseRegistryOptions(flags, reference.registry);
  const digest = await tagImage(reference, tags, { env: process.env, registry });
  const name = formatReference({ registry: reference.registry, repository: reference.repository, digest });
  result(flags.json === true ? JSON.stringify({ reference: name, digest, tags }) : name);
}
