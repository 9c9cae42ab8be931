/**
 * A registry that answers rightly but for one field or one body: what the client makes of it is an answer or a plain error, never a crash. A relay
 * in front of a registry that works changes one thing at a time.
 */

import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UserError } from "../../src/base/errors.ts";
import { artifactOf } from "../../src/image/artifact.ts";
import { blobSource, sourceOf } from "../../src/image/image-source.ts";
import { parseReference } from "../../src/image/reference.ts";
import { validate } from "../../src/image/validate.ts";
import { repositorySource, withReferrers } from "../../src/registry/pull.ts";
import { push } from "../../src/registry/push.ts";
import { openRegistry } from "../../src/registry/registry.ts";
import { type MemoryRegistry, startMemoryRegistry } from "../support/memory-registry.ts";
import { sampleImage } from "../support/sample-image.ts";

/** What to change in answers to requests like this; undefined removes a field. */
interface Change {
  readonly of: RegExp;
  readonly field?: readonly [name: string, value: string | undefined];
  readonly body?: string;
  readonly status?: number;
}

let change: Change | undefined;
let behind: MemoryRegistry;
let host = "";
const user = { name: "me", password: "secret" };
const relay = createServer((request, response) => {
  const [address, port] = behind.host.split(":");
  const headers = { ...request.headers, host };
  const onward = send({ host: address, port, method: request.method, path: request.url, headers }, (answer) =>
    pass(request, answer, response).catch(() => response.destroy()),
  );
  onward.on("error", () => response.destroy());
  request.pipe(onward);
});

async function pass(
  request: IncomingMessage,
  answer: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const isMeant = change?.of.test(`${request.method} ${request.url}`) === true;
  const headers = new Map(Object.entries(answer.headers));
  const body = isMeant && change?.body !== undefined ? Buffer.from(change.body) : Buffer.concat(chunks);
  headers.delete("transfer-encoding");
  if (request.method !== "HEAD") headers.set("content-length", String(body.length));
  if (isMeant && change?.field !== undefined) {
    const [name, value] = change.field;
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  response.writeHead(
    (isMeant ? change?.status : undefined) ?? answer.statusCode ?? 500,
    Object.fromEntries(headers),
  );
  response.end(body);
}

beforeAll(async () => {
  behind = await startMemoryRegistry({ auth: "bearer", user, referrers: true });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const address = relay.address();
  host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(async () => {
  relay.closeAllConnections();
  relay.close();
  await behind.stop();
});

const image = await sampleImage();
const note = artifactOf({
  subject: image.manifest.descriptor,
  artifactType: "text/x-note",
  payload: Buffer.from("x"),
});
let repositories = 0;

/** Everything that a client asks a registry for. */
async function useAll(): Promise<void> {
  const registry = openRegistry(host, {
    retry: { tries: 1, pause: 1 },
    idleTimeout: 1000,
    credentials: async () => ({ kind: "password", username: user.name, password: user.password }),
  });
  // Nothing of a test before is there already.
  const name = `r${repositories++}`;
  try {
    const repository = registry.repository(name, "push");
    const root = { descriptor: note.manifest.descriptor, names: [] };
    await push(sourceOf(image), image.manifest.descriptor, repository, { tags: ["v1"], chunkBytes: 300 });
    await push(blobSource("a note", root, note.blobs), root.descriptor, repository, { tags: [] });
    await repository.tags();
    const source = await repositorySource(repository, parseReference(`${host}/${name}:v1`));
    const whole = await withReferrers(repository, source);
    for (const { descriptor } of whole.roots) await validate(whole, descriptor);
  } finally {
    registry.close();
  }
}

const texts = [
  "",
  " ",
  "x",
  "0",
  "-1",
  "1e99",
  "//",
  ":",
  "https://127.0.0.1:1/",
  "\u00ff",
  ",",
  '"',
  "<",
  "<>; rel=next",
  '<http://[>; rel="next"',
  '<file:///etc/passwd>; rel="next"',
  "file:///etc/passwd",
  "http://[",
  "sha256:",
  "/".repeat(9000),
];
const fields: readonly (readonly [of: RegExp, name: string])[] = [
  [/^GET \/v2\/$/, "www-authenticate"],
  [/^HEAD .*manifests/, "docker-content-digest"],
  [/^HEAD .*manifests/, "content-type"],
  [/^HEAD .*manifests/, "content-length"],
  [/^GET .*manifests/, "docker-content-digest"],
  [/^GET .*manifests/, "content-type"],
  [/^PUT .*manifests/, "docker-content-digest"],
  [/^PUT .*manifests/, "oci-subject"],
  [/^POST .*uploads/, "location"],
  [/^PATCH /, "location"],
  [/^PATCH /, "range"],
  [/^GET .*referrers/, "content-type"],
  [/^GET .*referrers/, "link"],
  [/^GET .*tags\/list/, "link"],
  [/^GET .*blobs/, "content-type"],
  [/^GET .*blobs/, "content-range"],
];
const bodies = [
  "",
  " ",
  "x",
  "null",
  "[]",
  "{}",
  "{",
  '"x"',
  "1",
  "\u0000",
  '{"tags":1}',
  '{"tags":[1]}',
  '{"tags":{}}',
  '{"errors":1}',
  '{"errors":[null]}',
  '{"token":1}',
  '{"token":"a\\nb"}',
  '{"token":"a","expires_in":"x"}',
  '{"token":"a","expires_in":-1e99}',
  '{"schemaVersion":2,"manifests":null}',
  "[".repeat(50_000),
];
const answers = [
  /^GET \/v2\/$/,
  /^GET \/token/,
  /^GET .*manifests/,
  /^GET .*tags\/list/,
  /^GET .*referrers/,
  /^GET .*blobs/,
  /^POST /,
  /^PUT /,
];

async function outcome(changed: Change): Promise<unknown> {
  change = changed;
  try {
    await useAll();
    return undefined;
  } catch (error) {
    return error instanceof UserError ? undefined : error;
  } finally {
    change = undefined;
  }
}

test("unchanged, it does all that is asked", async () => {
  await useAll();
});

test.each(fields)(
  "%s with an odd %s",
  async (of, name) => {
    for (const value of [undefined, ...texts]) {
      // What cannot stand in a field cannot come in one.
      if (value !== undefined && /[^\t\x20-\xff]/.test(value)) continue;
      expect(await outcome({ of, field: [name, value] }), JSON.stringify(value)).toBeUndefined();
    }
  },
  60_000,
);

test("a redirect to an odd place", async () => {
  for (const value of [undefined, ...texts].filter(
    (text) => text === undefined || !/[^\t\x20-\xff]/.test(text),
  )) {
    const changed: Change = { of: /^GET .*(?:blobs|manifests)/, status: 307, field: ["location", value] };
    expect(await outcome(changed), JSON.stringify(value)).toBeUndefined();
  }
});

test.each(answers)(
  "%s with an odd body",
  async (of) => {
    for (const body of bodies) expect(await outcome({ of, body }), body.slice(0, 50)).toBeUndefined();
  },
  60_000,
);
