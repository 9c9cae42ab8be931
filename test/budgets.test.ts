/**
 * Sizes that docs/specification.md promises. What depends on the machine (times, rates) is measured by `npm run bench`.
 */

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { waitForPort } from "../src/engine/native-process.ts";
import { freePort } from "./support/free-port.ts";
import { responses } from "./support/http.ts";
import { microlith, temporaryFolder } from "./support/microlith.ts";
import { needsThat } from "./support/require-tool.ts";
import { repository } from "./support/sources.ts";

const folder = temporaryFolder();
const page = join(folder, "page");
mkdirSync(page);
writeFileSync(join(page, "index.html"), "<!doctype html><title>One page</title>");

interface Sizes {
  readonly executableBytes: number;
  readonly overheadBytes: number;
}

function build(input: string, output: string, flags: readonly string[] = []): Sizes {
  const run = microlith(["build", input, "-o", join(folder, output), "--json", ...flags]);
  expect(run).toMatchObject({ status: 0 });
  return JSON.parse(run.stdout).platforms[0];
}

test.each([
  ["plain", 200],
  ["tight", 130],
] as const)("hello, amd64, %s: at most %i bytes", (layout, most) => {
  const hello = join(repository, "examples", "hello", "hello.ts");
  expect(build(hello, layout, ["--layout", layout]).executableBytes).toBeLessThanOrEqual(most);
});

const small: readonly (readonly [string, string, string, number])[] = [
  ["hello", "tight", "linux/amd64", 112],
  ["hello", "tight", "linux/386", 70],
  ["hello", "plain", "linux/arm/v6", 140],
  ["hello", "plain", "linux/arm64", 180],
  ["hello", "plain", "linux/riscv64", 170],
  ["true", "tight", "linux/amd64", 80],
  ["true", "tight", "linux/386", 45],
];

test.each(small)("%s, %s, %s: at most %i bytes", (name, layout, platform, most) => {
  const source = join(repository, "examples", name, `${name}.ts`);
  const flags = ["--layout", layout, "--platform", platform];
  expect(build(source, `${name}-${layout}`, flags).executableBytes).toBeLessThanOrEqual(most);
});

test.each([
  ["linux/amd64", 4608],
  ["linux/arm64", 6400],
  ["linux/riscv64", 4864],
  ["linux/386", 4864],
  ["linux/arm/v6", 6144],
] as const)("a site of one page, %s: at most %i bytes around it", (platform, most) => {
  expect(build(page, "one-page", ["--platform", platform]).overheadBytes).toBeLessThanOrEqual(most);
});

test.each([
  ["linux/amd64", 700],
  ["linux/arm64", 900],
  ["linux/arm/v6", 1000],
  ["linux/riscv64", 780],
  ["linux/386", 740],
] as const)("the same, %s, --minimal: at most %i bytes", (platform, most) => {
  expect(build(page, "minimal", ["--minimal", "--platform", platform]).overheadBytes).toBeLessThanOrEqual(
    most,
  );
});

const isNative = process.platform === "linux" && process.arch === "x64";
needsThat(isNative, "the machine cannot run amd64 Linux executables")("an idle server", () => {
  test("has at most 64 KiB of memory to itself", async () => {
    build(page, "idle");
    const port = await freePort();
    const server = spawn(join(folder, "idle"), [String(port)], { stdio: "ignore" });
    try {
      expect(await waitForPort("127.0.0.1", port, 5000)).toBe(true);
      expect((await responses({ port }, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))[0]?.status).toBe(200);
      const rollup = readFileSync(`/proc/${server.pid}/smaps_rollup`, "utf8");
      const sizes = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].map(([, kib]) =>
        Number(kib),
      );
      expect(sizes.length).toBe(2);
      expect(sizes.reduce((sum, kib) => sum + kib, 0)).toBeLessThanOrEqual(64);
    } finally {
      server.kill("SIGKILL");
    }
  });
});
