/**
 * One repository of one registry, in the words of the distribution specification (opencontainers/distribution-spec, "Endpoints"). Every call
 * authorizes itself, retries what may pass and ends in a plain error otherwise.
 */

import { type ByteSource, bytesSource, collectBytes } from "../base/byte-source.ts";
import { type Digest, digestLike, isDigest } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import type { Descriptor } from "../image/descriptor.ts";
import type { Index } from "../image/manifest.ts";
import { mediaTypes } from "../image/media-type.ts";
import { largestDocument, parseIndex, parseObject } from "../image/parse.ts";
import { referrersTagOf } from "../image/referrers.ts";
import { addressFrom } from "./address.ts";
import type { Authorizer } from "./authorization.ts";
import type { HttpClient, HttpRequest, HttpResponse } from "./http-client.ts";
import { refusal, unauthorized } from "./refusal.ts";
import { pauseAfter, type RetryOptions, retryableStatus, withRetries } from "./retry.ts";

/** How the registry is spoken to, found out by the first request. */
export interface Connection {
  readonly base: URL;
  readonly authorizer: Authorizer;
}

export type Purpose = "pull" | "push";

export interface Repository {
  readonly registry: string;
  readonly name: string;
  readonly retry: RetryOptions;
  /** What a tag or digest names; undefined when there is no such manifest. */
  head(reference: string): Promise<Descriptor | undefined>;
  manifest(
    reference: string,
  ): Promise<{ readonly descriptor: Descriptor; readonly bytes: Uint8Array } | undefined>;
  /** True when the registry itself indexes the manifest's `subject`. */
  putManifest(
    reference: string,
    mediaType: string,
    bytes: Uint8Array,
  ): Promise<{ readonly subjectKnown: boolean }>;
  tags(): Promise<readonly string[]>;
  /** Manifests that refer to this one, from the API or else from the tag that stands in for it. */
  referrers(digest: Digest): Promise<readonly Descriptor[]>;
  hasBlob(descriptor: Descriptor): Promise<boolean>;
  blob(descriptor: Descriptor): ByteSource;
  /** One request of the protocol, authorized and tried again; the path is below `/v2/NAME/`, or a URL that the registry gave. */
  request(
    method: HttpRequest["method"],
    path: string | URL,
    options?: RequestOptions,
  ): Promise<RegistryResponse>;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ByteSource;
  readonly onSent?: (bytes: number) => void;
  /** A statement of the purpose, for errors: `push layer sha256:…`. */
  readonly what: string;
  /** Statuses to return; all others are errors. */
  readonly expect: readonly number[];
  /** Further scopes for the token. */
  readonly scopes?: readonly string[];
  /** Tries, when not the registry's usual number. */
  readonly tries?: number;
}

export interface RegistryResponse extends HttpResponse {
  readonly url: URL;
}

/** Of a list; a registry that never ends it has to be stopped. */
const mostPages = 1000;

/** A registry that does not know the list of referrers says 404; Artifactory says 406, and others find the request wrong. */
const noSuchList = [400, 404, 405, 406, 501];

const acceptedManifests = [
  mediaTypes.index,
  mediaTypes.manifest,
  mediaTypes.dockerIndex,
  mediaTypes.dockerManifest,
].join(", ");

