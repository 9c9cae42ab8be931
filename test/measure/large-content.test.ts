/**
 * A site of 500 MiB: its content is never in memory as a whole, whatever is made of it, and a file that changes meanwhile is noticed.
 */

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { buildTool } from "../../scripts/setup.mjs";
import { waitForPort } from "../../src/engine/native-process.ts";
import { freePort } from "../support/free-port.ts";
import { microlith, startMicrolith, temporaryFolder } from "../support/microlith.ts";
import { mostMebibytes, peakOfBuild } from "../support/peak.ts";
import { needsThat } from "../support/require-tool.ts";

const mebibyte = 1 << 20;
const folder = temporaryFolder();
const site = join(folder, "site");

beforeAll(() => {
  buildTool();
  mkdirSync(site);
  writeFileSync(join(site, "index.html"), "<!doctype html><title>Large</title>");
  const picture = randomBytes(20 * mebibyte);
  for (let number = 0; number < 25; number++) {
    picture[0] = number;
    writeFileSync(join(site, `${number}.bin`), picture);
  }
});

test("an archive", () => {
  const archive = join(folder, "site.tar");
  expect(peakOfBuild(site, "-o", archive)).toBeLessThan(mostMebibytes);
  expect(statSync(archive).size).toBeGreaterThan(500 * mebibyte);
  expect(microlith(["validate", archive])).toMatchObject({ status: 0 });
});

const isNative = process.platform === "linux" && process.arch === "x64";
needsThat(isNative, "the machine cannot run amd64 Linux executables")("an executable", () => {
  test("serves each file as it is", async () => {
    const executable = join(folder, "server");
    expect(peakOfBuild(site, "-o", executable)).toBeLessThan(mostMebibytes);
    const port = await freePort();
    const server = spawn(executable, [String(port)], { stdio: "ignore" });
    try {
      expect(await waitForPort("127.0.0.1", port, 5000)).toBe(true);
      for (const name of ["index.html", "3.bin", "24.bin"]) {
        const answer = await fetch(`http://127.0.0.1:${port}/${name}`);
        const body = Buffer.from(await answer.arrayBuffer());
        expect(body.equals(readFileSync(join(site, name))), name).toBe(true);
      }
    } finally {
      server.kill("SIGKILL");
    }
  });
});

test("a file that changes while the site is built is one line, and leaves nothing behind", async () => {
  const changing = join(site, "9.bin");
  const place = join(folder, "changing");
  // A disk that is behind with what was written before may hold the writes back until the tool has read all; only then once more.
  let build = await buildWhileChanging(changing, place);
  for (let again = 0; build.longestPause > mostPause && again < 3; again++) {
    build = await buildWhileChanging(changing, place);
  }
  const { status, said } = build;
  expect(status).toBe(1);
  expect(said.split("\n").filter((line) => line.includes("error:"))).toEqual([
    `microlith: error: ${changing} changed while it was read. Build again when nothing writes it.`,
  ]);
  expect(readdirSync(place)).toEqual([]);
});

/** Between two changes of the file, in milliseconds: the tool takes longer from its first reading of it to the next. */
const mostPause = 200;

/** Builds the site into an empty folder while a byte of one of its files changes all the time; `longestPause` is the longest time without a change. */
async function buildWhileChanging(
  changing: string,
  place: string,
): Promise<{ readonly status: number | null; readonly said: string; readonly longestPause: number }> {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  const child = startMicrolith(["build", site, "-o", join(place, "site.tar")]);
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const bytes = randomBytes(1);
  let changedAt = performance.now();
  let longestPause = 0;
  const writing = setInterval(() => {
    bytes[0] = ((bytes[0] ?? 0) + 1) % 256;
    writeFileSync(changing, bytes, { flag: "r+" });
    longestPause = Math.max(longestPause, performance.now() - changedAt);
    changedAt = performance.now();
  }, 20);
  const status = await ended;
  clearInterval(writing);
  return { status, said, longestPause };
}
