/**
 * What belongs to an image without being part of it: bills of materials, provenance, signatures, and what refers to those in turn (the
 * signature of a bill). There are three ways to find it, and a source may have any of them:
 *
 * - an artifact among its roots, whose `subject` is the image (image-spec, manifest.md). Layouts by oras list the last of a chain only;
 * - an index under the tag `sha256-HEX`, where the registry has no API for it (distribution-spec, "Referrers Tag Schema"). regctl has it in layouts too;
 * - a tag that says it all, `sha256-HEX.sig`, as cosign before version 3 wrote it: nothing in what it names refers to the image.
 */

import { type Digest, isDigest, splitDigest } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import { type Descriptor, withAnnotations } from "./descriptor.ts";
import { type ImageSource, manifestsBelow, type Root, readIndex, readManifest } from "./image-source.ts";
import type { Index, Manifest } from "./manifest.ts";
import { isIndexType, isManifestType } from "./media-type.ts";

/** What cosign before version 3 put behind a digest's tag: signatures, attestations, bills of materials. */
const cosignEndings = ["sig", "att", "sbom"] as const;
/** Artifacts that refer to artifacts, at most. */
const longestChain = 8;

/** The tag under which a digest's referrers are listed; at most 32 and 64 characters of its two halves. */
export function referrersTagOf(digest: Digest): string {
  const { algorithm, hex } = splitDigest(digest);
  return `${algorithm.slice(0, 32)}-${hex.slice(0, 64)}`;
}

/** The tags by which cosign before version 3 would name what belongs to the digest. */
export function cosignTagsOf(digest: Digest): readonly string[] {
  return cosignEndings.map((ending) => `${referrersTagOf(digest)}.${ending}`);
}

/** True for a root that is there for the sake of an image, and is none that somebody means who names none. */
export function isReferrer(root: Root): boolean {
  return isArtifact(root.descriptor) || (root.names.length > 0 && root.names.every(isReferrersTag));
}

/** The source's manifests that belong to an image, or to one below it, each behind what it refers to; with the tags that they need to be found. */
export async function referrersAmong(source: ImageSource, root: Descriptor): Promise<readonly Root[]> {
  const roots = source.roots.filter(isReferrer);
  if (roots.length === 0) return [];
  const links = (await Promise.all(roots.map((one) => linksOf(source, one)))).flat();
  const below = await manifestsBelow(source, root);
  const members = new Set(below.map(({ descriptor }) => referrersTagOf(descriptor.digest)));
  const found = new Map<string, Root>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { from, to } of links) {
      if (found.has(from.descriptor.digest) || !members.has(to)) continue;
      found.set(from.descriptor.digest, from);
      members.add(referrersTagOf(from.descriptor.digest));
    }
  }
  return [...found.values()];
}

/** The annotation of an archive's entry that keeps its tag from engines: they take what has a name for an image, and fail to unpack it. */
export const quietTag = "microlith.referrer.tag";

/** How a layout's `index.json` lists them: each with the tag that it needs to be found, if it needs one. */
export function listedReferrers(
  referrers: readonly Root[],
  kind: "layout" | "archive",
): readonly Descriptor[] {
  const key = kind === "layout" ? "org.opencontainers.image.ref.name" : quietTag;
  return referrers.map(({ descriptor, names: [tag] }) =>
    withAnnotations(descriptor, tag === undefined ? undefined : { [key]: tag }),
  );
}

interface Link {
  readonly from: Root;
  /** The tag of the digest that it refers to. */
  readonly to: string;
}

async function linksOf(source: ImageSource, root: Root): Promise<readonly Link[]> {
  const { descriptor, names } = root;
  if (isArtifact(descriptor)) return subjectsOf(source, descriptor);
  const links: Link[] = [];
  for (const name of names) {
    const [to = "", ending] = name.split(".");
    if (ending !== undefined) links.push({ from: { descriptor, names: [name] }, to });
    else if (isIndexType(descriptor.mediaType)) {
      const { manifests } = (await readIndex(source, descriptor)).value;
      for (const manifest of manifests) links.push({ from: { descriptor: manifest, names: [] }, to });
    }
  }
  return links;
}

/** From an artifact to what it refers to, and on from there while that is an artifact too. */
async function subjectsOf(source: ImageSource, artifact: Descriptor): Promise<readonly Link[]> {
  const links: Link[] = [];
  let descriptor: Descriptor | undefined = artifact;
  while (descriptor !== undefined && links.length < longestChain) {
    const { subject, artifactType } = await readDocument(source, descriptor);
    if (subject === undefined) break;
    const typed = artifactType === undefined ? descriptor : { ...descriptor, artifactType };
    links.push({ from: { descriptor: typed, names: [] }, to: referrersTagOf(subject.digest) });
    descriptor = (await isThere(source, subject)) ? subject : undefined;
  }
  return links;
}

async function isThere(source: ImageSource, subject: Descriptor): Promise<boolean> {
  if (!isDocument(subject)) return false;
  try {
    await readDocument(source, subject);
    return true;
  } catch (error) {
    // An artifact may be kept without what it refers to.
    if (error instanceof UserError) return false;
    throw error;
  }
}

async function readDocument(source: ImageSource, descriptor: Descriptor): Promise<Manifest | Index> {
  const read = isIndexType(descriptor.mediaType) ? readIndex : readManifest;
  return (await read(source, descriptor)).value;
}

function isArtifact(descriptor: Descriptor): boolean {
  return descriptor.artifactType !== undefined && isDocument(descriptor);
}

function isDocument({ mediaType }: Descriptor): boolean {
  return isManifestType(mediaType) || isIndexType(mediaType);
}

function isReferrersTag(name: string): boolean {
  const [tag = "", ending, ...more] = name.split(".");
  const [algorithm, hex = ""] = tag.split("-");
  if (more.length > 0 || (ending !== undefined && !cosignEndings.some((known) => known === ending)))
    return false;
  return isDigest(`${algorithm}:${algorithm === "sha512" ? hex.padEnd(128, "0") : hex}`);
}
