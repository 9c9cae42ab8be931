/**
 * A registry in memory that speaks the distribution protocol and fails when it is told to. It keeps to the letter of the specification, so that a
 * client which works with it in all its moods works with the patient ones outside.
 */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What to do instead of answering properly. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Breaks the connection after that many bytes of the request's body. */
  | { readonly kind: "drop-request"; readonly afterBytes: number }
  /** Breaks the connection after that many bytes of the response's body. */
  | { readonly kind: "drop-response"; readonly afterBytes: number }
  | { readonly kind: "wrong-body" }
  | { readonly kind: "wrong-digest" }
  | { readonly kind: "delay"; readonly milliseconds: number };

export interface MemoryRegistryOptions {
  /** Asked for each request; `count` is how many like it came before. */
  readonly fault?: (request: {
    readonly method: string;
    readonly path: string;
    readonly count: number;
  }) => Fault | undefined;
  readonly auth?: "basic" | "bearer";
  readonly user?: { readonly name: string; readonly password: string };
  /** The referrers API; without it clients fall back to a tag. */
  readonly referrers?: boolean;
  /** What it answers where the specification says otherwise. */
  readonly statuses?: {
    /** To a manifest, for 201. */
    readonly manifest?: number;
    /** To a chunk, for 202. */
    readonly chunk?: number;
    /** To a question for referrers that it does not know, for 404. */
    readonly noReferrers?: number;
  };
  /** Refuses to take blobs over from other repositories. */
  readonly noMount?: boolean;
}

export interface MemoryRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** `METHOD /path`, in order. */
  readonly requests: readonly string[];
  /** Authorization fields received, in order. */
  readonly authorizations: readonly string[];
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** `repository` → `tag or digest` → manifest. */
  readonly manifests: ReadonlyMap<string, ReadonlyMap<string, StoredManifest>>;
  stop(): Promise<void>;
}

export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

interface State {
  readonly blobs: Map<string, Buffer>;
  readonly owned: Map<string, Set<string>>;
  readonly manifests: Map<string, Map<string, StoredManifest>>;
  readonly uploads: Map<string, Buffer>;
  nextUpload: number;
}

