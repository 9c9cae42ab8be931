/**
 * The access log: its forms, what of a client's address is believed, that nobody can forge a line, and that a reader who
 * stops does not stop the server.
 */

import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parseNetwork } from "../../src/site/network.ts";
import type { ServerOptions } from "../../src/site/server-options.ts";
import { freePort } from "../support/free-port.ts";
import { collect, exchange, open, parseResponses, responses, sleep } from "../support/http.ts";
import { temporaryFolder } from "../support/microlith.ts";
import { buildServer, chosen, commandFor, type Files, type Server, startServer } from "../support/server.ts";
import { files, probe } from "./rows.ts";

const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

const folder = temporaryFolder();
let logs = 0;

interface Logged {
  readonly server: Server;
  /** Ends the server; all that it has logged. */
  end(): Promise<readonly string[]>;
}

/** A server that logs into a file. */
async function start(options: Partial<ServerOptions>, more: Files = {}): Promise<Logged> {
  const path = join(folder, `log-${logs++}`);
  const descriptor = openSync(path, "w");
  const server = await startServer({ ...files, ...more }, { options, stdout: descriptor });
  closeSync(descriptor);
  running.push(server);
  return {
    server,
    end: async () => {
      server.child.kill("SIGTERM");
      expect(await server.ended).toBe(0);
      const lines = readFileSync(path, "latin1").split("\n");
      expect(lines.pop()).toBe("");
      return lines;
    },
  };
}

