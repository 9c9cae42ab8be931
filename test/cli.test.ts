/**
 * The command line as a user meets it: what goes to which stream, exit codes, and what bad input looks like.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorLines, microlith, temporaryFolder } from "./support/microlith.ts";
import { needsThat } from "./support/require-tool.ts";
import { repository } from "./support/sources.ts";

const hello = join(repository, "examples", "hello", "hello.ts");
const isNative = process.platform === "linux" && process.arch === "x64";
const onThisMachine = needsThat(isNative, "the machine cannot run amd64 Linux executables");

describe("microlith", () => {
  test("prints its version", () => {
    const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
    expect(microlith(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test.each([[["--help"]], [["build", "--help"]], [["serve", "--help"]]])("%j shows examples", (args) => {
    const run = microlith(args);
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/\nExamples:\n( {2}\$ microlith .*\n)+/);
    expect(run.stderr).toBe("");
  });

  test("help is --help", () => {
    expect(microlith(["help"])).toEqual(microlith(["--help"]));
    expect(microlith(["help", "build"])).toEqual(microlith(["build", "--help"]));
  });

  test("without a command shows its help as an error", () => {
    const run = microlith([]);
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(/^Usage: microlith/);
  });
});

describe("a program", () => {
  const folder = temporaryFolder();

  test("becomes an executable; stdout is its path", () => {
    const run = microlith(["build", hello, "-o", "hello"], { cwd: folder });
    expect(run).toMatchObject({ status: 0, stdout: "hello\n" });
    expect(readFileSync(join(folder, "hello")).subarray(0, 4).toString("latin1")).toBe("\x7fELF");
  });

  test("goes to standard output, and nothing else does, with -o -", () => {
    const run = microlith(["build", hello, "-o", "-"], { cwd: folder });
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/^\x7fELF.*Hello World\n$/s);
    expect(errorLines(run)).toEqual([expect.stringMatching(/^linux\/amd64: \d+ bytes$/)]);
    expect(readdirSync(folder)).not.toContain("-");
  });

  test("becomes an image archive when the name ends in .tar", () => {
    const run = microlith(["build", hello, "-o", "hello.tar", "--tag", "hello:test", "--json"], {
      cwd: folder,
    });
    expect(run.status).toBe(0);
    const made = JSON.parse(run.stdout);
    expect(made).toMatchObject({
      kind: "program",
      artifacts: [
        { path: "hello.tar", format: "oci", bytes: readFileSync(join(folder, "hello.tar")).length },
      ],
      platforms: [{ platform: "linux/amd64", contentBytes: 0 }],
    });
    const [platform] = made.platforms;
    expect(platform.codeBytes + platform.tableBytes + platform.headerBytes).toBe(platform.executableBytes);
    expect(platform.imageBytes).toBe(platform.executableBytes);
    expect(made.index).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test("gives the same bytes from another place, under another name of the day", () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "hello.ts"), readFileSync(hello));
    microlith(["build", hello, "-o", join(folder, "one.tar")]);
    microlith(["build", "hello.ts", "-o", join(folder, "two.tar")], {
      cwd: elsewhere,
      env: { TZ: "Asia/Tokyo" },
    });
    expect(readFileSync(join(folder, "two.tar"))).toEqual(readFileSync(join(folder, "one.tar")));
  });

  test.each(["ir", "asm", "map", "c"])("--emit %s prints a stage", (stage) => {
    const run = microlith(["build", hello, "--emit", stage]);
    expect(run.status).toBe(0);
    expect(errorLines(run)).toEqual([]);
    expect(run.stdout).toMatch(stage === "map" ? /the file\n$/ : /\S\n$/);
  });

  test("with mistakes has them shown, exit code 1, and no output", () => {
    writeFileSync(join(folder, "wrong.ts"), "export function main(): void {\n  nothing();\n}\n");
    const run = microlith(["build", "wrong.ts", "-o", "wrong"], { cwd: folder });
    expect(run).toMatchObject({ status: 1, stdout: "" });
    expect(errorLines(run)[0]).toMatch(/^wrong\.ts:2:3: error ML\d+: /);
    expect(readdirSync(folder)).not.toContain("wrong");
  });
});

onThisMachine("a program runs", () => {
  const folder = temporaryFolder();

  test("for speed, with more bytes", () => {
    const source = join(repository, "examples", "whoami", "whoami.ts");
    const sizes = ["size", "speed"].map((goal) => {
      const { stderr, status } = microlith(["build", source, "-o", join(folder, goal), "--optimize", goal]);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      return statSync(join(folder, goal)).size;
    });
    expect(sizes[1]).toBeGreaterThan(sizes[0] ?? 0);
    for (const goal of ["size", "speed"]) rmSync(join(folder, goal));
  });

  test.each(["plain", "tight"])("from a file, %s", (layout) => {
    const path = join(folder, layout);
    microlith(["build", hello, "-o", path, "--layout", layout]);
    expect(spawnSync(path, { encoding: "utf8" })).toMatchObject({ status: 0, stdout: "Hello World\n" });
  });

  test("with serve, without a file", () => {
    const run = microlith(["serve", hello], { cwd: folder, env: { TMPDIR: folder } });
    expect(run).toMatchObject({ status: 0, stdout: "Hello World\n" });
    expect(run.stderr).toMatch(/hello\.ts: \d+ bytes \(code \d+, tables \d+\), compiled in \d+ ms\n$/);
    expect(readdirSync(folder).sort()).toEqual(["plain", "tight"]);
  });
});

describe("bad input is one line and an exit code", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "notes.txt"), "");
  mkdirSync(join(folder, "dir"));

  const rows: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["buidl", "x"], 2, /unknown command 'buidl'. Did you mean build\?/],
    [["build", hello, "--prot", "1"], 2, /unknown option '--prot'. Did you mean --port\?/],
    [["build"], 2, /missing required argument 'input'/],
    [["build", hello, "extra", "-o", "x"], 2, /too many arguments/],
    [["build", hello], 2, /there is no output. Say where the result goes with -o/],
    [["build", "missing", "-o", "x"], 1, /there is no "missing"/],
    [["build", "notes.txt", "-o", "x"], 1, /"notes.txt" is neither a folder nor a .ts program/],
    [["build", hello, "-o", "nowhere/x"], 2, /there is no folder "nowhere"/],
    [["build", hello, "-o", "dir"], 2, /"dir" is a folder/],
    [["build", hello, "-o", "x", "--port", "0"], 2, /--port "0" is not a port/],
    [["build", hello, "-o", "x", "--host", "example.org"], 2, /--host "example.org" is not an IP address/],
    [["build", hello, "-o", "x", "--platform", "linux/pdp11"], 2, /--platform "linux\/pdp11" is not one/],
    [["build", hello, "-o", "x", "--layout", "loose"], 2, /--layout "loose" is not known/],
    [["build", hello, "-o", "x", "--optimize", "beauty"], 2, /--optimize "beauty" is not known/],
    [["build", hello, "-o", "x", "--format", "zip"], 2, /--format "zip" is not known/],
    [["build", hello, "--emit", "pdf"], 2, /--emit "pdf" is not known/],
    [["build", hello, "-o", "x.tar", "--tag", "Site:1"], 2, /"Site:1" is not an image reference/],
    [["build", hello, "-o", "x.tar", "--tag", `site@sha256:${"0".repeat(64)}`], 2, /has a digest/],
    [["build", hello, "-o", "x", "--tag", "site:1"], 2, /--tag names an image/],
    [["serve", "missing"], 1, /there is no "missing"/],
    [["serve", "dir", "--port", "http"], 2, /--port "http" is not a port/],
  ];

  test.each(rows)("microlith %j", (args, status, message) => {
    const run = microlith(args, { cwd: folder });
    expect(run).toMatchObject({ status, stdout: "" });
    expect(run.stderr).toMatch(message);
    expect(errorLines(run)).toEqual([expect.stringMatching(/^microlith: error: /)]);
    expect(readdirSync(folder).sort()).toEqual(["dir", "notes.txt"]);
  });

  test("a time that is none", () => {
    const run = microlith(["build", hello, "-o", "x.tar"], {
      cwd: folder,
      env: { SOURCE_DATE_EPOCH: "noon" },
    });
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(/SOURCE_DATE_EPOCH=noon is not a time/);
  });
});

onThisMachine("microlith serve", () => {
  test("names a port in use and the flag", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = String(typeof address === "object" && address !== null ? address.port : 0);
    const run = microlith(["serve", join(repository, "examples", "site"), "--port", port]);
    server.close();
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toContain(`port ${port} is already in use. Choose another with --port`);
  });
});
