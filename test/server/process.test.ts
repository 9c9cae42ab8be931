/**
 * The process around the server: its port, its limits in bytes, seconds and connections, and its end.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.ts";
import { collect, exchange, open, parseResponses, responses, sleep } from "../support/http.ts";
import { temporaryFolder } from "../support/microlith.ts";
import { needs } from "../support/require-tool.ts";
import {
  buildServer,
  isEmulated,
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

async function start(given: StartOptions = {}): Promise<Server> {
  const server = await startServer({ ...files, "/large.bin": new Uint8Array(20_000_000) }, given);
  running.push(server);
  return server;
}

const statusesOf = (bytes: Buffer): readonly number[] => parseResponses(bytes).map(({ status }) => status);

/** Milliseconds until the server closes the connection. */
async function closedAfter(socket: Socket): Promise<number> {
  const from = Date.now();
  await collect(socket);
  return Date.now() - from;
}

describe("the port", () => {
  it("is the first argument, whatever the environment says", async () => {
    const server = await start({ env: { PORT: "1" } });
    expect(statusesOf(await exchange(server, [probe]))).toEqual([200]);
  });

  it("is the environment's PORT without an argument", async () => {
    const port = await freePort();
    const server = await start({ args: [], port, env: { A: "b", PORTX: "1", PORT: String(port), Z: "" } });
    expect(statusesOf(await exchange(server, [probe]))).toEqual([200]);
  });

  it("is the build's without either", async () => {
    const port = await freePort();
    const server = await start({ args: [], port, options: { port } });
    expect(statusesOf(await exchange(server, [probe]))).toEqual([200]);
  });

  describe("when it cannot be had", () => {
    const folder = temporaryFolder();
    const executable = join(folder, "server");
    beforeAll(() => buildServer(files, executable));

    it.each(["0", "65536", "x", "80x", "-1", " 80", "", "4294967297", "99999999999999999999"])(
      "such as %j, is an error",
      (port) => {
        const { status, stderr } = runServer(executable, [port], { encoding: "utf8", timeout: 5000 });
        expect([status, stderr]).toEqual([2, "cannot listen on this port\n"]);
      },
    );

    it("because another has it, is an error", async () => {
      const other = createServer();
      const port = await new Promise<number>((done) => {
        other.listen(0, "0.0.0.0", () => done((other.address() as { port: number }).port));
      });
      const { status, stderr } = runServer(executable, [String(port)], { encoding: "utf8", timeout: 5000 });
      expect([status, stderr]).toEqual([2, "cannot listen on this port\n"]);
      await new Promise((done) => other.close(done));
    });
  });
});