export async function startMemoryRegistry(options: MemoryRegistryOptions = {}): Promise<MemoryRegistry> {
  const state: State = {
    blobs: new Map(),
    owned: new Map(),
    manifests: new Map(),
    uploads: new Map(),
    nextUpload: 1,
  };
  const requests: string[] = [];
  const authorizations: string[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://registry");
    const line = `${request.method} ${url.pathname}`;
    const kind = `${request.method} ${url.pathname.replace(/[0-9a-f]{64}/g, "*").replace(/uploads\/\d+/, "uploads/*")}`;
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    requests.push(line);
    if (request.headers.authorization !== undefined) authorizations.push(request.headers.authorization);
    const fault = options.fault?.({ method: request.method ?? "", path: url.pathname, count });
    answer(request, response, url, fault, state, options).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    host: `127.0.0.1:${port}`,
    requests,
    authorizations,
    blobs: state.blobs,
    manifests: state.manifests,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  fault: Fault | undefined,
  state: State,
  options: MemoryRegistryOptions,
): Promise<void> {
  if (fault?.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
  const parts: Buffer[] = [];
  let size = 0;
  const keep = (): Buffer => Buffer.concat(parts);
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    parts.push(bytes);
    size += bytes.length;
    if (fault?.kind === "drop-request" && size >= fault.afterBytes) {
      keepPartialUpload(url, keep().subarray(0, fault.afterBytes), state, request.method ?? "");
      request.socket.destroy();
      return;
    }
  }
  if (fault?.kind === "drop-request") {
    request.socket.destroy();
    return;
  }
  if (fault?.kind === "status") {
    response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
    return;
  }
  if (url.pathname === "/token") {
    giveToken(request, response, url, options);
    return;
  }
  if (!isAuthorized(request, url, options)) {
    response.writeHead(401, { "WWW-Authenticate": challenge(request, options) }).end();
    return;
  }
  route(request, response, url, keep(), fault, state, options);
}

/** What arrived of a PATCH before the connection broke stays, as real registries have it. */
function keepPartialUpload(url: URL, bytes: Buffer, state: State, method: string): void {
  const upload = /\/blobs\/uploads\/(\d+)$/.exec(url.pathname)?.[1];
  if (method !== "PATCH" || upload === undefined) return;
  state.uploads.set(upload, Buffer.concat([state.uploads.get(upload) ?? Buffer.alloc(0), bytes]));
}

function route(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: Buffer,
  fault: Fault | undefined,
  state: State,
  options: MemoryRegistryOptions,
): void {
  const { method = "GET" } = request;
  if (url.pathname === "/v2/") {
    response.writeHead(200).end("{}");
    return;
  }
  const match = /^\/v2\/(.+)\/(manifests|blobs|referrers|tags)\/(.+)$/.exec(
    url.pathname.replace("/blobs/uploads/", "/blobs/uploads:"),
  );
  const [, repository = "", kind = "", name = ""] = match ?? [];
  const owned = state.owned.get(repository) ?? new Set<string>();
  state.owned.set(repository, owned);
  const manifests = state.manifests.get(repository) ?? new Map<string, StoredManifest>();
  state.manifests.set(repository, manifests);
  const error = (status: number, code: string): void =>
    void response.writeHead(status).end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));

  if (kind === "manifests" && method === "PUT") {
    const missing = missingChildren(body, owned, manifests);
    if (missing !== undefined) {
      error(404, "MANIFEST_BLOB_UNKNOWN");
      return;
    }
    const digest = digestLike(name, body);
    const stored = { mediaType: request.headers["content-type"] ?? "", bytes: body };
    manifests.set(name, stored);
    manifests.set(digest, stored);
    const subject = (JSON.parse(body.toString()) as { subject?: { digest: string } }).subject;
    response.writeHead(options.statuses?.manifest ?? 201, {
      "Docker-Content-Digest": fault?.kind === "wrong-digest" ? sha256(Buffer.from("other")) : digest,
      ...(subject !== undefined && options.referrers === true ? { "OCI-Subject": subject.digest } : {}),
    });
    response.end();
  } else if (kind === "manifests") {
    const stored = manifests.get(name);
    if (stored === undefined) {
      error(404, "MANIFEST_UNKNOWN");
      return;
    }
    const bytes =
      fault?.kind === "wrong-body" ? Buffer.from(stored.bytes.toString().replace("2", "3")) : stored.bytes;
    const headers = {
      "Content-Type": stored.mediaType,
      "Docker-Content-Digest": digestLike(name, stored.bytes),
    };
    send(request, response, bytes, fault, headers);
  } else if (kind === "referrers") {
    if (options.referrers !== true) {
      error(options.statuses?.noReferrers ?? 404, "NOT_FOUND");
      return;
    }
    const list = [...new Set(manifests.values())].flatMap((stored) => {
      const value = JSON.parse(stored.bytes.toString()) as {
        subject?: { digest: string };
        artifactType?: string;
      };
      if (value.subject?.digest !== name) return [];
      return [
        {
          mediaType: stored.mediaType,
          digest: sha256(stored.bytes),
          size: stored.bytes.length,
          artifactType: value.artifactType,
        },
      ];
    });
    const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: list };
    response.writeHead(200, { "Content-Type": index.mediaType }).end(JSON.stringify(index));
  } else if (kind === "tags") {
    const tags = [...manifests.keys()].filter((key) => !key.includes(":")).sort();
    response
      .writeHead(200, { "Content-Type": "application/json" })
      .end(JSON.stringify({ name: repository, tags }));
  } else if (kind === "blobs" && name.startsWith("uploads:")) {
    upload(
      response,
      method,
      repository,
      name.slice("uploads:".length),
      url,
      body,
      request,
      state,
      options,
      error,
    );
  } else if (kind === "blobs") {
    const bytes = owned.has(name) ? state.blobs.get(name) : undefined;
    if (bytes === undefined) {
      error(404, "BLOB_UNKNOWN");
      return;
    }
    const sent = fault?.kind === "wrong-body" ? Buffer.alloc(bytes.length, "x") : bytes;
    send(request, response, sent, fault, { "Content-Type": "application/octet-stream" });
  } else error(404, "NOT_FOUND");
}

