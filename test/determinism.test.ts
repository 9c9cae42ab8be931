/**
 * The same input gives the same bytes, wherever, whenever and by whomever it is built: digests of the example site's image
 * for every platform, from copies and environments that differ in all that must not matter.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { microlith, type RunOptions, script, type ToolRun, temporaryFolder } from "./support/microlith.ts";
import { needs, needsThat } from "./support/require-tool.ts";
import { repository } from "./support/sources.ts";

const folder = temporaryFolder();
const example = join(repository, "examples", "site");

/** What a build's `--json` says that must not change: all but where the archive lies. */
function built(run: ToolRun): string {
  expect(run).toMatchObject({ status: 0 });
  const { artifacts, ...summary } = JSON.parse(run.stdout);
  expect(artifacts).toHaveLength(1);
  return JSON.stringify(summary);
}

function build(input: string, options: RunOptions = {}): string {
  const output = join(folder, "site.tar");
  const flags = ["--platform", "all", "--tag", "site:1", "--json"];
  return built(microlith(["build", input, "-o", output, ...flags], options));
}

const reference = build(example);
const referenceBytes = readFileSync(join(folder, "site.tar"));

function expectTheSame(summary: string): void {
  expect(summary).toBe(reference);
  expect(readFileSync(join(folder, "site.tar")).equals(referenceBytes)).toBe(true);
}

test("again", () => {
  expectTheSame(build(example));
});

const environments: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["another time zone", { TZ: "Pacific/Chatham" }],
  ["another language", { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" }],
  ["no language", { LANG: "", LC_ALL: "C" }],
  ["colours", { FORCE_COLOR: "1" }],
  ["an empty SOURCE_DATE_EPOCH", { SOURCE_DATE_EPOCH: "" }],
];

test.each(environments)("in %s", (_, env) => {
  expectTheSame(build(example, { env }));
});

test("from a copy elsewhere with other times, modes and order of its entries", () => {
  const copy = join(folder, "copy");
  mkdirSync(copy);
  for (const name of readdirSync(example).reverse()) {
    cpSync(join(example, name), join(copy, name), { recursive: true });
    utimesSync(join(copy, name), 1, 1);
    chmodSync(join(copy, name), 0o700);
  }
  expectTheSame(build("copy", { cwd: folder }));
  expectTheSame(build(".", { cwd: copy }));
});

test("SOURCE_DATE_EPOCH is the time of the image and of its site, and nothing but it", () => {
  const env = { SOURCE_DATE_EPOCH: "1700000000" };
  const dated = build(example, { env });
  const bytes = readFileSync(join(folder, "site.tar"));
  expect(dated).not.toBe(reference);
  expect(bytes.includes('"created":"2023-11-14T22:13:20Z"')).toBe(true);
  expect(build(example, { env: { ...env, TZ: "Asia/Tokyo" } })).toBe(dated);
  expect(readFileSync(join(folder, "site.tar")).equals(bytes)).toBe(true);
});

needs("sh")("with another umask", () => {
  test.each(["000", "077"])("%s", (mask) => {
    const copy = join(folder, `umask-${mask}`);
    const command =
      `umask ${mask} && cp -r "$1" "$2" && ` +
      'exec "$3" "$4" build "$2" -o "$5" --platform all --tag site:1 --json';
    const args = ["sh", example, copy, process.execPath, script, join(folder, "site.tar")];
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command, ...args], { encoding: "utf8" });
    expectTheSame(built({ status, stdout, stderr }));
  });
});

needs("taskset")("by one processor", () => {
  test("as by several, which code content in threads", () => {
    const large = join(folder, "large");
    mkdirSync(large);
    const names = Array.from({ length: 9 }, (_, index) => `page-${index}.html`);
    for (const name of names)
      writeFileSync(join(large, name), `<!doctype html><title>${name}</title>${prose(name, 40_000)}`);
    const output = join(folder, "large.elf");
    const args = [script, "build", large, "-o", output, "--codings", "br,gzip,zstd"];
    const bytes = [[], ["taskset", "--cpu-list", firstProcessor()]].map((prefix) => {
      const [program = "", ...rest] = [...prefix, process.execPath, ...args];
      expect(spawnSync(program, rest, { encoding: "utf8" })).toMatchObject({ status: 0 });
      return readFileSync(output);
    });
    expect(bytes[0]?.length).toBeLessThan(200_000);
    expect(bytes[0]?.equals(bytes[1] ?? Buffer.alloc(0))).toBe(true);
  });
});

/** Text of so many characters that can be compressed somewhat. */
function prose(seed: string, length: number): string {
  let text = "";
  for (let line = 0; text.length < length; line++)
    text += `${createHash("sha256").update(`${seed} ${line}`).digest("hex").slice(0, 6)} and some more of the same.\n`;
  return text.slice(0, length);
}

/** Of those that this process may use. */
function firstProcessor(): string {
  const [, first = "0"] =
    /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return first;
}

const newest = newestNode();
needsThat(newest.kind === "path", newest.kind === "path" ? "" : newest.reason)("by the newest Node", () => {
  test("which is another than this", () => {
    if (newest.kind !== "path") return;
    const version = spawnSync(newest.path, ["--version"], { encoding: "utf8" }).stdout;
    expect(Number.parseInt(version.slice(1), 10)).toBeGreaterThanOrEqual(24);
  });

  test("the same bytes", () => {
    if (newest.kind !== "path") return;
    const flags = ["--platform", "all", "--tag", "site:1", "--json"];
    const args = [script, "build", example, "-o", join(folder, "site.tar"), ...flags];
    const { status, stdout, stderr } = spawnSync(newest.path, args, { encoding: "utf8" });
    expectTheSame(built({ status, stdout, stderr }));
  });

  test("keeps what it compiles of our modules in the user's cache, if there is one", () => {
    if (newest.kind !== "path") return;
    const caches = mkdtempSync(join(folder, "caches-"));
    for (const XDG_CACHE_HOME of [caches, join(caches, "none")]) {
      const env = { PATH: process.env.PATH, XDG_CACHE_HOME };
      expect(spawnSync(newest.path, [script, "--version"], { env }).status).toBe(0);
    }
    expect(readdirSync(caches)).toEqual(["microlith"]);
  });
});

/** Comes from npm and is kept in .cache/. Not a dev dependency: its command would be the one that npm's scripts run. */
function newestNode():
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "none"; readonly reason: string } {
  const name = `node-${process.platform}-${process.arch}`;
  const home = join(repository, ".cache", "newest-node");
  const path = join(home, "node_modules", name, "bin", "node");
  if (!existsSync(path)) {
    mkdirSync(home, { recursive: true });
    const args = ["install", "--prefix", home, "--no-save", "--no-audit", "--no-fund", `${name}@latest`];
    const npm = spawnSync("npm", args, { cwd: home, encoding: "utf8" });
    if (npm.status !== 0) return { kind: "none", reason: `npm could not install ${name}` };
  }
  return { kind: "path", path };
}
