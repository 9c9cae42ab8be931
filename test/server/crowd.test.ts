/**
 * Many clients: ten thousand that stay, a thousand that send a byte now and then, and thousands that come and go.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { exchange, open, parseResponse, parseResponses, sleep } from "../support/http.ts";
import { needsThat } from "../support/require-tool.ts";
import { type Server, startServer } from "../support/server.ts";
import { files, probe } from "./rows.ts";

const running: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of running.splice(0)) await server.stop();
});

async function start(maxConnections: number): Promise<Server> {
  const server = await startServer(files, { options: { maxConnections } });
  running.push(server);
  return server;
}

/** Connections, made a hundred at a time. */
async function connectMany(server: Server, count: number): Promise<readonly Socket[]> {
  const made: Socket[] = [];
  while (made.length < count)
    made.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(100, count - made.length) }, () => open(server.port)),
      )),
    );
  for (const socket of made) socket.on("error", () => {});
  sockets.push(...made);
  return made;
}

/** The body of the response to a request on an open connection. */
function askOn(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once("data", (data) => resolve(parseResponse(data, "GET").response.body.toString()));
    socket.once("close", () => reject(new Error("the connection was closed")));
    socket.write(probe);
  });
}

function privateBytes({ child }: Server): number {
  const rollup = readFileSync(`/proc/${child.pid}/smaps_rollup`, "utf8");
  return [...rollup.matchAll(/^Private_\w+: +(\d+) kB$/gm)].reduce(
    (sum, [, kib]) => sum + Number(kib) * 1024,
    0,
  );
}

function descriptors({ child }: Server): number {
  return readdirSync(`/proc/${child.pid}/fd`).length;
}

/** Of this process and so of those that it starts. */
const allowed = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
const isRoomy = allowed === "unlimited" || Number(allowed) >= 10_500;
needsThat(isRoomy, `${allowed} descriptors are allowed`)("ten thousand connections", () => {
  test("are held and answered, in 3 MiB", { timeout: 120_000 }, async () => {
    const server = await start(10_100);
    const held = await connectMany(server, 10_000);
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < held.length; at += 500) {
        const bodies = await Promise.all(held.slice(at, at + 500).map(askOn));
        expect(new Set(bodies)).toEqual(new Set(["probe"]));
      }
    }
    expect(descriptors(server)).toBeGreaterThan(10_000);
    expect(privateBytes(server)).toBeLessThanOrEqual(3 * 2 ** 20);
    for (const socket of held) socket.resetAndDestroy();
    await sleep(1000);
    expect(descriptors(server)).toBeLessThan(12);
  });
});

test("new clients are served beside a thousand that send a byte now and then", {
  timeout: 60_000,
}, async () => {
  const server = await start(1000);
  const slow = await connectMany(server, 1000);
  const text = `GET / HTTP/1.1\r\nHost: ${"a".repeat(1000)}`;
  let at = 0;
  const trickle = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write(text[at % text.length] ?? "");
    at++;
  }, 200);
  try {
    // Whoever has made progress a second ago has to make room for others.
    await sleep(2200);
    const from = Date.now();
    for (let count = 0; count < 50; count++) {
      const [response] = parseResponses(await exchange(server, [probe]));
      expect(response?.body.toString()).toBe("probe");
    }
    expect(Date.now() - from).toBeLessThan(20_000);
  } finally {
    clearInterval(trickle);
  }
});

test("thousands that come and go leave nothing behind", { timeout: 60_000 }, async () => {
  const server = await start(1000);
  const before = descriptors(server);
  const inputs = [probe, "", "GET", probe.repeat(10), "nonsense\r\n\r\n"];
  for (let round = 0; round < 40; round++) {
    const some = await Promise.all(Array.from({ length: 100 }, () => open(server.port)));
    for (const [index, socket] of some.entries()) {
      socket.on("error", () => {});
      socket.resume();
      socket.write(inputs[index % inputs.length] ?? "");
      if (index % 3 === 0) socket.resetAndDestroy();
      else if (index % 3 === 1) socket.destroy();
      else socket.end();
    }
  }
  await sleep(500);
  expect(parseResponses(await exchange(server, [probe])).length).toBe(1);
  await sleep(200);
  expect(descriptors(server)).toBe(before);
  expect(privateBytes(server)).toBeLessThan(2 ** 20);
});