export function createRepository(
  registry: string,
  name: string,
  http: HttpClient,
  connection: () => Promise<Connection>,
  retry: RetryOptions,
  purpose: Purpose,
): Repository {
  async function request(
    method: HttpRequest["method"],
    path: string | URL,
    settings: RequestOptions,
  ): Promise<RegistryResponse> {
    const { base, authorizer } = await connection();
    const isReading = purpose === "pull" && (method === "GET" || method === "HEAD");
    const action = isReading ? "pull" : "pull,push";
    const scopes = [`repository:${name}:${action}`, ...(settings.scopes ?? [])];
    let url = typeof path === "string" ? new URL(`${name}/${path}`, base) : path;
    return withRetries(settings.what, { ...retry, tries: settings.tries ?? retry.tries }, async () => {
      for (let turns = 0; turns < 8; turns++) {
        // Storage elsewhere, which redirects lead to, has its own signed addresses.
        if (url.host === base.host) await authorizer.prepare(scopes);
        const field = url.host === base.host ? authorizer.field(scopes) : undefined;
        const response = await http.send({
          method,
          url,
          headers: { ...settings.headers, ...(field === undefined ? {} : { Authorization: field }) },
          ...(settings.body === undefined ? {} : { body: settings.body }),
          ...(settings.onSent === undefined ? {} : { onSent: settings.onSent }),
        });
        if (settings.expect.includes(response.status)) return { ...response, url };
        if (response.status === 401 && url.host === base.host) {
          response.discard();
          if (await authorizer.answer(response.headers["www-authenticate"] ?? "", scopes, field)) continue;
          throw unauthorized(settings.what, registry);
        }
        const { location } = response.headers;
        if (
          [301, 302, 303, 307, 308].includes(response.status) &&
          location !== undefined &&
          settings.body === undefined
        ) {
          response.discard();
          url = addressFrom(location, url, settings.what, registry);
          continue;
        }
        const again = retryableStatus(response.status, response.headers["retry-after"]);
        if (again !== undefined) {
          response.discard();
          throw again;
        }
        throw await refusal(settings.what, registry, response);
      }
      throw new UserError(`cannot ${settings.what}: ${registry} sends from one place to the next`);
    });
  }

  const nameOf = (reference: string): string =>
    `${registry}/${name}${isDigest(reference) ? "@" : ":"}${reference}`;

  const repository: Repository = {
    registry,
    name,
    retry,
    request: (method, path, settings = { what: `${method} ${path}`, expect: [200] }) =>
      request(method, path, settings),

    async head(reference) {
      const response = await request("HEAD", `manifests/${reference}`, {
        headers: { Accept: acceptedManifests },
        what: `look up ${nameOf(reference)}`,
        expect: [200, 404],
      });
      response.discard();
      if (response.status === 404) return undefined;
      const digest = isDigest(reference) ? reference : response.headers["docker-content-digest"];
      const mediaType = response.headers["content-type"]?.split(";")[0];
      const size = Number(response.headers["content-length"]);
      if (isDigest(digest) && mediaType !== undefined && Number.isSafeInteger(size))
        return { mediaType, digest, size };
      // The specification does not oblige a registry to say all of it.
      return (await repository.manifest(reference))?.descriptor;
    },

    async manifest(reference) {
      const what = `get ${nameOf(reference)}`;
      const response = await request("GET", `manifests/${reference}`, {
        headers: { Accept: acceptedManifests },
        what,
        expect: [200, 404],
      });
      if (response.status === 404) {
        response.discard();
        return undefined;
      }
      const bytes = await collectBytes(response.body, largestDocument, `the manifest ${reference}`);
      const said = isDigest(reference) ? reference : response.headers["docker-content-digest"];
      const digest = digestLike(said, bytes);
      if (said !== undefined && said !== digest) {
        throw new UserError(`cannot ${what}: the registry sent ${digest} where ${said} was asked for`);
      }
      const mediaType = response.headers["content-type"]?.split(";")[0] ?? mediaTypes.manifest;
      return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
    },

    async putManifest(reference, mediaType, bytes) {
      const what = `push the manifest ${reference} to ${registry}/${name}`;
      const response = await request("PUT", `manifests/${reference}`, {
        headers: { "Content-Type": mediaType },
        body: bytesSource(bytes),
        what,
        // The specification says 201; Quay says 202.
        expect: [200, 201, 202],
      });
      response.discard();
      const said = response.headers["docker-content-digest"];
      const digest = digestLike(said, bytes);
      if (said !== undefined && said !== digest) {
        throw new UserError(`cannot ${what}: the registry stored ${said} instead of ${digest}`);
      }
      return { subjectKnown: response.headers["oci-subject"] !== undefined };
    },

    async tags() {
      const tags: string[] = [];
      let path: string | URL = "tags/list?n=1000";
      for (let page = 0; page < mostPages; page++) {
        const response: RegistryResponse = await request("GET", path, {
          what: `list the tags of ${registry}/${name}`,
          expect: [200, 404],
        });
        const bytes = await collectBytes(response.body, largestDocument, "the list of tags");
        if (response.status === 404) return [];
        const { tags: listed } = parseObject(bytes, "the list of tags");
        if (Array.isArray(listed)) tags.push(...listed.filter((tag) => typeof tag === "string"));
        const next = nextPage(response, registry);
        if (next === undefined) break;
        path = next;
      }
      return tags;
    },

    async referrers(digest) {
      const found: Descriptor[] = [];
      let path: string | URL = `referrers/${digest}`;
      for (let page = 0; page < mostPages; page++) {
        const response: RegistryResponse = await request("GET", path, {
          what: `list what refers to ${digest}`,
          expect: [200, ...noSuchList],
        });
        const bytes = await collectBytes(response.body, largestDocument, "the list of referrers");
        const isIndex = response.headers["content-type"]?.startsWith(mediaTypes.index) === true;
        if (response.status !== 200 || !isIndex) return (await referrersTag(repository, digest)).manifests;
        found.push(...parseIndex(bytes, "the list of referrers").manifests);
        const next = nextPage(response, registry);
        if (next === undefined) break;
        path = next;
      }
      return found;
    },

    async hasBlob(descriptor) {
      const response = await request("HEAD", `blobs/${descriptor.digest}`, {
        what: `look for the blob ${descriptor.digest}`,
        expect: [200, 404],
      });
      response.discard();
      return response.status === 200;
    },

    blob: (descriptor) => ({
      size: descriptor.size,
      read: (from = 0) => readBlob(repository, descriptor, from),
    }),
  };
  return repository;
}

