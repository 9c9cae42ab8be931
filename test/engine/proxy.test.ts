/**
 * A registry with TLS behind a proxy: the name is one that only the proxy resolves, so what arrives has come through its tunnel.
 */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Registry, startRegistry, unavailable } from "../support/engines.ts";
import { freePort } from "../support/free-port.ts";
import { errorLines, startMicrolith, type ToolRun, temporaryFolder } from "../support/microlith.ts";
import { type ProxyOptions, startProxy, type TestProxy } from "../support/proxy.ts";
import { repository } from "../support/sources.ts";

const hello = join(repository, "examples", "hello", "hello.ts");
const folder = temporaryFolder();
const name = "registry.example";
const user = "me:p@ss/word";
const encodedUser = "me:p%40ss%2Fword";
/** No account and no proxy of whoever runs the tests. */
const nobody: Readonly<Record<string, string>> = {
  ...{ HOME: folder, DOCKER_CONFIG: folder, XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: folder },
  ...Object.fromEntries(
    ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((key) => [
      [key, ""],
      [key.toLowerCase(), ""],
    ]),
  ),
};
const reason = unavailable("docker-registry", "openssl");

describe.skipIf(reason !== undefined)(`a proxy${reason === undefined ? "" : ` (${reason})`}`, () => {
  let registry: Registry;
  let ca: readonly string[] = [];
  let nobodysPort = 0;
  const started: TestProxy[] = [];
  beforeAll(async () => {
    registry = await startRegistry({ tls: true });
    ca = ["--ca", registry.caFile ?? ""];
    nobodysPort = await freePort();
  });
  afterEach(async () => {
    for (const proxy of started.splice(0)) await proxy.stop();
  });
  afterAll(() => registry?.stop());

  async function proxyFor(options: ProxyOptions = {}): Promise<TestProxy> {
    const [host = "", port] = registry.host.split(":");
    const to = { host, port: Number(port) };
    const routes = new Map([`${name}:443`, `${name}:5000`, `0.0.0.0:${port}`].map((from) => [from, to]));
    const proxy = await startProxy({ routes, ...options });
    started.push(proxy);
    return proxy;
  }

  /** To its end, while the proxy in this process answers. */
  async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<ToolRun> {
    const child = startMicrolith(args, { cwd: folder, env: { ...nobody, ...env } });
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      stderr += chunk;
    });
    const [status] = await once(child, "close");
    return { status, stdout, stderr };
  }

  test.each<[string, (host: string) => Readonly<Record<string, string>>]>([
    ["HTTPS_PROXY", (host) => ({ HTTPS_PROXY: `http://${host}` })],
    ["https_proxy", (host) => ({ https_proxy: `http://${host}/` })],
    ["ALL_PROXY", (host) => ({ ALL_PROXY: `http://${host}` })],
    ["a proxy without a scheme", (host) => ({ HTTPS_PROXY: host })],
    [
      "NO_PROXY for another host",
      (host) => ({ HTTPS_PROXY: `http://${host}`, NO_PROXY: "other.example,.example.org" }),
    ],
    ["NO_PROXY for another port", (host) => ({ https_proxy: `http://${host}`, no_proxy: `${name}:5000` })],
  ])("push and pull with %s", async (what, env) => {
    const proxy = await proxyFor();
    // A repository of its own, to which all has to be sent.
    const reference = `${name}/${Buffer.from(what).toString("hex")}:1`;
    const pushed = await run(["push", hello, reference, "--trace", ...ca], env(proxy.host));
    expect(pushed, pushed.stderr).toMatchObject({ status: 0 });
    expect(new Set(proxy.asked)).toEqual(new Set([`${name}:443`]));
    // Tunnels are kept: there are fewer of them than requests.
    const requests = pushed.stderr.split("\n").filter((line) => line.includes(" → ")).length;
    expect(proxy.asked.length).toBeLessThan(requests / 2);
    expect(proxy.carried()).toBeGreaterThan(1000);
    const pulled = await run(["pull", reference, "-o", join(folder, `${what}.tar`), ...ca], env(proxy.host));
    expect(pulled, pulled.stderr).toMatchObject({ status: 0 });
    expect(
      readFileSync(join(folder, `${what}.tar`)).includes(pushed.stdout.trim().split("@sha256:")[1] ?? "?"),
    ).toBe(true);
  });

  test.each(["NO_PROXY", "no_proxy"])("%s leads past it", async (variable) => {
    const proxy = await proxyFor();
    // An address that leads here and is not the loopback's, for which no proxy is asked.
    const host = registry.host.replace("127.0.0.1", "0.0.0.0");
    const env = { HTTPS_PROXY: `http://${proxy.host}` };
    const args = ["push", hello, `${host}/past:1`, "--insecure"];
    const past = await run(args, { ...env, [variable]: "0.0.0.0" });
    expect(past, past.stderr).toMatchObject({ status: 0 });
    expect(proxy.asked).toEqual([]);
    const through = await run(args, env);
    expect(through, through.stderr).toMatchObject({ status: 0 });
    expect(proxy.asked.length).toBeGreaterThan(0);
  });

  test("this machine is not looked for through one", async () => {
    const proxy = await proxyFor();
    const pushed = await run(["push", hello, `${registry.host}/here:1`, ...ca], {
      HTTPS_PROXY: `http://${proxy.host}`,
    });
    expect(pushed, pushed.stderr).toMatchObject({ status: 0 });
    expect(proxy.asked).toEqual([]);
  });

  test("its user name and password are sent, and never shown", async () => {
    const proxy = await proxyFor({ user });
    const env = { HTTPS_PROXY: `http://${encodedUser}@${proxy.host}` };
    const pushed = await run(["push", hello, `${name}/locked:1`, "--trace", ...ca], env);
    expect(pushed, pushed.stderr).toMatchObject({ status: 0 });
    expectNoSecret(pushed);
  });

  const at = (host: string): string => `http://${host}`;
  test.each<[string, ProxyOptions, (host: string) => string, RegExp]>([
    [
      "no password for one that wants it",
      { user },
      at,
      /the proxy 127\.0\.0\.1:\d+ wants a user name and a password \(407\)\./,
    ],
    [
      "a wrong password",
      { user: "me:other" },
      (host) => `http://${encodedUser}@${host}`,
      /the proxy \S+ refuses the user name and password \(407\)\./,
    ],
    [
      "one that refuses",
      { status: 403 },
      (host) => `http://${encodedUser}@${host}`,
      /the proxy \S+ refuses to connect to registry\.example:443 \(403\)\. .*NO_PROXY/,
    ],
    [
      "one that does not get through",
      { status: 502 },
      at,
      /the proxy \S+ answered 502 for registry\.example:443 \(tried 5 times\)/,
    ],
    [
      "one that is not there",
      {},
      () => `http://127.0.0.1:${nobodysPort}`,
      /cannot reach the proxy 127\.0\.0\.1:\d+: nobody listens there\. .*NO_PROXY/,
    ],
    [
      "a kind that is not known",
      {},
      (host) => `socks5://${encodedUser}@${host}`,
      /a proxy of the kind socks5/,
    ],
    ["something else", {}, () => `http://${encodedUser}@:no`, /is not a URL/],
  ])("%s is one clear error", async (_, options, address, message) => {
    const proxy = await proxyFor(options);
    const refused = await run(["push", hello, `${name}/refused:1`, ...ca], {
      HTTPS_PROXY: address(proxy.host),
    });
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(errorLines(refused)).toEqual([expect.stringMatching(/^microlith: error: /)]);
    expect(refused.stderr).toMatch(message);
    expectNoSecret(refused);
    expect(proxy.carried()).toBe(0);
  });

  test("a certificate of nobody's is refused through it too", async () => {
    const proxy = await proxyFor();
    const refused = await run(["push", hello, `${name}/untrusted:1`], {
      HTTPS_PROXY: `http://${proxy.host}`,
    });
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(errorLines(refused)).toEqual([expect.stringMatching(/its certificate is signed by nobody/)]);
  });
});

function expectNoSecret({ stdout, stderr }: ToolRun): void {
  const said = stdout + stderr;
  for (const secret of ["p@ss", "p%40ss", Buffer.from(user).toString("base64")])
    expect(said).not.toContain(secret);
}
