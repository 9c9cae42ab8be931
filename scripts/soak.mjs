// `npm run soak -- --minutes 5`: minutes of clients of every kind, good and bad, against one server with few places: requests,
// pipelines, idle and trickling connections, readers that stop, errors, resets at every state. Every few seconds it has to
// answer a new client in time. At the end all go, and then so must have what they took: descriptors, places, memory, time.
// Prints a line now and then, and ends with status 1 at the first thing that is wrong. The same --seed gives the same clients.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseFlags } from "./flags.mjs";
import { root, setUp } from "./setup.mjs";

const values = parseFlags({
  minutes: { type: "string", default: "3" },
  seed: { type: "string", default: "1" },
});
const host = "127.0.0.1";
const places = 200;
const clients = 300;
const largeBytes = 5_000_000;
const get = (/** @type {string} */ path, fields = "") =>
  `GET ${path} HTTP/1.1\r\nHost: soak\r\n${fields}\r\n`;

let state = Number(values.seed);
/** 0 to `below` - 1: a linear congruential generator. */
function random(/** @type {number} */ below) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const inputs = [
  get("/"),
  get("/").repeat(20),
  get("/large.bin"),
  get("/large.bin").repeat(3) + get("/"),
  get("/large.bin", "Range: bytes=1-\r\n"),
  get("/large.bin", "Range: bytes=0-2000000,3000000-\r\n").repeat(2),
  get("/", "Range: bytes=0-0,2-2\r\n").repeat(30) + get("/", "If-None-Match: *\r\n") + get("/large.bin"),
  `OPTIONS * HTTP/1.1\r\nHost: soak\r\n\r\n${get("/", "Range: bytes=99999-\r\n")}`,
  "GET / HT",
  "nonsense\r\n\r\n",
  `POST / HTTP/1.1\r\nHost: soak\r\nContent-Length: 5000\r\n\r\n${"x".repeat(5000)}`,
  "POST / HTTP/1.1\r\nHost: soak\r\nContent-Length: 1000000\r\n\r\nx",
  "POST / HTTP/1.1\r\nHost: soak\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: soak\r\nTransfer-Encoding: chunked\r\n\r\nzz",
  `GET /${"y".repeat(9000)} HTTP/1.1\r\n`,
  "",
];

setUp();
const folder = mkdtempSync(join(tmpdir(), "microlith-soak-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const port = await freePort();
const server = await start();
const ended = new Promise((resolve) => server.on("exit", (code, signal) => resolve(signal ?? code)));
ended.then((how) => {
  if (how !== 0) fail(`the server ended: ${how}`);
});
await waitForServer();

const until = Date.now() + Number(values.minutes) * 60_000;
let sent = 0;
let early = 0;
const running = Array.from({ length: clients }, live);
for (let rounds = 1; Date.now() < until; rounds++) {
  await sleep(5000);
  const milliseconds = await answerTime();
  if (milliseconds > 2500) fail(`a new client waited ${milliseconds} ms`);
  const now = measure();
  early = rounds === 2 ? now.privateBytes : early;
  report(now, milliseconds);
}
await Promise.all(running);
// Everybody is gone; limits of a few seconds have closed whoever was not.
await sleep(8000);
const before = measure();
await sleep(2000);
const after = measure();
report(after, await answerTime());
if (after.descriptors > 8) fail(`${after.descriptors} descriptors are open`);
if (after.ticks - before.ticks > 3) fail("the server is busy although nobody is there");
if (early > 0 && after.privateBytes > early + 200_000)
  fail(`memory has grown from ${early} to ${after.privateBytes}`);
const open = /^microlith_connections +(\d+)$/m.exec(
  await (await fetch(`http://${host}:${port}/metrics`)).text(),
)?.[1];
if (open === undefined || Number(open) > 2) fail(`${open} places are taken`);
server.kill("SIGTERM");
await ended;
process.stdout.write(`soak: ${sent} connections, nothing was lost\n`);
process.exit(0);

/** One client after another, until the time is over. */
async function live() {
  while (Date.now() < until) {
    sent++;
    await visit(inputs[random(inputs.length)] ?? "", random(6), random(4));
  }
}

/** A connection that sends `input` whole or in pieces, reads or does not, and then waits, closes, half-closes or resets. */
async function visit(/** @type {string} */ input, /** @type {number} */ manner, /** @type {number} */ end) {
  const socket = connect({ port, host, allowHalfOpen: true });
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => {});
  if (manner === 0) socket.pause();
  else socket.resume();
  if (manner === 1) {
    for (let at = 0; at < Math.min(input.length, 40) && !socket.destroyed; at++) {
      socket.write(input[at] ?? "", "latin1");
      await sleep(50);
    }
  } else socket.write(input, "latin1");
  await sleep(manner === 2 ? 6000 : random(300));
  if (end === 0) socket.resetAndDestroy();
  else if (end === 1) socket.destroy();
  else socket.end();
  // Whoever half-closes waits for the server to close; the limits see to that.
  const patience = setTimeout(() => socket.destroy(), 3000);
  await closed;
  clearTimeout(patience);
}

async function answerTime() {
  const from = Date.now();
  const answer = await fetch(`http://${host}:${port}/`, { headers: { connection: "close" } });
  const text = await answer.text();
  if (answer.status !== 200 || text !== "soak") fail(`the answer was ${answer.status} ${text}`);
  return Date.now() - from;
}

function measure() {
  const read = (/** @type {string} */ name) => readFileSync(`/proc/${server.pid}/${name}`, "utf8");
  const sizes = [...read("smaps_rollup").matchAll(/^Private_Dirty: +(\d+) kB$/gm)];
  const fields = read("stat").split(") ")[1]?.split(" ") ?? [];
  return {
    descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
    privateBytes: sizes.reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0),
    ticks: Number(fields[11]) + Number(fields[12]),
  };
}

/** @param {ReturnType<typeof measure>} now @param {number} milliseconds */
function report({ descriptors, privateBytes, ticks }, milliseconds) {
  process.stdout.write(
    `${sent} connections; ${descriptors} descriptors, ${privateBytes / 1024} KiB of memory, ` +
      `${ticks / 100} s of processor time; a new client waited ${milliseconds} ms\n`,
  );
}

/** @param {string} what @returns {never} */
function fail(what) {
  process.stdout.write(`soak: ${what}\n`);
  server.kill("SIGKILL");
  process.exit(1);
}

async function start() {
  const site = join(folder, "site");
  mkdirSync(site);
  writeFileSync(join(site, "index.html"), "soak");
  writeFileSync(join(site, "large.bin"), new Uint8Array(largeBytes));
  const load = (/** @type {string} */ path) => import(pathToFileURL(join(root, "dist", path)).href);
  const { makeProduct } = await load("cli/make-product.js");
  const { writeFileWhole } = await load("base/files.js");
  const product = await makeProduct(
    { kind: "site", path: site },
    {
      platforms: ["linux/amd64"],
      port,
      host: undefined,
      layout: "plain",
      server: {
        maxConnections: places,
        idleSeconds: 4,
        requestSeconds: 4,
        stallSeconds: 4,
        lingerSeconds: 2,
        metrics: "/metrics",
        accessLog: { format: "combined", stream: "stdout" },
      },
    },
  );
  const executable = join(folder, "server");
  await writeFileWhole(executable, product.executables[0].file.read(), 0o755);
  return spawn(executable, [], { stdio: ["ignore", "ignore", "inherit"] });
}

async function waitForServer() {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await answerTime();
      return;
    } catch {
      await sleep(50);
    }
  }
  fail("the server does not answer");
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