describe("the address", () => {
  const ask = async (port: number, host: string): Promise<boolean> => {
    try {
      const answer = await fetch(`http://${host}:${port}/probe.txt`, { headers: { connection: "close" } });
      return (await answer.text()) === "probe";
    } catch {
      return false;
    }
  };

  it("is every one, IPv4 and IPv6", async () => {
    const { port } = await start();
    expect(await Promise.all([ask(port, "127.0.0.1"), ask(port, "127.0.0.2"), ask(port, "[::1]")])).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("is one of IPv4 when that is chosen", async () => {
    const { port } = await start({ options: { host: "127.0.0.1" } });
    expect(await Promise.all([ask(port, "127.0.0.1"), ask(port, "127.0.0.2"), ask(port, "[::1]")])).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("is one of IPv6 when that is chosen", async () => {
    const { port } = await start({ options: { host: "::1" } });
    expect(await Promise.all([ask(port, "[::1]"), ask(port, "127.0.0.1")])).toEqual([true, false]);
  });
});

describe("limits in bytes", () => {
  const capacity = 8192 - 16;
  let server: Server;
  beforeAll(async () => {
    server = await startServer(files);
  });
  afterAll(() => server.stop());

  const targetOf = (length: number): string =>
    `GET /${"a".repeat(length - "GET / HTTP/1.1\r\n".length)} HTTP/1.1\r\n`;
  const headOf = (length: number): string => {
    const start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    return `${start}${"b".repeat(length - start.length - 4)}\r\n\r\n`;
  };
  const bodyOf = (length: number): string => {
    const start = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ";
    const bodyLength = length - start.length - 8;
    return `${start}${bodyLength}\r\n\r\n${"c".repeat(bodyLength)}`;
  };

  it.each([
    ["a request line one byte below the limit waits for its fields", targetOf(capacity - 1), []],
    ["a request line of the limit's length", targetOf(capacity), [431]],
    ["a request line one byte above", targetOf(capacity + 1), [414]],
    ["a long request line", targetOf(3 * capacity), [414]],
    ["a method without end", "A".repeat(20_000), [414]],
    ["a head one byte below the limit", headOf(capacity - 1), [200]],
    ["a head of the limit's length", headOf(capacity), [200]],
    ["a head one byte above", headOf(capacity + 1), [431]],
    ["a long head", headOf(5 * capacity), [431]],
    ["fields without end", `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(5000)}`, [431]],
    ["head and body one byte below the limit", bodyOf(capacity - 1), [405]],
    ["head and body of the limit's length", bodyOf(capacity), [405]],
    ["head and body one byte above", bodyOf(capacity + 1), [405]],
  ])("%s", async (_, input, expected) => {
    expect(statusesOf(await exchange(server, [input]))).toEqual(expected);
    expect(statusesOf(await exchange(server, [probe + input]))).toEqual([200, ...expected]);
    expect(
      statusesOf(await exchange(server, [probe, input.slice(0, 100), input.slice(100)], { pause: 5 })),
    ).toEqual([200, ...expected]);
  });

  it("a request of the limit's length lets others follow", async () => {
    const text = headOf(capacity) + bodyOf(capacity) + headOf(capacity) + probe;
    expect(statusesOf(await exchange(server, [text]))).toEqual([200, 405, 200, 200]);
  });

  it("what follows a body above the limit is never a request", async () => {
    expect(statusesOf(await exchange(server, [bodyOf(capacity + 1) + probe.repeat(50)]))).toEqual([405]);
  });

  it("a large upload is answered and taken until the client has read the answer", async () => {
    const socket = await open(server.port);
    const received = collect(socket);
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n");
    socket.end(new Uint8Array(5_000_000));
    expect(statusesOf(await received)).toEqual([405]);
  });
});

describe("limits in seconds", () => {
  const quick = { idleSeconds: 1, requestSeconds: 2, stallSeconds: 2, lingerSeconds: 1 };
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ ...files, "/large.bin": new Uint8Array(20_000_000) }, { options: quick });
  });
  afterAll(() => server.stop());

  it("close a connection that asks for nothing", async () => {
    const time = await closedAfter(await open(server.port));
    expect(time).toBeGreaterThan(0);
    expect(time).toBeLessThan(2600);
  });

  it("close a connection between requests", async () => {
    const socket = await open(server.port);
    socket.write(probe);
    expect(await closedAfter(socket)).toBeLessThan(2600);
  });

  it.each([
    ["the request line", "GET / HTTP/1.1 GET / HTTP/1.1 GET / HTTP/1.1"],
    ["the fields", `${probe}GET / HTTP/1.1\r\nX: ${"y".repeat(100)}`],
    ["the body", `${probe}POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n${"z".repeat(100)}`],
  ])("close a connection that sends a byte at a time: %s", async (_, text) => {
    const socket = await open(server.port);
    const closed = closedAfter(socket);
    // With the first byte of the request it is about: a connection that waits for one may be closed sooner.
    let at = text.startsWith(probe) ? probe.length + 1 : 1;
    socket.write(text.slice(0, at));
    const trickle = setInterval(() => socket.writable && socket.write(text.slice(at, ++at)), 100);
    const time = await closed;
    clearInterval(trickle);
    expect(time).toBeGreaterThan(900);
    expect(time).toBeLessThan(3600);
  });

  it("close a connection whose peer stops reading", async () => {
    const socket = await open(server.port);
    socket.pause();
    socket.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    await sleep(3600);
    // What the kernel had taken arrives, but the response is not whole.
    socket.resume();
    expect((await collect(socket)).length).toBeLessThan(20_000_000);
  });

  it("do not close a connection whose peer reads slowly", async () => {
    const socket = await open(server.port);
    socket.write("GET /large.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const received = collect(socket);
    for (let pauses = 0; pauses < 8; pauses++) {
      socket.pause();
      await sleep(600);
      socket.resume();
      // The kernels hold a few megabytes on the way: the server sees that something was taken when they are through.
      const goal = Math.min(socket.bytesRead + 1_500_000, 20_000_000);
      while (socket.bytesRead < goal && !socket.destroyed && !socket.readableEnded) await sleep(1);
    }
    const [response] = parseResponses(await received);
    expect(response?.body.length).toBe(20_000_000);
  });

  it("close a connection that sends on behind an error", async () => {
    const socket = await open(server.port);
    socket.write("nonsense\r\n\r\n");
    const trickle = setInterval(() => socket.writable && socket.write("x"), 50);
    const closed = new Promise((done) => socket.on("error", done).on("close", done));
    const from = Date.now();
    socket.resume();
    await closed;
    clearInterval(trickle);
    expect(Date.now() - from).toBeLessThan(2600);
  });
});

describe("limits in connections", () => {
  it("let the oldest idle one make room", async () => {
    const server = await start({ options: { maxConnections: 8 } });
    const idle: Socket[] = [];
    for (let count = 0; count < 24; count++) {
      idle.push(await open(server.port));
      if (count === 23) await sleep(2100);
    }
    // More than there are places; the last of them wait in the queue until the first make room.
    for (let count = 0; count < 60; count++) {
      expect(statusesOf(await exchange(server, [probe]))).toEqual([200]);
    }
    for (const socket of idle) socket.destroy();
  });

  it("serve new clients beside a thousand that hold on", async () => {
    const server = await start();
    const held = await Promise.all(Array.from({ length: 1200 }, () => open(server.port)));
    for (const [index, socket] of held.entries()) {
      socket.on("error", () => {});
      if (index % 2 === 0) socket.write("GET / HTTP/1.1\r\nHost: ");
    }
    await sleep(1200);
    const from = Date.now();
    for (let count = 0; count < 100; count++)
      expect(statusesOf(await exchange(server, [probe]))).toEqual([200]);
    expect(Date.now() - from).toBeLessThan(3000);
    if (!isEmulated) expect(residentBytes(server)).toBeLessThan(6_000_000);
    for (const socket of held) socket.destroy();
  });

  it("lose no place when peers go away at every state", async () => {
    const server = await start({ options: { maxConnections: 16 } });
    const inputs = [
      "",
      "GET",
      probe,
      `${probe}GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n${probe}`,
      "bad\r\n\r\n",
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nx`,
    ];
    for (let round = 0; round < 60; round++) {
      const sockets = await Promise.all(inputs.map(() => open(server.port)));
      for (const [index, socket] of sockets.entries()) {
        socket.on("error", () => {});
        socket.write(inputs[index] ?? "");
      }
      await sleep(round % 3);
      for (const socket of sockets) {
        if (round % 2 === 0) socket.resetAndDestroy();
        else socket.destroy();
      }
    }
    await sleep(200);
    expect(statusesOf(await exchange(server, [probe]))).toEqual([200]);
    await sleep(50);
    expect(openDescriptors(server)).toBeLessThan(12);
    const before = cpuTicks(server);
    await sleep(500);
    expect(cpuTicks(server) - before).toBeLessThan(3);
  });
});

describe("the end", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("comes at once by %s when nobody is served", async (signal) => {
    const server = await start();
    const idle = await open(server.port);
    await exchange(server, [probe]);
    const from = Date.now();
    server.child.kill(signal);
    expect(await server.ended).toBe(0);
    expect(Date.now() - from).toBeLessThan(500);
    idle.destroy();
  });

  it("waits for responses on their way, and takes in nobody new", async () => {
    const server = await start();
    const socket = await open(server.port);
    socket.pause();
    socket.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    const partial = await open(server.port);
    partial.write("GET / HTTP/1.1\r\nHost:");
    await sleep(100);
    server.child.kill("SIGTERM");
    await sleep(100);
    await expect(open(server.port)).rejects.toThrow();
    partial.write(" a\r\n\r\n");
    const [late] = parseResponses(await collect(partial));
    expect([late?.status, late?.fields.get("connection")]).toEqual([200, "close"]);
    socket.resume();
    const [response] = parseResponses(await collect(socket));
    expect(response?.body.length).toBe(20_000_000);
    expect(await server.ended).toBe(0);
  });

  it("lets a request that was under way have its answer whole, however slowly that is taken", async () => {
    const server = await start();
    const socket = await open(server.port);
    socket.write("GET /large.bin HTTP/1.1\r\nHost:");
    await sleep(100);
    server.child.kill("SIGTERM");
    await sleep(50);
    const received = collect(socket);
    socket.pause();
    socket.write(" a\r\n\r\n");
    for (let pauses = 0; pauses < 10; pauses++) {
      await sleep(20);
      socket.resume();
      await sleep(1);
      socket.pause();
    }
    socket.resume();
    const [response] = parseResponses(await received);
    expect([response?.fields.get("connection"), response?.body.length]).toEqual(["close", 20_000_000]);
    expect(await server.ended).toBe(0);
  });

  it("comes after the time for it, also when somebody holds on", async () => {
    const server = await start({ options: { drainSeconds: 1 } });
    const socket = await open(server.port);
    socket.on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nHost:");
    await sleep(100);
    server.child.kill("SIGTERM");
    server.child.kill("SIGTERM");
    const from = Date.now();
    expect(await server.ended).toBe(0);
    expect(Date.now() - from).toBeLessThan(2500);
    socket.destroy();
  });

  needs("unshare")("as PID 1", () => {
    it("comes by SIGTERM all the same", async () => {
      const server = await start({ wrapper: ["unshare", "--pid", "--fork", "--kill-child=SIGTERM", "--"] });
      expect(statusesOf(await exchange(server, [probe]))).toEqual([200]);
      const children = readFileSync(
        `/proc/${server.child.pid}/task/${server.child.pid}/children`,
        "utf8",
      ).trim();
      process.kill(Number(children), "SIGTERM");
      expect(await server.ended).toBe(0);
    });
  });
});

it("the date goes on", async () => {
  const server = await start();
  const dates = new Set<string | undefined>();
  for (let count = 0; count < 6; count++) {
    const [response] = await responses(server, probe);
    dates.add(response?.fields.get("date"));
    await sleep(400);
  }
  expect(dates.size).toBeGreaterThan(1);
});

function residentBytes({ child }: Server): number {
  const [, pages = "0"] = readFileSync(`/proc/${child.pid}/statm`, "utf8").split(" ");
  return Number(pages) * 4096;
}

function openDescriptors({ child }: Server): number {
  const output = spawnSync("ls", [`/proc/${child.pid}/fd`], { encoding: "utf8" }).stdout;
  return output.trim().split("\n").length;
}

/** Hundredths of a second that the process has run. */
function cpuTicks({ child }: Server): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
