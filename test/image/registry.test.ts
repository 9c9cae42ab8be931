/**
 * The distribution client against a registry that fails on purpose: a push survives or ends in a clear error, and never leaves a name for half an image.
 */

import { afterEach, describe, expect, test } from "vitest";
import { bytesSource, collectBytes } from "../../src/base/byte-source.ts";
import { digestOf } from "../../src/base/digest.ts";
import { UserError } from "../../src/base/errors.ts";
import { artifactOf } from "../../src/image/artifact.ts";
import { type Blob, documentOf } from "../../src/image/descriptor.ts";
import { imageOf } from "../../src/image/image.ts";
import { blobSource, blobsBelow, sourceOf } from "../../src/image/image-source.ts";
import { mediaTypes } from "../../src/image/media-type.ts";
import { parseReference } from "../../src/image/reference.ts";
import { tarOf } from "../../src/image/tar.ts";
import { validate } from "../../src/image/validate.ts";
import { parseChallenges } from "../../src/registry/authorization.ts";
import { repositorySource } from "../../src/registry/pull.ts";
import { type PushOptions, push } from "../../src/registry/push.ts";
import { openRegistry, type Registry, type RegistryOptions } from "../../src/registry/registry.ts";
import {
  type MemoryRegistry,
  type MemoryRegistryOptions,
  startMemoryRegistry,
} from "../support/memory-registry.ts";
import { sampleImage, sampleIndex } from "../support/sample-image.ts";

const opened: { close(): void }[] = [];
const started: MemoryRegistry[] = [];
afterEach(async () => {
  for (const registry of opened.splice(0)) registry.close();
  for (const registry of started.splice(0)) await registry.stop();
});

async function serve(options: MemoryRegistryOptions = {}): Promise<MemoryRegistry> {
  const registry = await startMemoryRegistry(options);
  started.push(registry);
  return registry;
}
function client(host: string, options: RegistryOptions = {}): Registry {
  const registry = openRegistry(host, { retry: { tries: 3, pause: 5 }, idleTimeout: 2000, ...options });
  opened.push(registry);
  return registry;
}

async function pushSample(
  host: string,
  options: Partial<PushOptions> = {},
  settings: RegistryOptions = {},
): Promise<string> {
  const index = await sampleIndex();
  const source = sourceOf(index);
  return push(source, index.index.descriptor, client(host, settings).repository("a/b", "push"), {
    tags: ["v1"],
    ...options,
  });
}

test("what is pushed is pulled with the same digests, and validates", async () => {
  const server = await serve();
  const states: string[] = [];
  const digest = await pushSample(server.host, {
    tags: ["v1", "latest"],
    onProgress: (event) => states.push(event.state),
  });
  const repository = client(server.host).repository("a/b");
  expect(await repository.tags()).toEqual(["latest", "v1"]);
  const source = await repositorySource(repository, parseReference(`${server.host}/a/b:v1`));
  expect(source.roots[0]?.descriptor.digest).toBe(digest);
  const root = source.roots[0]?.descriptor;
  if (root === undefined) throw new Error("no root");
  expect(await validate(source, root)).toEqual([]);
  expect((await blobsBelow(source, root)).length).toBe(10);
  expect(states.filter((state) => state === "sent").length).toBe(6);
});

test("an image in sha512, as others may write it, is pushed, found by its digest and validated", async () => {
  const server = await serve();
  const tar = await collectBytes(tarOf([]).read(), 1 << 20, "the tar");
  const inSha512 = (mediaType: string, bytes: Uint8Array): Blob => ({
    descriptor: { mediaType, digest: digestOf(bytes, "sha512"), size: bytes.length },
    content: bytesSource(bytes),
  });
  const document = (mediaType: string, value: object): Blob =>
    inSha512(mediaType, Buffer.from(JSON.stringify(value)));
  const layer = inSha512(mediaTypes.layer, tar);
  const config = document(mediaTypes.config, {
    os: "linux",
    architecture: "amd64",
    rootfs: { type: "layers", diff_ids: [layer.descriptor.digest] },
  });
  const manifest = document(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers: [layer.descriptor],
  });
  const { descriptor } = manifest;
  const source = blobSource("made", { descriptor, names: [] }, [layer, config, manifest]);
  const repository = client(server.host).repository("a/b", "push");
  await push(source, descriptor, repository, { tags: [] });
  const reference = parseReference(`${server.host}/a/b@${descriptor.digest}`);
  const pulled = await repositorySource(repository, reference);
  expect(await validate(pulled, descriptor)).toEqual([]);
  const note = artifactOf({ subject: descriptor, artifactType: "text/x-note", payload: Buffer.from("x") });
  const noteRoot = { descriptor: note.manifest.descriptor, names: [] };
  await push(blobSource("a note", noteRoot, note.blobs), noteRoot.descriptor, repository, { tags: [] });
  expect(await repository.referrers(descriptor.digest)).toHaveLength(1);
  const other = inSha512(mediaTypes.layer, new Uint8Array(10_240).fill(1));
  const swapped = blobSource("swapped", { descriptor, names: [] }, [
    { ...layer, content: other.content },
    config,
    manifest,
  ]);
  expect(await validate(swapped, descriptor)).toMatchObject([{ where: layer.descriptor.digest }]);
});

