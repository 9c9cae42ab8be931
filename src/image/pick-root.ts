/**
 * Which of a source's images is meant, when a place was given with or without a name.
 */

import { UserError } from "../base/errors.ts";
import type { ImageSource, Root } from "./image-source.ts";
import { formatReference, parseReference } from "./reference.ts";
import { isReferrer } from "./referrers.ts";

/**
 * The one root that is meant: the one with that name, or the only one.
 * @throws UserError that lists the names when there are several
 */
export function pickRoot(source: ImageSource, name: string | undefined): Root {
  // What only refers to an image is meant when there is nothing else, or when it has a name.
  const images = source.roots.filter((root) => !isReferrer(root));
  const unnamed = images.length > 0 ? images : source.roots;
  const named =
    name === undefined ? unnamed : source.roots.filter((root) => root.names.some((own) => isSame(own, name)));
  const [root] = named;
  const same = new Set(named.map((one) => one.descriptor.digest)).size === 1;
  if (root !== undefined && same)
    return { descriptor: root.descriptor, names: named.flatMap((one) => one.names) };
  const names = unnamed.flatMap((one) => one.names).join(", ") || "none of them has a name";
  if (source.roots.length === 0) throw new UserError(`${source.what} holds no image`, { exitCode: 1 });
  if (name !== undefined)
    throw new UserError(`${source.what} has no image "${name}"`, { help: `it has: ${names}` });
  throw new UserError(`${source.what} holds ${unnamed.length} images`, {
    help: `say which one, with :NAME behind the path; there are: ${names}`,
  });
}

/** A name is kept with its registry, or without, and asked for in either form. */
function isSame(own: string, asked: string): boolean {
  return own === asked || fullName(own) === fullName(asked);
}

/** With the registry; what is no whole name, but a tag or a stranger's idea of a name, stays as it is. */
function fullName(name: string): string {
  if (!/[:/]/.test(name)) return name;
  try {
    return formatReference(parseReference(name));
  } catch (error) {
    if (error instanceof UserError) return name;
    throw error;
  }
}
