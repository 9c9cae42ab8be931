/**
 * Digests as OCI writes them: `algorithm:hex` (OCI image-spec, descriptor.md). What we write is always sha256;
 * sha512 is verified when others have used it.
 */

import { createHash, hash as hashOf } from "node:crypto";
import type { ByteSource } from "./byte-source.ts";
import { UserError } from "./errors.ts";

export type Digest = `${DigestAlgorithm}:${string}`;
export type DigestAlgorithm = "sha256" | "sha512";

const hexLength: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };

/** The digest of the bytes, in sha256. In one call, which leaves nothing to be collected: a site may have 200,000 files. */
export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = "sha256"): Digest {
  return `${algorithm}:${hashOf(algorithm, bytes, "hex")}`;
}

/** The digest of the bytes, in the algorithm of the digest that they are to be compared with. */
export function digestLike(said: unknown, bytes: Uint8Array): Digest {
  return digestOf(bytes, isDigest(said) ? splitDigest(said).algorithm : "sha256");
}

/** The sha256 digest of what the source gives. */
export async function digestOfSource(source: ByteSource): Promise<Digest> {
  const hasher = createHasher();
  for await (const chunk of source.read()) hasher.update(chunk);
  return hasher.digest();
}

/** True for a registered algorithm with the right number of lower-case hex digits. */
export function isDigest(text: unknown): text is Digest {
  if (typeof text !== "string") return false;
  const [algorithm, hex, ...rest] = text.split(":");
  if (rest.length > 0 || (algorithm !== "sha256" && algorithm !== "sha512")) return false;
  return hex !== undefined && hex.length === hexLength[algorithm] && /^[0-9a-f]+$/.test(hex);
}

/** The two halves of a digest. */
export function splitDigest(digest: Digest): { readonly algorithm: DigestAlgorithm; readonly hex: string } {
  const colon = digest.indexOf(":");
  return { algorithm: digest.startsWith("sha512") ? "sha512" : "sha256", hex: digest.slice(colon + 1) };
}

/** A digest that grows with the bytes it is given. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Digest;
}

export function createHasher(algorithm: DigestAlgorithm = "sha256"): Hasher {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => `${algorithm}:${hash.digest("hex")}`,
  };
}

/** Passes the chunks on, and gives them to the hasher. */
export async function* hashed(chunks: AsyncIterable<Uint8Array>, hasher: Hasher): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hasher.update(chunk);
    yield chunk;
  }
}

/**
 * Passes the chunks on and fails at the end, or as soon as there are too many bytes, when they are not what `expected` says.
 * @throws UserError naming `what`
 */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  expected: { readonly digest: Digest; readonly size: number },
  what: string,
): AsyncGenerator<Uint8Array> {
  const hasher = createHasher(splitDigest(expected.digest).algorithm);
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > expected.size) break;
    hasher.update(chunk);
    yield chunk;
  }
  if (size !== expected.size) {
    const found = size > expected.size ? `more than ${expected.size}` : `${size}`;
    throw new UserError(`${what} has ${found} bytes where its descriptor says ${expected.size}`, {
      exitCode: 1,
    });
  }
  const digest = hasher.digest();
  if (digest !== expected.digest) {
    throw new UserError(`${what} has the digest ${digest} where its descriptor says ${expected.digest}`, {
      exitCode: 1,
      help: "the content was damaged or replaced; fetch or build it again",
    });
  }
}