test("the order: blobs, manifests, the index, its name; a second push sends nothing", async () => {
  const server = await serve();
  const digest = await pushSample(server.host);
  const puts = server.requests.filter((line) => line.startsWith("PUT"));
  const kinds = puts.map((line) =>
    line.includes("/blobs/") ? "blob" : line.endsWith("v1") ? "tag" : "manifest",
  );
  expect(kinds).toEqual([...Array(6).fill("blob"), ...Array(4).fill("manifest"), "tag"]);
  expect(puts.at(-2)).toContain(digest);
  const before = server.requests.length;
  await pushSample(server.host);
  const second = server.requests
    .slice(before)
    .filter((line) => !line.startsWith("HEAD") && !line.startsWith("GET"));
  expect(second).toEqual(["PUT /v2/a/b/manifests/v1"]);
});

test("a blob that is there is looked for, and not sent again", async () => {
  const server = await serve();
  await pushSample(server.host);
  const before = server.requests.length;
  const { layers, platform } = await sampleImage();
  const other = imageOf({ platform, layers, run: { Cmd: ["other"] } });
  const states = new Map<string, string>();
  await push(sourceOf(other), other.manifest.descriptor, client(server.host).repository("a/b"), {
    tags: ["v2"],
    onProgress: ({ digest, state }) => states.set(digest, state),
  });
  const layer = layers[0]?.descriptor.digest ?? "";
  expect([states.get(layer), states.get(other.config.descriptor.digest)]).toEqual(["exists", "sent"]);
  expect(server.requests.slice(before)).toContain(`HEAD /v2/a/b/blobs/${layer}`);
  expect(server.requests.slice(before).filter((line) => line.startsWith("POST"))).toHaveLength(1);
});

test("large blobs go in chunks", async () => {
  const server = await serve();
  await pushSample(server.host, { chunkBytes: 300 });
  expect(server.requests.filter((line) => line.startsWith("PATCH")).length).toBeGreaterThanOrEqual(12);
});

test.each([404, 405, 416, 501])(
  "a registry that answers %i to chunks gets blobs as a whole",
  async (status) => {
    const server = await serve({
      fault: ({ method, count }) =>
        method === "PATCH" && count % 2 === 1 ? { kind: "status", status } : undefined,
    });
    const digest = await pushSample(server.host, { chunkBytes: 300 });
    const source = await repositorySource(
      client(server.host).repository("a/b"),
      parseReference(`${server.host}/a/b:v1`),
    );
    expect(source.roots[0]?.descriptor.digest).toBe(digest);
    expect(await validate(source, (await sampleIndex()).index.descriptor)).toEqual([]);
  },
);

test("blobs are taken over from another repository, or sent where that is refused", async () => {
  for (const noMount of [false, true]) {
    const server = await serve({ noMount });
    await pushSample(server.host);
    const index = await sampleIndex();
    const states: string[] = [];
    await push(sourceOf(index), index.index.descriptor, client(server.host).repository("c"), {
      tags: ["v1"],
      mountFrom: ["a/b"],
      onProgress: (event) => states.push(event.state),
    });
    expect(states.filter((state) => state === (noMount ? "sent" : "mounted")).length).toBe(6);
  }
});