const request = (target: string, fields = ""): string =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields}\r\n`;

const combined = { accessLog: { format: "combined", stream: "stdout" } } as const;
const json = { accessLog: { format: "json", stream: "stdout" } } as const;
const time = String.raw`\d\d/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/\d{4}:\d\d:\d\d:\d\d \+0000`;

describe("a line", () => {
  it("in the common format", async () => {
    const { server, end } = await start({ accessLog: { format: "common", stream: "stdout" } });
    await exchange(server, [request("/probe.txt?a=b"), request("/")]);
    expect(await end()).toEqual([
      expect.stringMatching(
        new RegExp(`^127\\.0\\.0\\.1 - - \\[${time}\\] "GET /probe\\.txt\\?a=b HTTP/1\\.1" 200 5$`),
      ),
    ]);
  });

  it("in the combined format", async () => {
    const { server, end } = await start(combined);
    await exchange(server, [request("/probe.txt", "REFERER: http://a/\r\nuser-agent:  Agent (1.0)\r\n")]);
    await exchange(server, [request("/absent")]);
    const [first, second] = await end();
    expect(first).toMatch(/" 200 5 "http:\/\/a\/" "Agent \(1\.0\)"$/);
    expect(second).toMatch(/"GET \/absent HTTP\/1\.1" 404 \d+ "-" "-"$/);
  });

  it("in JSON", async () => {
    const { server, end } = await start(json);
    await exchange(server, [request("/probe.txt", 'User-Agent: a\\b"c\u00e9\r\n')]);
    const [line = ""] = await end();
    const entry = JSON.parse(line);
    expect(entry).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      client: "127.0.0.1",
      request: "GET /probe.txt HTTP/1.1",
      status: 200,
      bytes: 5,
      referer: "",
      agent: 'a\\b"c\u00e9',
    });
    expect(Math.abs(Date.parse(entry.time) - Date.now())).toBeLessThan(10_000);
  });

  it("is there for every answer, with the bytes of its content", async () => {
    const { server, end } = await start(combined);
    const [first] = await responses(server, request("/probe.txt"));
    const tag = first?.fields.get("etag") ?? "";
    const inputs = [
      `HEAD /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n${request("/probe.txt", `If-None-Match: ${tag}\r\n`)}`,
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      "nonsense\r\n\r\n",
      "\r\nGET /probe.txt HTTP/1.0\r\n\r\n",
      `GET /${"x".repeat(10_000)} HTTP/1.1\r\n\r\n`,
    ];
    for (const input of inputs) await exchange(server, [input]);
    const lines = await end();
    expect(lines.map((line) => / (\d+ \d+) "-" "-"$/.exec(line)?.[1])).toEqual([
      "200 5",
      "200 0",
      "304 0",
      "405 0",
      "400 0",
      "200 5",
      "414 0",
    ]);
    expect(lines[5]).toContain('"GET /probe.txt HTTP/1.0"');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(4096);
  });

  it("is there once for every answer in a pipeline that the peer is slow to take, and so it is counted", async () => {
    const { server, end } = await start(
      { ...combined, metrics: "/metrics" },
      { "/large.bin": new Uint8Array(1_000_000) },
    );
    const targets = Array.from(
      { length: 40 },
      (_, index) => (index % 3 === 0 ? "/probe.txt?" : "/large.bin?") + index,
    );
    const socket = await open(server.port);
    const received = collect(socket);
    socket.pause();
    socket.end(targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""));
    for (let pauses = 0; pauses < 15; pauses++) {
      await sleep(10);
      socket.resume();
      await sleep(1);
      socket.pause();
    }
    socket.resume();
    expect(parseResponses(await received).length).toBe(targets.length);
    const [counters] = await responses(server, request("/metrics"));
    expect(counters?.body.toString()).toMatch(/\{status="2xx"\} +40\n/);
    const lines = await end();
    expect(lines.slice(0, -1).map((line) => /"GET (\S+) /.exec(line)?.[1])).toEqual(targets);
  });

  it("is not there for the health path", async () => {
    const { server, end } = await start({ ...combined, health: "/healthz" });
    await exchange(server, [`GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n${request("/probe.txt")}`]);
    const lines = await end();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("/probe.txt");
  });

  it("comes within about a second", async () => {
    const { server } = await start(combined);
    await exchange(server, [request("/probe.txt")]);
    await sleep(1300);
    expect(readFileSync(join(folder, `log-${logs - 1}`), "latin1")).toContain("/probe.txt");
    server.child.kill("SIGKILL");
  });
});

describe("what a client sends", () => {
  const hostile = [
    'GET /"%22\x1b[31m\x7f\x00\x01\t\xff\\ HTTP/1.1',
    "GET /\nforged HTTP/1.1",
    'GET / HTTP/1.1\r\nReferer: " 200 1 "x"\r\nUser-Agent: \x1b]0;x\x07\\"',
    'GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: "},{"x":"',
  ];

  it.each([
    [
      "combined",
      /^[ !#-[\]-~]+ \[[^"\]]+\] "(?:[ !#-[\]-~]|\\x[0-9a-f]{2})*" \d{3} \d+( "(?:[ !#-[\]-~]|\\x[0-9a-f]{2})*"){2}$/,
    ],
    ["json", /^\{.*\}$/],
  ] as const)("cannot forge a line of the %s format", async (format, form) => {
    const { server, end } = await start({ accessLog: { format, stream: "stdout" } });
    for (const text of hostile) await exchange(server, [Buffer.from(`${text}\r\n\r\n`, "latin1")]);
    const lines = await end();
    expect(lines).toHaveLength(hostile.length);
    for (const line of lines) {
      expect(line).toMatch(form);
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      if (format === "json") expect(Object.keys(JSON.parse(line))).toHaveLength(7);
    }
  });

  it("is cut off when it is long, and the line is still whole", async () => {
    const { server, end } = await start(json);
    const long = "\x80".repeat(3500);
    await exchange(server, [
      Buffer.from(request(`/${"y".repeat(3000)}`, `Referer: ${long}\r\nUser-Agent: z\r\n`), "latin1"),
    ]);
    const [line = ""] = await end();
    expect(line.length).toBeLessThan(4096);
    expect(JSON.parse(line).status).toBe(404);
  });
});

describe("the client's address", () => {
  const trusted = ["127.0.0.0/8", "10.0.0.0/8", "fd00::/8"].map((text) => parseNetwork("--trust", text));
  const clientOf = async (
    fields: readonly (readonly [string, string])[],
    options: Partial<ServerOptions>,
  ): Promise<readonly string[]> => {
    const { server, end } = await start({ ...combined, ...options });
    for (const [field] of fields) await exchange(server, [request("/", field)]);
    return (await end()).map((line) => line.split(" ")[0] ?? "");
  };

  it("is the peer's, whatever it says, unless that is trusted", async () => {
    expect(await clientOf([["X-Forwarded-For: 192.0.2.1\r\n", ""]], {})).toEqual(["127.0.0.1"]);
    const others = { trusted: [parseNetwork("--trust", "192.0.2.0/24")] };
    expect(await clientOf([["X-Forwarded-For: 192.0.2.1\r\n", ""]], others)).toEqual(["127.0.0.1"]);
  });

  it("is what trusted proxies say: the last address that is not one of theirs", async () => {
    const rows: readonly (readonly [string, string])[] = [
      ["", "127.0.0.1"],
      ["X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"],
      ["X-Forwarded-For: 198.51.100.7, 192.0.2.1\r\n", "192.0.2.1"],
      ["X-Forwarded-For: 198.51.100.7 ,192.0.2.1,10.1.2.3\r\n", "192.0.2.1"],
      ["X-Forwarded-For: 10.9.9.9, 10.1.2.3\r\n", "10.9.9.9"],
      ["X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n", "192.0.2.2"],
      ["X-Forwarded-For: 192.0.2.2\r\nX-Forwarded-For: 10.0.0.1\r\n", "192.0.2.2"],
      ["X-Forwarded-For: 192.0.2.1:8080\r\n", "192.0.2.1"],
      ["X-Forwarded-For: 2001:0db8:0000:0000:0000:ff00:0042:8329\r\n", "2001:db8::ff00:42:8329"],
      ["X-Forwarded-For: [2001:DB8::1]:443\r\n", "2001:db8::1"],
      ["X-Forwarded-For: 2001:db8:0:1:1:1:1:1\r\n", "2001:db8:0:1:1:1:1:1"],
      ["X-Forwarded-For: 2001:db8:0:0:1:0:0:1\r\n", "2001:db8::1:0:0:1"],
      ["X-Forwarded-For: ::\r\n", "::"],
      ["X-Forwarded-For: 1::\r\n", "1::"],
      ["X-Forwarded-For: ::1\r\n", "::1"],
      ["X-Forwarded-For: ::ffff:192.0.2.1, fd00::1\r\n", "192.0.2.1"],
      ["X-Forwarded-For: 64:ff9b::192.0.2.33\r\n", "64:ff9b::c000:221"],
      ["X-Forwarded-For: unknown\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 192.0.2.1, unknown\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 192.0.2.1, unknown, 10.0.0.9\r\n", "10.0.0.9"],
      ["X-Forwarded-For: 192.0.2.1;x, 192.0.2.2\r\n", "192.0.2.2"],
      ['X-Forwarded-For: "192.0.2.1, 192.0.2.2\r\n', "192.0.2.2"],
      ["X-Forwarded-For: 192.0.2.256\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 192.0.2\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 192.0.2.1.5\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 1:2:3:4:5:6:7\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 1:2:3:4:5:6:7:8:9\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 1:2:3:4:5:6:7:8:1.2.3.4\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 1:2:3:4:5:6:7:1.2.3.4\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 1::2::3\r\n", "127.0.0.1"],
      ["X-Forwarded-For: 12345::\r\n", "127.0.0.1"],
      ["X-Forwarded-For: \r\n", "127.0.0.1"],
      ["X-Forwarded-For: ,,,\r\n", "127.0.0.1"],
      ["Forwarded: for=192.0.2.1\r\n", "127.0.0.1"],
    ];
    expect(await clientOf(rows, { trusted })).toEqual(rows.map(([, expected]) => expected));
  });

  it("is what they say in Forwarded, when that is theirs", async () => {
    const rows: readonly (readonly [string, string])[] = [
      ["Forwarded: for=192.0.2.60;proto=http;by=203.0.113.43\r\n", "192.0.2.60"],
      ['Forwarded: proto=http; For="[2001:db8:cafe::17]:4711"\r\n', "2001:db8:cafe::17"],
      ["Forwarded: for=192.0.2.43, for=198.51.100.17\r\n", "198.51.100.17"],
      ["Forwarded: for=192.0.2.43, for=10.0.0.1;proto=https\r\n", "192.0.2.43"],
      ["Forwarded: for=192.0.2.43, for=unknown\r\n", "127.0.0.1"],
      ["Forwarded: for=192.0.2.43, by=10.0.0.1\r\n", "127.0.0.1"],
      ['Forwarded: for="192.0.2.1, for=192.0.2.2\r\n', "127.0.0.1"],
      ['Forwarded: for=192.0.2.1;x="a,b;for=192.0.2.3", for=192.0.2.2\r\n', "192.0.2.2"],
      ['Forwarded: for="_hidden", for="192.0.2.5:80"\r\n', "192.0.2.5"],
      ["X-Forwarded-For: 192.0.2.9\r\n", "127.0.0.1"],
    ];
    const options = { trusted, trustedHeader: "forwarded" } as const;
    expect(await clientOf(rows, options)).toEqual(rows.map(([, expected]) => expected));
  });

  it("is one of IPv6 when the peer's is", async () => {
    const { server, end } = await start(combined);
    const answer = await fetch(`http://[::1]:${server.port}/probe.txt`, { headers: { connection: "close" } });
    await answer.text();
    expect((await end())[0]?.split(" ")[0]).toBe("::1");
  });

  it("is one of IPv4 when the server has only that", async () => {
    expect(await clientOf([["", ""]], { host: "127.0.0.1" })).toEqual(["127.0.0.1"]);
  });
});

