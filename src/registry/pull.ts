/**
 * A repository as a source of images: nothing is fetched before it is asked for.
 */

import { bytesSource } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import { type ImageSource, manifestsBelow, type Root } from "../image/image-source.ts";
import { isIndexType, isManifestType } from "../image/media-type.ts";
import { formatReference, type Reference } from "../image/reference.ts";
import type { Repository } from "./repository.ts";

/** The same, with what refers to the image, or to one below it, as further roots. */
export async function withReferrers(repository: Repository, source: ImageSource): Promise<ImageSource> {
  const found = new Map<string, Root>();
  for (const root of source.roots) {
    for (const { descriptor: subject } of await manifestsBelow(source, root.descriptor)) {
      for (const descriptor of await repository.referrers(subject.digest)) {
        const artifactType = descriptor.artifactType ?? "unknown";
        found.set(descriptor.digest, { descriptor: { ...descriptor, artifactType }, names: [] });
      }
    }
  }
  return { ...source, roots: [...source.roots, ...found.values()] };
}

/** What the reference names, as the only root. @throws UserError when there is no such image */
export async function repositorySource(repository: Repository, reference: Reference): Promise<ImageSource> {
  const what = formatReference(reference);
  const descriptor = await repository.head(reference.digest ?? reference.tag ?? "latest");
  if (descriptor === undefined) {
    throw new UserError(`there is no image ${what}`, { help: "check the name and the tag" });
  }
  return {
    what,
    roots: [{ descriptor, names: [what] }],
    async open(wanted) {
      if (!isIndexType(wanted.mediaType) && !isManifestType(wanted.mediaType)) return repository.blob(wanted);
      const found = await repository.manifest(wanted.digest);
      if (found === undefined) throw new UserError(`${what} has no manifest ${wanted.digest}`);
      return bytesSource(found.bytes);
    },
  };
}
