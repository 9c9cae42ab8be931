/**
 * `npm start` as a user meets it: what it prints, and that nothing goes on when it is stopped, by Ctrl-C (a signal to all
 * processes of the terminal) or by a signal to npm alone.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { waitForPort } from "../src/engine/native-process.ts";
import { freePort } from "./support/free-port.ts";
import { needsThat } from "./support/require-tool.ts";
import { repository } from "./support/sources.ts";

interface Started {
  readonly npm: ChildProcess;
  readonly port: number;
  /** Standard output and error so far. */
  output(): string;
  readonly ended: Promise<void>;
}

async function npmStart(): Promise<Started> {
  const port = await freePort();
  const npm = spawn("npm", ["start", "--", "--port", String(port)], {
    cwd: repository,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [npm.stdout, npm.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk));
  const ended = new Promise<void>((resolve) => npm.once("exit", () => resolve()));
  expect(await waitForPort("127.0.0.1", port, 40_000)).toBe(true);
  return { npm, port, output: () => text, ended };
}

async function isStopped(port: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if (!(await waitForPort("127.0.0.1", port, 1))) return true;
    await sleep(50);
  }
  return false;
}

const isNative = process.platform === "linux" && process.arch === "x64";
needsThat(isNative, "the machine cannot run amd64 Linux executables")("npm start", () => {
  test("serves the example, says where and how large it is, and Ctrl-C stops it", async () => {
    const { npm, port, output, ended } = await npmStart();
    try {
      const page = await fetch(`http://127.0.0.1:${port}/`);
      expect(await page.text()).toContain("<h1>One small stone</h1>");
      await expect.poll(output).toContain("Ctrl-C stops it.");
      expect(output()).toContain(`http://127.0.0.1:${port}\n`);
      expect(output()).toMatch(
        /examples\/site: [\d,]+ bytes \(code [\d,]+, tables [\d,]+, content [\d,]+\), compiled in \d+ ms\n/,
      );
    } finally {
      process.kill(-(npm.pid ?? 0), "SIGINT");
    }
    await ended;
    expect(await isStopped(port)).toBe(true);
  });

  test("stops when npm alone is told to", async () => {
    const { npm, port, ended } = await npmStart();
    npm.kill("SIGTERM");
    await ended;
    expect(await isStopped(port)).toBe(true);
  });
});
