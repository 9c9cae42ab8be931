/**
 * A push, in the order that never leaves a half-made image under a name: blobs, several at a time; manifests once their blobs are there; indexes once their manifests
 * are there; the tags last. A blob is looked for before it is sent and taken over from another repository of the registry where that works.
 */

import { type ByteSource, bytesSource } from "../base/byte-source.ts";
import type { Digest } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import { type Descriptor, type Document, documentOf } from "../image/descriptor.ts";
import { sliceOf } from "../image/file-tree.ts";
import { childrenOf, type ImageSource, manifestsBelow } from "../image/image-source.ts";
import type { Index, Manifest } from "../image/manifest.ts";
import { mediaTypes } from "../image/media-type.ts";
import { referrersTagOf } from "../image/referrers.ts";
import { addressFrom } from "./address.ts";
import { type RegistryResponse, type Repository, referrersTag } from "./repository.ts";
import { pauseAfter } from "./retry.ts";

export interface PushOptions {
  /** Names for the root; none leaves it reachable by digest only. */
  readonly tags: readonly string[];
  /** Repositories of the same registry that may have the blobs already. */
  readonly mountFrom?: readonly string[];
  /** Blobs sent at the same time. */
  readonly parallel?: number;
  /** Blobs above this many bytes are sent in chunks of this many, so that a broken connection costs one chunk. */
  readonly chunkBytes?: number;
  readonly onProgress?: (progress: PushProgress) => void;
}

export interface PushProgress {
  readonly digest: Digest;
  readonly state: "exists" | "mounted" | "sending" | "sent";
  /** Of this blob. */
  readonly sentBytes: number;
  readonly totalBytes: number;
}

const defaultParallel = 8;
const defaultChunkBytes = 16 << 20;
/** Fresh starts of one blob's upload. */
const mostStarts = 3;

/** Sends what is below the root, then names it. Returns the root's digest. */
export async function push(
  source: ImageSource,
  root: Descriptor,
  repository: Repository,
  options: PushOptions,
): Promise<Digest> {
  const documents = await manifestsBelow(source, root);
  const there = await mapParallel(documents, options.parallel ?? defaultParallel, async ({ descriptor }) =>
    (await repository.head(descriptor.digest)) === undefined ? undefined : descriptor.digest,
  );
  const known = new Set(there.filter((digest) => digest !== undefined));
  const missing = documents.filter(({ descriptor }) => !known.has(descriptor.digest));

  const blobs = new Map<string, Descriptor>();
  for (const { value } of missing) {
    if ("layers" in value) for (const blob of childrenOf(value)) blobs.set(blob.digest, blob);
  }
  await mapParallel([...blobs.values()], options.parallel ?? defaultParallel, (blob) =>
    pushBlob(source, blob, repository, options),
  );
  // What refers to something may have to change an index of referrers, one after the other; indexes come behind what they name.
  const isAlone = ({ value }: Document<Manifest> | Document<Index>): boolean =>
    "layers" in value && value.subject === undefined;
  await mapParallel(missing.filter(isAlone), options.parallel ?? defaultParallel, (document) =>
    putByDigest(repository, document),
  );
  for (const document of missing) if (!isAlone(document)) await putByDigest(repository, document);
  const rootDocument = documents.find((document) => document.descriptor.digest === root.digest);
  for (const tag of options.tags) {
    if (rootDocument !== undefined) await repository.putManifest(tag, root.mediaType, rootDocument.bytes);
  }
  return root.digest;
}

/** A manifest under its digest; where the registry does not index its subject, the stand-in tag does. */
async function putByDigest(
  repository: Repository,
  document: Document<Manifest> | Document<Index>,
): Promise<void> {
  const { descriptor, bytes, value } = document;
  const { subjectKnown } = await repository.putManifest(descriptor.digest, descriptor.mediaType, bytes);
  if (value.subject === undefined || subjectKnown) return;
  const artifactType = value.artifactType ?? ("config" in value ? value.config.mediaType : undefined);
  const entry: Descriptor = {
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(value.annotations === undefined ? {} : { annotations: value.annotations }),
  };
  const before = await referrersTag(repository, value.subject.digest);
  if (before.manifests.some((manifest) => manifest.digest === entry.digest)) return;
  const index = documentOf<Index>(mediaTypes.index, { ...before, manifests: [...before.manifests, entry] });
  await repository.putManifest(referrersTagOf(value.subject.digest), mediaTypes.index, index.bytes);
}

async function pushBlob(
  source: ImageSource,
  blob: Descriptor,
  repository: Repository,
  options: PushOptions,
): Promise<void> {
  const report = (state: PushProgress["state"], sentBytes: number): void =>
    options.onProgress?.({ digest: blob.digest, state, sentBytes, totalBytes: blob.size });
  if (await repository.hasBlob(blob)) {
    report("exists", 0);
    return;
  }
  const started = await mountOrStart(repository, blob, options.mountFrom ?? []);
  if (started === "mounted") {
    report("mounted", 0);
    return;
  }
  const content = await source.open(blob);
  if (content.size !== blob.size) {
    throw new UserError(
      `${source.what}: ${blob.digest} has ${content.size} bytes, its descriptor says ${blob.size}`,
    );
  }
  let location = started;
  let chunkBytes = options.chunkBytes ?? defaultChunkBytes;
  for (let start = 1; ; start++) {
    try {
      await sendBlob(repository, location, blob, content, chunkBytes, (sent) => report("sending", sent));
      report("sent", blob.size);
      return;
    } catch (error) {
      if (error instanceof ChunksRefused) {
        chunkBytes = blob.size;
        location = await startUpload(repository, blob);
        continue;
      }
      // A session that broke in the middle is gone on most registries; what is left is a new one.
      if (start >= mostStarts || !(error instanceof UserError) || !isBroken(error)) throw error;
      await pauseAfter(error.cause, start, repository.retry);
      location = await startUpload(repository, blob);
    }
  }
}