function upload(
  response: ServerResponse,
  method: string,
  repository: string,
  id: string,
  url: URL,
  body: Buffer,
  request: IncomingMessage,
  state: State,
  options: MemoryRegistryOptions,
  error: (status: number, code: string) => void,
): void {
  const owned = state.owned.get(repository);
  const location = (upload: string): Record<string, string> => ({
    Location: `/v2/${repository}/blobs/uploads/${upload}?state=secret`,
  });
  if (method === "POST") {
    const mount = url.searchParams.get("mount");
    const from = url.searchParams.get("from") ?? "";
    if (mount !== null && options.noMount !== true && state.owned.get(from)?.has(mount) === true) {
      owned?.add(mount);
      response.writeHead(201, { Location: `/v2/${repository}/blobs/${mount}` }).end();
      return;
    }
    const next = String(state.nextUpload++);
    state.uploads.set(next, Buffer.alloc(0));
    response.writeHead(202, location(next)).end();
    return;
  }
  const before = state.uploads.get(id);
  if (before === undefined) {
    error(404, "BLOB_UPLOAD_UNKNOWN");
    return;
  }
  const range = `0-${Math.max(0, before.length + body.length - 1)}`;
  if (method === "GET") {
    response.writeHead(204, { ...location(id), Range: `0-${Math.max(0, before.length - 1)}` }).end();
  } else if (method === "PATCH") {
    const start = Number(/^(\d+)-/.exec(request.headers["content-range"] ?? "0-")?.[1]);
    if (start !== before.length) {
      error(416, "BLOB_UPLOAD_INVALID");
      return;
    }
    state.uploads.set(id, Buffer.concat([before, body]));
    response.writeHead(options.statuses?.chunk ?? 202, { ...location(id), Range: range }).end();
  } else {
    const bytes = Buffer.concat([before, body]);
    const digest = url.searchParams.get("digest") ?? "";
    if (digestLike(digest, bytes) !== digest) {
      error(400, "DIGEST_INVALID");
      return;
    }
    state.uploads.delete(id);
    state.blobs.set(digest, bytes);
    owned?.add(digest);
    response.writeHead(201, { "Docker-Content-Digest": digest }).end();
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  fault: Fault | undefined,
  headers: Readonly<Record<string, string>>,
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const body = bytes.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, { ...headers, "Content-Length": body.length });
  if (request.method === "HEAD") {
    response.end();
  } else if (fault?.kind === "drop-response") {
    response.write(body.subarray(0, fault.afterBytes), () => setTimeout(() => response.destroy(), 20));
  } else response.end(body);
}

/** A registry takes a manifest only when it has what the manifest names. */
function missingChildren(
  body: Buffer,
  owned: ReadonlySet<string>,
  manifests: ReadonlyMap<string, StoredManifest>,
): string | undefined {
  const value = JSON.parse(body.toString()) as {
    config?: { digest: string };
    layers?: { digest: string; urls?: string[] }[];
    manifests?: { digest: string }[];
  };
  // What has an address of its own need not be here.
  const layers = (value.layers ?? []).filter(({ urls }) => urls === undefined);
  const blobs = [...(value.config === undefined ? [] : [value.config]), ...layers];
  const missing =
    blobs.find((blob) => !owned.has(blob.digest)) ??
    value.manifests?.find((one) => !manifests.has(one.digest));
  return missing?.digest;
}

function giveToken(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  options: MemoryRegistryOptions,
): void {
  const { user } = options;
  if (user !== undefined && request.headers.authorization !== basic(user)) {
    response.writeHead(401).end();
    return;
  }
  const token = Buffer.from(url.searchParams.getAll("scope").join(" ")).toString("base64url");
  response.writeHead(200).end(JSON.stringify({ token: `t-${token}`, expires_in: 300 }));
}

function isAuthorized(request: IncomingMessage, url: URL, options: MemoryRegistryOptions): boolean {
  const field = request.headers.authorization ?? "";
  if (options.auth === undefined) return true;
  if (options.auth === "basic") return options.user !== undefined && field === basic(options.user);
  if (!field.startsWith("Bearer t-")) return false;
  const scopes = Buffer.from(field.slice("Bearer t-".length), "base64url").toString();
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags|referrers)\//.exec(url.pathname)?.[1];
  const action = request.method === "GET" || request.method === "HEAD" ? "pull" : "push";
  if (repository === undefined) return true;
  return scopes
    .split(" ")
    .some((scope) => scope.startsWith(`repository:${repository}:`) && scope.includes(action));
}

function challenge(request: IncomingMessage, options: MemoryRegistryOptions): string {
  if (options.auth === "basic") return 'Basic realm="test, with a comma"';
  return `Bearer realm="http://${request.headers.host}/token",service="test registry",error="invalid_token"`;
}

function basic(user: { readonly name: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;
}

function sha256(bytes: Buffer): string {
  return digestLike("sha256", bytes);
}

/** In the algorithm of a digest that the client says; of a tag, in sha256. */
function digestLike(said: string, bytes: Buffer): string {
  const algorithm = said.startsWith("sha512:") ? "sha512" : "sha256";
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}
