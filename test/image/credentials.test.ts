/**
 * Credentials from every place they come from, and requests through a proxy.
 */

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { type Credential, credentialsFrom } from "../../src/registry/credentials.ts";
import { openRegistry } from "../../src/registry/registry.ts";
import { temporaryFolder } from "../support/engines.ts";
import { startMemoryRegistry } from "../support/memory-registry.ts";

const work = temporaryFolder("credentials");
afterAll(() => work.remove());

const auth = (text: string): string => Buffer.from(text).toString("base64");
const password = (username: string, secret: string): Credential => ({
  kind: "password",
  username,
  password: secret,
});
let folders = 0;

/** An environment whose home holds these files. */
function home(files: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const path = join(work.path, String(folders++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, ".."), { recursive: true });
    writeFileSync(join(path, name), text);
    if (name.startsWith("bin/")) chmodSync(join(path, name), 0o755);
  }
  return { HOME: path, PATH: `${join(path, "bin")}:/usr/bin:/bin` };
}

const helper = `#!/bin/sh
read server
case "$server" in
  known.example) echo '{"ServerURL":"x","Username":"h","Secret":"s"}' ;;
  token.example) echo '{"Username":"<token>","Secret":"t"}' ;;
  odd.example) echo 'secret without json' ;;
  broken.example) echo 'oops'; exit 3 ;;
  *) echo "credentials not found in native keychain"; exit 1 ;;
esac
`;
const docker = (config: object): string => JSON.stringify(config);

test.each<[string, Readonly<Record<string, string>>, string, Credential | undefined]>([
  ["nothing anywhere", {}, "a.example", undefined],
  [
    "Docker's auths",
    { ".docker/config.json": docker({ auths: { "a.example": { auth: auth("u:p:q") } } }) },
    "a.example",
    password("u", "p:q"),
  ],
  [
    "the hub under its old name",
    { ".docker/config.json": docker({ auths: { "https://index.docker.io/v1/": { auth: auth("u:p") } } }) },
    "docker.io",
    password("u", "p"),
  ],
  [
    "an address in place of a name",
    { ".docker/config.json": docker({ auths: { "https://a.example": { auth: auth("u:p") } } }) },
    "a.example",
    password("u", "p"),
  ],
  [
    "an identity token",
    { ".docker/config.json": docker({ auths: { "a.example": { identitytoken: "t" } } }) },
    "a.example",
    { kind: "identity-token", token: "t" },
  ],
  [
    "an empty entry, as credsStore leaves it",
    { ".docker/config.json": docker({ auths: { "a.example": {} } }) },
    "a.example",
    undefined,
  ],
  [
    "Podman's auth.json",
    { ".config/containers/auth.json": docker({ auths: { "a.example": { auth: auth("u:p") } } }) },
    "a.example",
    password("u", "p"),
  ],
  [
    "a helper for one registry",
    {
      "bin/docker-credential-test": helper,
      ".docker/config.json": docker({ credHelpers: { "known.example": "test" } }),
    },
    "known.example",
    password("h", "s"),
  ],
  [
    "the store for all",
    { "bin/docker-credential-test": helper, ".docker/config.json": docker({ credsStore: "test" }) },
    "token.example",
    { kind: "identity-token", token: "t" },
  ],
  [
    "a store that has nothing",
    { "bin/docker-credential-test": helper, ".docker/config.json": docker({ credsStore: "test" }) },
    "a.example",
    undefined,
  ],
])("%s", async (_, files, registry, expected) => {
  expect(await credentialsFrom({ env: home(files) })(registry)).toEqual(expected);
});

test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
  ["a file that is not JSON", { ".docker/config.json": "{secret" }, "a.example", /config\.json is not JSON/],
  [
    "an entry that is not base64",
    { ".docker/config.json": docker({ auths: { "a.example": { auth: "c2VjcmV0" } } }) },
    "a.example",
    /not base64 of/,
  ],
  [
    "a helper that is not there",
    { ".docker/config.json": docker({ credsStore: "none" }) },
    "a.example",
    /cannot run docker-credential-none/,
  ],
  [
    "a helper's name that is a path",
    { ".docker/config.json": docker({ credsStore: "../../bin/sh" }) },
    "a.example",
    /not the name of a credential helper/,
  ],
  [
    "a helper that fails",
    { "bin/docker-credential-test": helper, ".docker/config.json": docker({ credsStore: "test" }) },
    "broken.example",
    /failed for broken\.example/,
  ],
  [
    "a helper that says something else",
    { "bin/docker-credential-test": helper, ".docker/config.json": docker({ credsStore: "test" }) },
    "odd.example",
    /something other than/,
  ],
])("%s is an error that shows no secret", async (_, files, registry, message) => {
  const failure = await credentialsFrom({ env: home(files) })(registry).catch(String);
  expect(failure).toMatch(message);
  expect(failure).not.toMatch(/secret(?! without|\b)|c2VjcmV0/);
});

test.each([
  '{"auths":null}',
  '{"auths":[]}',
  '{"auths":"x"}',
  '{"auths":{"a.example":null}}',
  '{"auths":{"a.example":"x"}}',
  '{"auths":{"a.example":{"auth":null,"identitytoken":null}}}',
  '{"auths":{"a.example":{"auth":1}}}',
  '{"auths":{"a.example":{"username":1,"password":2}}}',
  '{"credHelpers":null,"credsStore":null}',
  '{"credHelpers":{"a.example":1},"credsStore":2}',
])("%s says nothing of anybody", async (text) => {
  const env = home({ ".docker/config.json": text });
  expect(await credentialsFrom({ env })("a.example")).toBeUndefined();
});

test("the command line wins over the environment, and that over files", async () => {
  const env = {
    ...home({ ".docker/config.json": docker({ auths: { a: { auth: auth("f:f") } } }) }),
    MICROLITH_USERNAME: "e",
    MICROLITH_PASSWORD: "e",
  };
  expect(await credentialsFrom({ env })("a")).toEqual(password("e", "e"));
  expect(await credentialsFrom({ env, given: password("g", "g") })("a")).toEqual(password("g", "g"));
  const forOne = credentialsFrom({ env, given: password("g", "g"), givenFor: "b" });
  expect([await forOne("b"), await forOne("a")]).toEqual([password("g", "g"), password("f", "f")]);
});

afterEach(() => {
  delete process.env.http_proxy;
  delete process.env.https_proxy;
});

test("a registry without TLS is reached through the proxy that the environment names", async () => {
  const registry = await startMemoryRegistry();
  const seen: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url} ${incoming.headers["proxy-authorization"]}`);
    const through = httpRequest(
      { host: "127.0.0.1", port: registry.host.split(":")[1], path: "/v2/", headers: { Host: "x" } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500);
        answer.pipe(outgoing);
      },
    );
    through.end();
  });
  proxy.on("connect", (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  const port = typeof address === "object" ? address?.port : 0;
  process.env.http_proxy = `http://me:p%40ss@127.0.0.1:${port}`;
  process.env.https_proxy = process.env.http_proxy;
  const client = openRegistry("registry.example", { insecure: true, retry: { tries: 1, pause: 1 } });
  try {
    await client.repository("a").hasBlob({ mediaType: "x", digest: `sha256:${"0".repeat(64)}`, size: 1 });
  } catch {
    // What the proxy forwards is not what was asked for; only the way there is looked at.
  }
  client.close();
  proxy.close();
  await registry.stop();
  expect(seen[0]).toBe("CONNECT registry.example:443");
  expect(seen[1]).toBe(`GET http://registry.example/v2/ Basic ${auth("me:p@ss")}`);
});
