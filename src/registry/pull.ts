/**
 * A repository as a source of images: nothing is fetched before it is asked for.
 */

import { bytesSource } from "../base/byte-source.ts";
import type { Digest } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import { type ImageSource, manifestsBelow, type Root } from "../image/image-source.ts";
import { isIndexType, isManifestType } from "../image/media-type.ts";
import { formatReference, type Reference } from "../image/reference.ts";
import { cosignTagsOf } from "../image/referrers.ts";
import type { Repository } from "./repository.ts";

/** A registry that names ever more has to be stopped. */
const mostReferrers = 10_000;

/** The same, with what belongs to the image, or to one below it, as further roots; and what refers to that in turn. */
export async function withReferrers(repository: Repository, source: ImageSource): Promise<ImageSource> {
  const found = new Map<string, Root>();
  const subjects: Digest[] = [];
  for (const root of source.roots) {
    for (const { descriptor } of await manifestsBelow(source, root.descriptor)) {
      subjects.push(descriptor.digest);
      for (const signature of await cosignRoots(repository, descriptor.digest)) {
        found.set(signature.descriptor.digest, signature);
      }
    }
  }
  for (const subject of subjects) {
    for (const descriptor of await repository.referrers(subject)) {
      if (found.has(descriptor.digest)) continue;
      const artifactType = descriptor.artifactType ?? "unknown";
      found.set(descriptor.digest, { descriptor: { ...descriptor, artifactType }, names: [] });
      if (found.size > mostReferrers) {
        throw new UserError(`${source.what} has more than ${mostReferrers} manifests that refer to it`);
      }
      subjects.push(descriptor.digest);
    }
  }
  return { ...source, roots: [...source.roots, ...found.values()] };
}

/** What cosign before version 3 attached: by a tag, and by nothing else. */
async function cosignRoots(repository: Repository, digest: Digest): Promise<readonly Root[]> {
  const looked = cosignTagsOf(digest).map(async (tag): Promise<readonly Root[]> => {
    const descriptor = await repository.head(tag);
    return descriptor === undefined ? [] : [{ descriptor, names: [tag] }];
  });
  return (await Promise.all(looked)).flat();
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