/** The registry takes a blob in one request only: most clients send it so, and some registries have not met others. */
class ChunksRefused extends Error {}

/** The specification says 202; older texts of it had 204, which Pulp keeps to. */
const chunkTaken = [201, 202, 204];

/** What those answer to a chunk; the specification's own 416 says that a chunk is out of order, and ours are not. */
const chunksRefused = [400, 404, 405, 411, 416, 501];

function isBroken(error: UserError): boolean {
  const { cause } = error;
  return cause instanceof Error && !(cause instanceof UserError);
}

/** A session to send the blob to, unless another repository's copy could be taken over (distribution-spec, "Mounting a blob"). */
async function mountOrStart(
  repository: Repository,
  blob: Descriptor,
  mountFrom: readonly string[],
): Promise<URL | "mounted"> {
  for (const from of mountFrom.filter((name) => name !== repository.name)) {
    const query = new URLSearchParams({ mount: blob.digest, from });
    const response = await repository.request("POST", `blobs/uploads/?${query}`, {
      what: `take ${blob.digest} over from ${from}`,
      expect: [201, 202, 401, 403, 404, 405],
      scopes: [`repository:${from}:pull`],
    });
    response.discard();
    if (response.status === 201) return "mounted";
    if (response.status === 202) return locationOf(response, repository);
  }
  return startUpload(repository, blob);
}

async function startUpload(repository: Repository, blob: Descriptor): Promise<URL> {
  const response = await repository.request("POST", "blobs/uploads/", {
    what: `push the blob ${blob.digest} to ${repository.registry}/${repository.name}`,
    expect: [202],
  });
  response.discard();
  return locationOf(response, repository);
}

function locationOf(response: RegistryResponse, repository: Repository): URL {
  const { location } = response.headers;
  if (location === undefined) throw new UserError(`${repository.registry} does not say where to upload to`);
  return addressFrom(
    location,
    response.url,
    `push to ${repository.registry}/${repository.name}`,
    repository.registry,
  );
}

/** Sends the bytes, whole or in chunks, and closes the session with the digest. */
async function sendBlob(
  repository: Repository,
  session: URL,
  blob: Descriptor,
  content: ByteSource,
  chunkBytes: number,
  onSent: (bytes: number) => void,
): Promise<void> {
  const what = `push the blob ${blob.digest} to ${repository.registry}/${repository.name}`;
  const headers = { "Content-Type": "application/octet-stream" };
  let location = session;
  let rest = content;
  if (blob.size > chunkBytes) {
    location = await sendChunks(repository, session, blob, content, chunkBytes, onSent);
    rest = bytesSource(new Uint8Array(0));
  }
  // What the registry wrote into its address stays as it is, letter by letter.
  const closing = new URL(location);
  closing.search += `${closing.search === "" ? "?" : "&"}digest=${encodeURIComponent(blob.digest)}`;
  let sent = 0;
  const response = await repository.request("PUT", closing, {
    headers,
    body: rest,
    what,
    expect: [201, 204],
    tries: 1,
    onSent: (bytes) => {
      sent += bytes;
      if (rest === content) onSent(sent);
    },
  });
  response.discard();
}

/** Chunk after chunk; after a failure the registry says how far it got (distribution-spec, "Pushing a blob in chunks"). */
async function sendChunks(
  repository: Repository,
  session: URL,
  blob: Descriptor,
  content: ByteSource,
  chunkBytes: number,
  onSent: (bytes: number) => void,
): Promise<URL> {
  const what = `push the blob ${blob.digest} to ${repository.registry}/${repository.name}`;
  let location = session;
  let failures = 0;
  for (let at = 0; at < blob.size; ) {
    const size = Math.min(chunkBytes, blob.size - at);
    try {
      const start = at;
      let sent = 0;
      const response = await repository.request("PATCH", location, {
        headers: {
          "Content-Type": "application/octet-stream",
          "Content-Range": `${start}-${start + size - 1}`,
        },
        body: sliceOf(content, start, size),
        what,
        expect: [...chunkTaken, ...chunksRefused],
        tries: 1,
        onSent: (bytes) => {
          sent += bytes;
          onSent(start + sent);
        },
      });
      response.discard();
      if (chunksRefused.includes(response.status)) throw new ChunksRefused();
      location = locationOf(response, repository);
      at += size;
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures > mostStarts || !(error instanceof UserError) || !isBroken(error)) throw error;
      await pauseAfter(error.cause, failures, repository.retry);
      const state = await repository.request("GET", location, { what, expect: [204, 202] });
      state.discard();
      at = Math.min(blob.size, received(state.headers.range));
      location = locationOf(state, repository);
    }
  }
  return location;
}

/** `0-1023` says 1,024 bytes; `0-0` is what registries say of none. */
function received(range: string | undefined): number {
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(range ?? "")?.[1] ?? 0);
  return last === 0 ? 0 : last + 1;
}

async function mapParallel<T, R>(
  items: readonly T[],
  parallel: number,
  action: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at];
      if (item !== undefined) results[at] = await action(item);
    }
  };
  const workers = Array.from({ length: Math.min(parallel, items.length) }, worker);
  // All of them end before the first error is passed on, so that nothing goes on behind the caller's back.
  const outcomes = await Promise.allSettled(workers);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return results;
}