describe("faults that pass", () => {
  const once = (
    method: string,
    path: RegExp,
    fault: NonNullable<ReturnType<NonNullable<MemoryRegistryOptions["fault"]>>>,
  ): MemoryRegistryOptions => ({
    fault: (request) =>
      request.method === method && path.test(request.path) && request.count === 0 ? fault : undefined,
  });
  test.each<[string, MemoryRegistryOptions]>([
    ["500 at the start", once("POST", /uploads/, { kind: "status", status: 500 })],
    ["503 to the first question", once("GET", /^\/v2\/$/, { kind: "status", status: 503 })],
    [
      "429 with Retry-After",
      once("HEAD", /blobs/, { kind: "status", status: 429, headers: { "Retry-After": "0" } }),
    ],
    ["502 to a manifest", once("PUT", /manifests/, { kind: "status", status: 502 })],
    ["500 to a blob", once("PUT", /uploads/, { kind: "status", status: 500 })],
    ["a connection that breaks in a blob", once("PUT", /uploads/, { kind: "drop-request", afterBytes: 100 })],
    [
      "a connection that breaks before an answer",
      once("PUT", /manifests/, { kind: "drop-request", afterBytes: 0 }),
    ],
    ["a slow answer", once("PUT", /uploads/, { kind: "delay", milliseconds: 300 })],
    ["an upload session that is gone", once("PUT", /uploads/, { kind: "drop-request", afterBytes: 1 })],
  ])("a push survives %s", async (_, options) => {
    const server = await serve(options);
    const digest = await pushSample(server.host);
    expect(server.manifests.get("a/b")?.has(digest)).toBe(true);
  });

  test.each([
    ["seconds", (): string => "1", 950],
    // A date has whole seconds.
    ["a date", (): string => new Date(Date.now() + 2000).toUTCString(), 900],
  ])("Retry-After in %s is waited for", async (_, field, atLeastMs) => {
    const server = await serve({
      fault: ({ method, count }) =>
        method === "POST" && count === 0
          ? { kind: "status", status: 429, headers: { "Retry-After": field() } }
          : undefined,
    });
    const start = performance.now();
    await pushSample(server.host, { parallel: 1 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(atLeastMs);
  });

  test("a chunk that breaks off is continued where the registry says", async () => {
    const server = await serve({
      fault: ({ method, count }) =>
        method === "PATCH" && count === 1 ? { kind: "drop-request", afterBytes: 120 } : undefined,
    });
    await pushSample(server.host, { chunkBytes: 300, parallel: 1 });
    expect(server.requests.some((line) => line.startsWith("GET") && line.includes("/blobs/uploads/"))).toBe(
      true,
    );
  });

  test("a download that breaks off is continued", async () => {
    const server = await serve({
      fault: ({ method, path, count }) =>
        method === "GET" && path.includes("/blobs/") && count === 0
          ? { kind: "drop-response", afterBytes: 50 }
          : undefined,
    });
    await pushSample(server.host);
    const source = await repositorySource(
      client(server.host).repository("a/b"),
      parseReference(`${server.host}/a/b:v1`),
    );
    const root = source.roots[0]?.descriptor;
    if (root === undefined) throw new Error("no root");
    expect(await validate(source, root)).toEqual([]);
  });
});

test("statuses of before the specification do: of Quay for manifests, of Pulp for chunks", async () => {
  const server = await serve({ statuses: { manifest: 202, chunk: 204 } });
  await pushSample(server.host, { chunkBytes: 300 });
  expect(server.manifests.get("a/b")?.has("v1")).toBe(true);
  expect(server.requests.filter((line) => line.startsWith("PATCH")).length).toBeGreaterThan(3);
});

describe("faults that stay", () => {
  test.each<[string, MemoryRegistryOptions["fault"], RegExp]>([
    [
      "500 to every blob",
      ({ method, path }) =>
        method === "PUT" && path.includes("/blobs/") ? { kind: "status", status: 500 } : undefined,
      /cannot push the blob sha256:.*answered 500/,
    ],
    [
      "403",
      ({ method }) =>
        method === "POST"
          ? { kind: "status", status: 403, body: '{"errors":[{"code":"DENIED","message":"read only"}]}' }
          : undefined,
      /refuses \(403, DENIED: read only\)/,
    ],
    [
      "another digest",
      ({ method, path }) =>
        method === "PUT" && path.includes("/manifests/") ? { kind: "wrong-digest" } : undefined,
      /the registry stored sha256:/,
    ],
    [
      "connections that always break",
      ({ method }) => (method === "PUT" ? { kind: "drop-request", afterBytes: 0 } : undefined),
      /cannot push the blob/,
    ],
    [
      "no answer",
      ({ method }) => (method === "POST" ? { kind: "delay", milliseconds: 5000 } : undefined),
      /no answer for 0.2 s \(tried 3 times\)/,
    ],
    [
      "a page of HTML",
      ({ method }) => (method === "POST" ? { kind: "status", status: 404, body: "<html>" } : undefined),
      /refuses \(404\)/,
    ],
    [
      "a wait of an hour",
      ({ method }) =>
        method === "POST" ? { kind: "status", status: 429, headers: { "Retry-After": "3600" } } : undefined,
      /fewer requests \(429\) \(tried once\)/,
    ],
  ])("%s: a clear error, and no name for half an image", async (_, fault, message) => {
    const server = await serve({ ...(fault === undefined ? {} : { fault }) });
    const failure = await pushSample(server.host, {}, { idleTimeout: 200 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(String(failure)).toMatch(message);
    expect(server.manifests.get("a/b")?.has("v1") ?? false).toBe(false);
  });

  test("wrong bytes from the registry are found by their digest", async () => {
    const server = await serve({
      fault: ({ method, path }) =>
        method === "GET" && path.includes("/blobs/") ? { kind: "wrong-body" } : undefined,
    });
    await pushSample(server.host);
    const source = await repositorySource(
      client(server.host).repository("a/b"),
      parseReference(`${server.host}/a/b:v1`),
    );
    const root = source.roots[0]?.descriptor;
    if (root === undefined) throw new Error("no root");
    expect((await validate(source, root))[0]?.message).toMatch(/has the digest .* where its descriptor says/);
  });

  test("a registry without TLS elsewhere than on this machine wants --insecure", async () => {
    const server = await serve();
    // Leads here, and is none of the names of this machine.
    const elsewhere = server.host.replace("127.0.0.1", "0.0.0.0");
    await expect(pushSample(elsewhere)).rejects.toMatchObject({
      message: `cannot reach the registry ${elsewhere}: it does not speak TLS`,
      help: "use --insecure for a registry without TLS",
    });
    expect(server.requests).toEqual([]);
    await pushSample(elsewhere, {}, { insecure: true });
    expect(server.manifests.get("a/b")?.has("v1")).toBe(true);
  });

  test("nobody there", async () => {
    const server = await serve();
    await server.stop();
    await expect(pushSample(server.host)).rejects.toThrow(
      /cannot reach the registry .*: nobody listens there/,
    );
  });

  test("a registry that is read only, as docker-registry answers then", async () => {
    const server = await serve({
      fault: ({ method }) => (method === "POST" ? { kind: "status", status: 405 } : undefined),
    });
    await expect(pushSample(server.host)).rejects.toMatchObject({
      message: expect.stringContaining("refuses (405)"),
      help: expect.stringContaining("takes no images"),
    });
  });

  test("a look-up that is refused names the image as it is written", async () => {
    const server = await serve({ auth: "basic" });
    await expect(client(server.host).repository("a").head("v1")).rejects.toThrow(
      `cannot look up ${server.host}/a:v1: `,
    );
    await expect(
      client(server.host)
        .repository("a")
        .manifest(`sha256:${"0".repeat(64)}`),
    ).rejects.toThrow(`cannot get ${server.host}/a@sha256:0`);
  });

  test("an image that is not there", async () => {
    const server = await serve();
    const repository = client(server.host).repository("a/b");
    await expect(repositorySource(repository, parseReference(`${server.host}/a/b:v1`))).rejects.toThrow(
      "there is no image",
    );
  });
});

describe("credentials", () => {
  const user = { name: "me", password: "s3cret:with colon" };
  const right: RegistryOptions["credentials"] = async () => ({
    kind: "password",
    username: user.name,
    password: user.password,
  });

  for (const auth of ["basic", "bearer"] as const) {
    test(`${auth}: right ones work, and no secret shows in the trace`, async () => {
      const server = await serve({ auth, user });
      const lines: string[] = [];
      await pushSample(server.host, {}, { credentials: right, trace: (line) => lines.push(line) });
      expect(lines.length).toBeGreaterThan(10);
      expect(lines.join("\n")).not.toMatch(/s3cret|czNjcmV0|Bearer|Basic|t-|state=/);
    });
    test(`${auth}: wrong or missing ones are a clear error`, async () => {
      const server = await serve({ auth, user });
      const wrong: RegistryOptions["credentials"] = async () => ({
        kind: "password",
        username: "me",
        password: "no",
      });
      for (const credentials of [wrong, undefined]) {
        const failure = await pushSample(
          server.host,
          {},
          credentials === undefined ? {} : { credentials },
        ).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(UserError);
        expect(String(failure)).toMatch(/401|gave no token/);
      }
    });
  }

  test("a push asks for one token, before it is refused for want of it", async () => {
    const server = await serve({ auth: "bearer" });
    const lines: string[] = [];
    await pushSample(server.host, {}, { trace: (line) => lines.push(line) });
    expect(server.requests.filter((line) => line === "GET /token")).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith(" → 401"))).toEqual([expect.stringMatching(/\/v2\/ → 401$/)]);
  });

  test("a token server that gives nobody one does not matter to a registry that lets everybody read", async () => {
    const server = await serve({
      fault: ({ path }) =>
        path === "/token"
          ? { kind: "status", status: 403 }
          : path === "/v2/"
            ? {
                kind: "status",
                status: 401,
                headers: { "WWW-Authenticate": `Bearer realm="http://${server.host}/token",service="x"` },
              }
            : undefined,
    });
    await pushSample(server.host, { parallel: 1 });
    expect(server.requests.filter((line) => line === "GET /token")).toHaveLength(1);
    expect(await client(server.host).repository("a/b").tags()).toEqual(["v1"]);
  });

  test.each([
    ['Basic realm="a, b"', [["basic", { realm: "a, b" }]]],
    [
      'Bearer realm="https://x/token",service="y",scope="repository:a:pull,push"',
      [["bearer", { realm: "https://x/token", service: "y", scope: "repository:a:pull,push" }]],
    ],
    [
      'Negotiate, Basic realm=x, Bearer realm="\\"q\\""',
      [
        ["negotiate", {}],
        ["basic", { realm: "x" }],
        ["bearer", { realm: '"q"' }],
      ],
    ],
    ["", []],
  ])("the challenge %j", (field, expected) => {
    const found = parseChallenges(field).map(({ scheme, parameters }) => [
      scheme,
      Object.fromEntries(parameters),
    ]);
    expect(found).toEqual(expected);
  });
});

describe("referrers", () => {
  test("are read page by page", async () => {
    const entry = (number: number): object => ({
      mediaType: mediaTypes.manifest,
      digest: `sha256:${String(number).repeat(64)}`,
      size: 1,
    });
    const pages = [[entry(1), entry(2)], [entry(3)]];
    const server = await serve({
      fault: ({ path, count }) =>
        path.includes("/referrers/")
          ? {
              kind: "status",
              status: 200,
              headers: {
                "Content-Type": mediaTypes.index,
                ...(count === 0 ? { Link: `<${path}?page=2>; rel="next"` } : {}),
              },
              body: JSON.stringify({
                schemaVersion: 2,
                mediaType: mediaTypes.index,
                manifests: pages[count],
              }),
            }
          : undefined,
    });
    const found = await client(server.host)
      .repository("a")
      .referrers(`sha256:${"0".repeat(64)}`);
    expect(found.map(({ digest }) => digest.at(-1))).toEqual(["1", "2", "3"]);
  });

  for (const [how, registry] of [
    ["by the API", { referrers: true }],
    ["by the tag that stands in for it", { referrers: false }],
    ["by that tag where the registry says 406, as Artifactory does", { statuses: { noReferrers: 406 } }],
  ] as const) {
    test(`are found ${how}`, async () => {
      const server = await serve(registry);
      const image = await sampleImage();
      const repository = client(server.host).repository("a");
      await push(sourceOf(image), image.manifest.descriptor, repository, { tags: ["v1"] });
      const { mediaType, digest, size } = image.manifest.descriptor;
      for (const title of ["one", "two"]) {
        const config = documentOf(mediaTypes.empty, {});
        const artifact = documentOf(mediaTypes.manifest, {
          schemaVersion: 2,
          mediaType: mediaTypes.manifest,
          artifactType: "text/x-note",
          config: config.descriptor,
          layers: [config.descriptor],
          subject: { mediaType, digest, size },
          annotations: { title },
        });
        const blobs = [config, artifact].map((d) => ({
          descriptor: d.descriptor,
          content: { size: d.bytes.length, read: () => read(d.bytes) },
        }));
        const source = blobSource("x", { descriptor: artifact.descriptor, names: [] }, blobs);
        await push(source, artifact.descriptor, repository, { tags: [] });
        await push(source, artifact.descriptor, repository, { tags: [] });
      }
      const found = await repository.referrers(digest);
      expect(found.map((one) => one.artifactType)).toEqual(["text/x-note", "text/x-note"]);
    });
  }
});

async function* read(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