/** Of a list in pages (RFC 8288, Link). */
function nextPage({ headers, url }: RegistryResponse, registry: string): URL | undefined {
  const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(String(headers.link ?? ""))?.[1];
  return next === undefined ? undefined : addressFrom(next, url, "read a list to its end", registry);
}

/** The stand-in for the referrers API: an index under the tag `sha256-HEX` (distribution-spec, "Referrers Tag Schema"). */
export async function referrersTag(repository: Repository, digest: Digest): Promise<Index> {
  const found = await repository.manifest(referrersTagOf(digest));
  if (found === undefined) return { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] };
  return parseIndex(found.bytes, "the index of referrers");
}

/** Goes on where a broken connection left off. */
async function* readBlob(
  repository: Repository,
  descriptor: Descriptor,
  from: number,
): AsyncGenerator<Uint8Array> {
  let at = from;
  for (let attempt = 1; at < descriptor.size || descriptor.size === 0; attempt++) {
    const response = await repository.request("GET", `blobs/${descriptor.digest}`, {
      headers: at > 0 ? { Range: `bytes=${at}-` } : {},
      what: `get the blob ${descriptor.digest}`,
      expect: [200, 206],
    });
    let skip = response.status === 206 ? 0 : at;
    try {
      for await (const chunk of response.body) {
        const part = skip > 0 ? chunk.subarray(skip) : chunk;
        skip = Math.max(0, skip - chunk.length);
        at += part.length;
        if (part.length > 0) yield part;
      }
      return;
    } catch (cause) {
      if (attempt >= repository.retry.tries) {
        throw new UserError(
          `cannot get the blob ${descriptor.digest}: the connection broke ${attempt} times`,
          { cause },
        );
      }
      await pauseAfter(cause, attempt, repository.retry);
    } finally {
      response.discard();
    }
  }
}
