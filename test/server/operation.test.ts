/**
 * What operators ask of the server: its health, its counters, its environment, several workers.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ServerOptions } from "../../src/site/server-options.ts";
import { defaultServerOptions } from "../../src/site/server-options.ts";
import { freePort } from "../support/free-port.ts";
import { collect, exchange, open, parseResponses, type Response, responses, sleep } from "../support/http.ts";
import { temporaryFolder } from "../support/microlith.ts";
import {
  buildServer,
  compileServer,
  runServer,
  type Server,
  type StartOptions,
  startServer,
} from "../support/server.ts";
import { files, probe } from "./rows.ts";

const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(options: Partial<ServerOptions>, given: StartOptions = {}): Promise<Server> {
  const server = await startServer(files, { ...given, options });
  running.push(server);
  return server;
}

const request = (target: string, fields = ""): string =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields}\r\n`;

async function get(server: { readonly port: number }, target: string): Promise<Response> {
  const [response] = await responses(server, request(target));
  if (response === undefined) throw new Error(`no response for ${target}`);
  return response;
}

describe("what is not asked for", () => {
  it("is not in the executable", () => {
    const names = compileServer(files).object.functions.map(({ name }) => name);
    const features =
      /Counter|Environment|writeConfig|checkHealth|logResponse|flushLog|findField|parseAddress|Worker|Listener|live\b/;
    expect(names.filter((name) => features.test(name))).toEqual([]);
    const data = compileServer(files).executable.items.map(({ name }) => name);
    expect(data.filter((name) => /metrics|config|health|log format|trusted|logged/.test(name))).toEqual([]);
  });
});

describe("--health", () => {
  it("answers 200 and may not be stored", async () => {
    const server = await start({ health: "/healthz" });
    const response = await get(server, "/healthz");
    expect([response.status, String(response.body), response.fields.get("cache-control")]).toEqual([
      200,
      "",
      "no-store",
    ]);
    expect((await get(server, "/healthy")).status).toBe(404);
  });

  it("answers 503 after SIGTERM, while requests go on", async () => {
    const server = await start({ health: "/up", drainDelaySeconds: 2 });
    server.child.kill("SIGTERM");
    await sleep(100);
    const from = Date.now();
    const draining = await get(server, "/up");
    expect([draining.status, draining.fields.get("connection")]).toEqual([503, "close"]);
    expect((await get(server, "/probe.txt")).status).toBe(200);
    expect(await server.ended).toBe(0);
    expect(Date.now() - from).toBeGreaterThan(800);
    expect(Date.now() - from).toBeLessThan(3500);
  });

  it("answers 503 on a connection that was there before", async () => {
    const server = await start({ health: "/up" });
    const socket = await open(server.port);
    socket.write("GET /up HTTP/1.1\r\nHost:");
    await sleep(100);
    server.child.kill("SIGTERM");
    await sleep(100);
    socket.write(" a\r\n\r\n");
    const [response] = parseResponses(await collect(socket));
    expect(response?.status).toBe(503);
    expect(await server.ended).toBe(0);
  });
});

describe("--healthcheck", () => {
  const folder = temporaryFolder();
  const executable = join(folder, "server");
  const check = (args: readonly string[], env: Readonly<Record<string, string>> = {}): unknown => {
    const { status, signal } = runServer(executable, ["--healthcheck", ...args], { env, timeout: 9000 });
    return signal ?? status;
  };

  it("asks the server of the same port", async () => {
    const port = await freePort();
    const options = { healthcheck: true, health: "/healthz", port };
    buildServer(files, executable, { options });
    expect(check([String(port)])).toBe(1);
    await start(options, { args: [], port });
    expect([check([]), check([String(port)]), check([], { PORT: String(port) })]).toEqual([0, 0, 0]);
    expect([check(["1"]), check([], { PORT: "1" })]).toEqual([1, 1]);
  });

  it("asks for the first page when there is no health path", async () => {
    const options = { healthcheck: true };
    buildServer(files, executable, { options });
    const server = await start(options);
    expect(check([String(server.port)])).toBe(0);
  });

  it("fails when the answer is an error, or none", async () => {
    const options = { healthcheck: true, health: "/healthz", drainDelaySeconds: 9 };
    buildServer(files, executable, { options });
    const server = await start(options);
    server.child.kill("SIGTERM");
    await sleep(100);
    expect(check([String(server.port)])).toBe(1);
    server.child.kill("SIGSTOP");
    const from = Date.now();
    expect(check([String(server.port)])).toBe(1);
    expect(Date.now() - from).toBeLessThan(5000);
  });

  it.each(["127.0.0.1", "::1"])("goes to the address %s that the server listens on", async (host) => {
    const options = { healthcheck: true, host };
    buildServer(files, executable, { options });
    const server = await start(options);
    expect(check([String(server.port)])).toBe(0);
  });
});

describe("--env", () => {
  const environment = ["API_URL", "STAGE", "EMPTY", "ABSENT", "API"];
  const hostile = '"quotes" \\ </script><!-- \u2028\u2029 \u20a8 \u0001\n\t\u007f é 😀';
  const env = {
    STAGE: hostile,
    API_URL: "https://api.example/v1?a=b&c=d",
    API_URLX: "no",
    EMPTY: "",
    API: "short",
  };
  let server: Server;
  beforeAll(async () => {
    server = await startServer(files, { options: { environment }, env });
  });
  afterAll(() => server.stop());
  const expected = {
    API_URL: env.API_URL,
    STAGE: hostile,
    EMPTY: "",
    ABSENT: null,
    API: "short",
  };

  it("serves the variables as JSON", async () => {
    const { status, fields, body } = await get(server, "/config.json");
    expect([status, fields.get("content-type"), fields.get("cache-control")]).toEqual([
      200,
      "application/json",
      "no-store",
    ]);
    expect(JSON.parse(body.toString("utf8"))).toEqual(expected);
  });

  it("serves the variables as a script, which may stand in HTML", async () => {
    const { fields, body } = await get(server, "/config.js");
    expect(fields.get("content-type")).toBe("text/javascript; charset=utf-8");
    const text = body.toString("utf8");
    expect(text).not.toMatch(/[<\u2028\u2029]/);
    const window: { config?: unknown } = {};
    new Function("window", text)(window);
    expect(window.config).toEqual(expected);
  });

  it("ends with a message when the values are too large", () => {
    const folder = temporaryFolder();
    const executable = join(folder, "server");
    buildServer(files, executable, { options: { environment: ["A"] } });
    const { status, stderr } = runServer(executable, ["0"], {
      env: { A: "x".repeat(20_000) },
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([2, "cannot listen on this port\n"]);
    const large = runServer(executable, ["1"], { env: { A: "x".repeat(20_000) } });
    expect([large.status, large.stderr]).toEqual([2, "environment too large\n"]);
  });

  it("does not take a path that the site has", () => {
    const options = { ...defaultServerOptions, environment };
    expect(() => compileServer({ ...files, "/config.json": "{}" }, options)).toThrow(/config\.json/);
  });
});

type Metrics = ReadonlyMap<string, number>;

async function metricsOf(server: Server): Promise<Metrics> {
  const { body, fields, status } = await get(server, "/metrics");
  expect([status, fields.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  const lines = body.toString("latin1").split("\n");
  expect(lines.pop()).toBe("");
  const values = new Map<string, number>();
  for (const line of lines) {
    if (/^# TYPE microlith_[a-z_]+ (counter|gauge)$/.test(line)) continue;
    const [, name = "", value = ""] = /^(microlith_[a-z_]+(?:\{status="\dxx"\})?) +(\d+)$/.exec(line) ?? [];
    expect(name, line).not.toBe("");
    values.set(name, Number(value));
  }
  return values;
}

describe("--metrics", () => {
  it("counts requests by class, bytes and connections", async () => {
    const server = await start({ metrics: "/metrics" });
    const before = await metricsOf(server);
    await get(server, "/probe.txt");
    await get(server, "/probe.txt");
    await get(server, "/absent");
    await exchange(server, ["nonsense\r\n\r\n"]);
    const idle = await open(server.port);
    await sleep(50);
    const after = await metricsOf(server);
    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    // The second scrape is counted when it is answered, which is after it has been rendered.
    expect(grown('microlith_requests_total{status="2xx"}')).toBe(3);
    expect(grown('microlith_requests_total{status="4xx"}')).toBe(2);
    expect(grown('microlith_requests_total{status="3xx"}')).toBe(0);
    expect(grown("microlith_connections_total")).toBe(6);
    expect(after.get("microlith_connections")).toBe(2);
    expect(grown("microlith_sent_bytes_total")).toBeGreaterThan(500);
    idle.destroy();
  });

  it("adds up what several workers count", async () => {
    const server = await start({ metrics: "/metrics", workers: 3 });
    for (let count = 0; count < 60; count++) await get(server, "/probe.txt");
    const after = await metricsOf(server);
    expect(after.get('microlith_requests_total{status="2xx"}')).toBe(60);
    expect(after.get("microlith_connections")).toBe(1);
  });

  it("counts a connection once that is closed while its next request waits", async () => {
    const server = await start({ metrics: "/metrics", idleSeconds: 1 });
    const idle = await Promise.all(Array.from({ length: 5 }, () => open(server.port)));
    const ended = idle.map((socket) => collect(socket));
    await sleep(50);
    // Both come to it at once: the tick at which they have been idle too long, and what they ask.
    server.child.kill("SIGSTOP");
    await sleep(1500);
    for (const socket of idle) socket.write(probe);
    server.child.kill("SIGCONT");
    await Promise.all(ended);
    expect((await metricsOf(server)).get("microlith_connections")).toBe(1);
  });

  it("counts connections that had to make room", async () => {
    const server = await start({ metrics: "/metrics", maxConnections: 4 });
    const idle = await Promise.all(Array.from({ length: 60 }, () => open(server.port)));
    await sleep(2500);
    const after = await metricsOf(server);
    expect(after.get("microlith_connections_dropped_total")).toBeGreaterThan(0);
    for (const socket of idle) socket.destroy();
  });
});

/** A process that ended and that nobody has asked after is not. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("--workers", () => {
  /** The workers, as soon as they are there. */
  async function workersOf(server: Server, count: number): Promise<readonly number[]> {
    const pid = server.child.pid ?? 0;
    for (let tries = 0; tries < 300; tries++) {
      const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
      if (workers.length === count && workers[0] !== "") return workers.map(Number);
      await sleep(10);
    }
    throw new Error(`there are not ${count} workers`);
  }

  it("share the port", async () => {
    const server = await start({ workers: 3 });
    const workers = await workersOf(server, 3);
    const held = await Promise.all(Array.from({ length: 60 }, () => open(server.port)));
    await sleep(100);
    const loads = workers.map((pid) => readdirSync(`/proc/${pid}/fd`).length);
    expect(Math.max(...loads)).toBeLessThan(60);
    expect(loads.filter((load) => load > 7)).toHaveLength(3);
    for (const socket of held) socket.destroy();
  });

  it("are as many as there are processors", async () => {
    const server = await start({ workers: 0 }, { wrapper: ["taskset", "-c", "0"] });
    expect(await workersOf(server, 1)).toHaveLength(1);
  });

  it("are replaced when they end, and nobody is lost", async () => {
    const server = await start({ workers: 2 });
    const [first = 0] = await workersOf(server, 2);
    process.kill(first, "SIGKILL");
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(server, "/probe.txt")));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await sleep(1200);
    expect(await workersOf(server, 2)).not.toContain(first);
  });

  it("finish what they serve after SIGTERM", async () => {
    const server = await startServer(
      { ...files, "/large.bin": new Uint8Array(20_000_000) },
      { options: { workers: 2 } },
    );
    running.push(server);
    const workers = await workersOf(server, 2);
    const socket = await open(server.port);
    socket.pause();
    socket.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    await sleep(100);
    server.child.kill("SIGTERM");
    await sleep(200);
    await expect(open(server.port)).rejects.toThrow();
    socket.resume();
    const [response] = parseResponses(await collect(socket));
    expect(response?.body.length).toBe(20_000_000);
    expect(await server.ended).toBe(0);
    for (const pid of workers) expect(isRunning(pid)).toBe(false);
  });

  it("end when their parent is killed", async () => {
    const server = await start({ workers: 2 });
    const workers = await workersOf(server, 2);
    server.child.kill("SIGKILL");
    await server.ended;
    await sleep(500);
    for (const pid of workers) expect(isRunning(pid)).toBe(false);
  });

  it("do not take a port that another server has", async () => {
    const folder = temporaryFolder();
    const executable = join(folder, "server");
    const server = await start({ workers: 2 });
    buildServer(files, executable, { options: { workers: 2 } });
    const { status, stderr } = runServer(executable, [String(server.port)], {
      encoding: "utf8",
      timeout: 5000,
    });
    expect([status, stderr]).toEqual([2, "cannot listen on this port\n"]);
    expect(
      (await responses(server, probe.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")))[0]?.status,
    ).toBe(200);
  });
});
