/**
 * The minimal server from outside, on every target: what it answers, what it refuses, and that nobody keeps it from
 * serving others.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { waitForPort } from "../../src/engine/native-process.ts";
import { targets } from "../../src/target/targets.ts";
import { emulatorOf } from "../support/emulators.ts";
import { freePort } from "../support/free-port.ts";
import { collect, exchange, open, parseResponse, parseResponses, responses, sleep } from "../support/http.ts";
import { errorLines, microlith, temporaryFolder } from "../support/microlith.ts";
import { needs, needsThat } from "../support/require-tool.ts";

const folder = temporaryFolder();
const content = "<!doctype html><title>One page</title>";
const largeContent = Buffer.alloc(20_000_000, "0123456789abcdef\n");

function site(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

const page = site("page", { "index.html": content });
const large = site("large", { "index.html": largeContent });

interface Running {
  readonly port: number;
  readonly child: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

const running: Running[] = [];
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
});

function build(input: string, platform: string, flags: readonly string[] = []): string {
  const output = join(folder, `server-${readdirSync(folder).length}`);
  const run = microlith(["build", input, "-o", output, "--minimal", "--platform", platform, ...flags]);
  expect(run).toMatchObject({ status: 0 });
  return output;
}

async function start(
  executable: string,
  emulator: readonly string[],
  given: { readonly args?: readonly string[]; readonly port?: number; readonly host?: string } = {},
): Promise<Running> {
  const port = given.port ?? (await freePort());
  const [command = "", ...args] = [...emulator, executable, ...(given.args ?? [String(port)])];
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? signal));
  });
  const server = { port, child, ended };
  running.push(server);
  expect(await waitForPort(given.host ?? "127.0.0.1", port, 5000)).toBe(true);
  return server;
}

const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const rows: readonly (readonly [what: string, request: string, status: number])[] = [
  ["GET", request, 200],
  ["GET with a query", "GET /?a=1 HTTP/1.1\r\nHost: a\r\n\r\n", 200],
  ["HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200],
  ["no Host", "GET / HTTP/1.1\r\n\r\n", 200],
  ["a head of 16,000 bytes", `GET / HTTP/1.1\r\nX: ${"x".repeat(15_950)}\r\n\r\n`, 200],
  ["another path", "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", 404],
  ["a path that begins alike", "GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n", 404],
  ["no target", "GET \r\n\r\n", 404],
  ["HTTP/0.9 and an empty line", "GET /\r\n\r\n", 404],
  ["HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", 501],
  ["a method of three letters", "PUT / HTTP/1.1\r\nHost: a\r\n\r\n", 501],
  ["POST with a body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na=1&b=2\r\n", 501],
  ["POST with a large body", `POST / HTTP/1.1\r\nHost: a\r\n\r\n${"\r\n\r\n".repeat(100_000)}`, 501],
  ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 501],
  ["a method in small letters", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 501],
  ["nothing", "\r\n\r\n", 501],
  ["a pipeline", `${request}GET /a HTTP/1.1\r\nHost: a\r\n\r\n${request}`, 200],
  ["a request and garbage", `${request}\0\xff\r\n\r\n${"x".repeat(70_000)}`, 200],
];

for (const target of targets) {
  const emulator = emulatorOf(target.id);
  needs(...emulator.slice(0, 1))(`minimal, ${target.id}`, () => {
    const executable = build(page, target.platform);
    const largeExecutable = build(large, target.platform);

    it("answers each request with one response of the right length, and closes", async () => {
      const server = await start(executable, emulator);
      for (const [what, text, status] of rows) {
        const found = parseResponses(await exchange(server, [text], { half: false }), [
          text.startsWith("HEAD") ? "HEAD" : "GET",
        ]);
        expect([what, found.map((response) => response.status)]).toEqual([what, [status]]);
        expect(found[0]?.fields.get("connection")).toBe("close");
        expect(String(found[0]?.body)).toBe(status === 200 ? content : "");
      }
      const [{ fields } = { fields: new Map() }] = await responses(server, request);
      expect([...fields]).toEqual([
        ["content-length", String(content.length)],
        ["content-type", "text/html;charset=utf-8"],
        ["connection", "close"],
      ]);
    });

    it("takes a head in any two pieces, and byte by byte", async () => {
      const server = await start(executable, emulator);
      for (let at = 1; at < request.length; at++) {
        const parts = [request.slice(0, at), request.slice(at)];
        expect((await exchange(server, parts, { pause: 3 })).length, `cut at ${at}`).toBeGreaterThan(99);
      }
      const all = await exchange(server, [...request], { pause: 3 });
      expect(String(parseResponse(all, "GET").response.body)).toBe(content);
    });

    it("says nothing before the head is complete, and nothing to a head that never is", async () => {
      const server = await start(executable, emulator);
      const socket = await open(server.port);
      const from = Date.now();
      socket.write(request.slice(0, -1));
      expect(String(await collect(socket))).toBe("");
      expect(Date.now() - from).toBeGreaterThan(1500);
      expect(Date.now() - from).toBeLessThan(6000);
    });

    it("passes over a head that is too long", async () => {
      const server = await start(executable, emulator);
      const lost = await exchange(server, [`GET / HTTP/1.1\r\nX: ${"x".repeat(200_000)}\r\n\r\n`]);
      expect(String(lost)).toBe("");
      expect((await responses(server, request)).map(({ status }) => status)).toEqual([200]);
    });

    it("writes a large page to the end, also to a slow reader", async () => {
      const server = await start(largeExecutable, emulator);
      const socket = await open(server.port);
      socket.write(request);
      const chunks: Buffer[] = [];
      let isPaused = false;
      socket.on("data", (chunk) => {
        chunks.push(chunk);
        if (isPaused || chunks.length % 40 !== 0) return;
        isPaused = true;
        socket.pause();
        setTimeout(() => {
          isPaused = false;
          socket.resume();
        }, 50);
      });
      await new Promise((done) => socket.on("end", done));
      socket.destroy();
      const { response } = parseResponse(Buffer.concat(chunks), "GET");
      expect(response.body.equals(largeContent)).toBe(true);
    });

    it("outlives clients that go away", async () => {
      const server = await start(largeExecutable, emulator);
      for (let times = 0; times < 20; times++) {
        const socket = await open(server.port);
        socket.on("error", () => {});
        socket.write(request);
        await sleep(5);
        socket.resetAndDestroy();
      }
      const { response } = parseResponse(await exchange(server, [request]), "GET");
      expect(response.body.length).toBe(largeContent.length);
    });

    it("serves others while 20 clients say nothing", async () => {
      const server = await start(executable, emulator);
      const silent = await Promise.all(Array.from({ length: 20 }, () => open(server.port)));
      const from = Date.now();
      expect((await responses(server, request)).map(({ status }) => status)).toEqual([200]);
      expect(Date.now() - from).toBeLessThan(5000);
      for (const socket of silent) socket.destroy();
    });

    it.each(["SIGTERM", "SIGINT"] as const)("ends with status 0 after %s", async (signal) => {
      const server = await start(executable, emulator);
      const from = Date.now();
      server.child.kill(signal);
      expect(await server.ended).toBe(0);
      expect(Date.now() - from).toBeLessThan(4000);
    });
  });
}

const isNative = process.platform === "linux" && process.arch === "x64";
needsThat(isNative, "the machine cannot run amd64 Linux executables")("minimal, where it listens", () => {
  it("listens on the build's port, on IPv4 and IPv6", async () => {
    const port = await freePort();
    const executable = build(page, "linux/amd64", ["--port", String(port)]);
    const server = await start(executable, [], { args: [], port });
    expect((await responses(server, request)).length).toBe(1);
    expect(await (await fetch(`http://[::1]:${port}/`)).text()).toBe(content);
  });

  it.each(["127.0.0.1", "::1"])("listens on %s alone", async (host) => {
    const server = await start(build(page, "linux/amd64", ["--host", host]), [], { host });
    const url = (name: string): string => `http://${name}:${server.port}/`;
    const [own, other] = host === "::1" ? ["[::1]", "127.0.0.1"] : [host, "[::1]"];
    expect(await (await fetch(url(own))).text()).toBe(content);
    await expect(fetch(url(other))).rejects.toThrow();
  });

  it("ends with status 2 when the port is in use or none", async () => {
    const executable = build(page, "linux/amd64");
    const server = await start(executable, []);
    for (const argument of [String(server.port), "65536", "99999"]) {
      const child = spawn(executable, [argument], { stdio: "ignore" });
      expect([argument, await new Promise((done) => child.on("exit", done))]).toEqual([argument, 2]);
    }
  });

  it("comes back on its port at once", async () => {
    const executable = build(page, "linux/amd64");
    const first = await start(executable, []);
    await responses(first, request);
    first.child.kill("SIGTERM");
    await first.ended;
    const second = await start(executable, [], { port: first.port });
    expect((await responses(second, request)).length).toBe(1);
  });

  it("cuts off a trickling client, and one that never says anything", { timeout: 90_000 }, async () => {
    const server = await start(build(page, "linux/amd64"), []);
    const trickling = await open(server.port);
    const ends = [collect(trickling), collect(await open(server.port))];
    let sent = 0;
    const timer = setInterval(() => {
      trickling.write("x");
      sent++;
    }, 100);
    await Promise.all(ends);
    clearInterval(timer);
    // 127 pieces, and what was on its way.
    expect(sent).toBeLessThan(200);
  });

  it("serves a page under another name, with the fields that were asked for", async () => {
    const about = site("about", { "about.html": content, _headers: "/*\n  X-A: b\n" });
    const server = await start(build(about, "linux/amd64", ["--cors"]), []);
    const target = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const [response] = await responses(server, target("/about"));
    expect([String(response?.body), response?.fields.get("x-a")]).toEqual([content, "b"]);
    expect(response?.fields.get("access-control-allow-origin")).toBe("*");
    expect((await responses(server, target("/about?a")))[0]?.status).toBe(200);
    for (const other of ["/", "/abou", "/about.html", "/about/"])
      expect((await responses(server, target(other)))[0]?.status).toBe(404);
  });
});

needs("unshare")("minimal, as PID 1", () => {
  it("ends by SIGTERM all the same", async () => {
    const wrapper = ["unshare", "--pid", "--fork", "--kill-child=SIGTERM", "--"];
    const server = await start(build(page, "linux/amd64"), wrapper);
    const { pid } = server.child;
    expect((await responses(server, request)).length).toBe(1);
    process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim()), "SIGTERM");
    expect(await server.ended).toBe(0);
  });
});

describe("--minimal", () => {
  const refused = (input: string, flags: readonly string[] = []) => {
    const run = microlith(["build", input, "-o", join(folder, "refused"), "--minimal", ...flags]);
    return [run.status, errorLines(run).join(" ")];
  };

  it.each([
    [["--health"], "--health"],
    [["--spa"], "--spa"],
    [["--access-log", "json", "--workers", "2"], "--access-log, --workers"],
    [["--idle-timeout", "5"], "--idle-timeout"],
    [["--codings", "br"], "--codings"],
    [["--env", "STAGE"], "--env"],
    [["--last-modified", "2026-03-05"], "--last-modified"],
  ])("is refused with %j", (flags, named) => {
    expect(refused(page, flags)).toEqual([2, expect.stringContaining(named)]);
  });

  it("is refused for more than one page", () => {
    const two = site("two", { "index.html": content, "404.html": content });
    expect(refused(two)).toEqual([1, expect.stringContaining("this site has 2 files")]);
  });

  it("is refused for a site with redirects, and for a program", () => {
    const redirecting = site("redirecting", { "index.html": content, _redirects: "/a /\n" });
    expect(refused(redirecting)).toEqual([1, expect.stringContaining("_redirects")]);
    expect(refused("examples/hello/hello.ts")).toEqual([2, expect.stringContaining("--minimal")]);
  });
});