describe("a reader", () => {
  const metricOf = async (server: Server, name: string): Promise<number> => {
    const [response] = await responses(server, request("/metrics"));
    return Number(new RegExp(`^${name} +(\\d+)$`, "m").exec(String(response?.body))?.[1]);
  };

  it("that stops does not stop the server; lines are dropped and counted, and whole lines follow", async () => {
    const server = await startServer(files, {
      options: { ...combined, metrics: "/metrics" },
      stdout: "pipe",
    });
    running.push(server);
    const { stdout } = server.child;
    stdout?.pause();
    const total = 20_000;
    for (let sent = 0; sent < total; sent += 1000) {
      const from = Date.now();
      expect(parseResponses(await exchange(server, [probe.repeat(1000)])).length).toBe(1000);
      expect(Date.now() - from).toBeLessThan(5000);
    }
    const dropped = await metricOf(server, "microlith_log_lines_dropped_total");
    expect(dropped).toBeGreaterThan(1000);
    expect(dropped).toBeLessThan(total);
    let text = "";
    stdout?.on("data", (chunk) => {
      text += chunk;
    });
    stdout?.resume();
    await sleep(2500);
    await exchange(server, [request("/last")]);
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    await sleep(100);
    const lines = text.split("\n").slice(0, -1);
    for (const line of lines) expect(line).toMatch(/^127\.0\.0\.1 - - \[.*\] "GET .*" \d+ \d+ "-" "-"$/);
    // The last request's line, but not that of the scrape, for which there was no room.
    expect(lines.length).toBe(total - dropped + 1);
    expect(lines.at(-1)).toContain("/last");
  });

  it("that goes away does not end the server", async () => {
    const server = await startServer(files, { options: combined, stdout: "pipe" });
    running.push(server);
    server.child.stdout?.destroy();
    for (let count = 0; count < 100; count++) await exchange(server, [probe]);
    await sleep(1200);
    expect((await responses(server, request("/probe.txt")))[0]?.status).toBe(200);
  });

  it("shares the open file with others, whose flags are put back", async () => {
    const script = `
      "$@" & server=$!; sleep 0.4
      grep flags /proc/$server/fdinfo/1 >&2
      kill -TERM $server; wait $server
      grep flags /proc/$$/fdinfo/1 >&2`;
    const executable = join(folder, "shared");
    buildServer(files, executable, { options: combined });
    const words = commandFor(chosen, executable);
    const { stderr } = spawnSync("bash", ["-c", script, "-", ...words, String(await freePort())], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [during = 0, after = 0] = [...stderr.matchAll(/flags:\s+(\d+)/g)].map(([, text = ""]) =>
      Number.parseInt(text, 8),
    );
    expect([during & 0o4000, after & 0o4000]).toEqual([0o4000, 0]);
  });

  it("of several workers gets whole lines", async () => {
    const server = await startServer(files, { options: { ...json, workers: 3 }, stdout: "pipe" });
    running.push(server);
    let text = "";
    server.child.stdout?.on("data", (chunk) => {
      text += chunk;
    });
    await sleep(200);
    await Promise.all(Array.from({ length: 30 }, () => exchange(server, [probe.repeat(100)])));
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    await sleep(100);
    const lines = text.split("\n").slice(0, -1);
    expect(lines).toHaveLength(3000);
    for (const line of lines) expect(JSON.parse(line).status).toBe(200);
  });
});

it("is on standard error when that is chosen", async () => {
  const { server, end } = await start({ accessLog: { format: "common", stream: "stderr" } });
  await exchange(server, [request("/probe.txt")]);
  expect(await end()).toEqual([]);
  const socket = await open(server.port).catch(() => undefined);
  expect(socket).toBeUndefined();
});
