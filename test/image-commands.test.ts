/**
 * What the options of an image do, by what `inspect` says of it; and bad input to every command that has to do with images: one line and an exit code.
 */

import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorLines, microlith, temporaryFolder } from "./support/microlith.ts";
import { repository } from "./support/sources.ts";

const hello = join(repository, "examples", "hello", "hello.ts");
const site = join(repository, "examples", "site");

describe("options of an image", () => {
  const folder = temporaryFolder();

  function inspected(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof parse> {
    const built = microlith(["build", hello, "-o", "made.tar", ...args], { cwd: folder, env });
    expect(built.status, built.stderr).toBe(0);
    return parse(microlith(["inspect", "made.tar", "--json"], { cwd: folder }).stdout);
  }

  test("are in its config", () => {
    const made = inspected([
      ...["--user", "1000:1000", "--workdir", "/data", "--env", "A=1", "--env", "B=", "--label", "team=web"],
      ...[
        "--entrypoint",
        '["/hello","x"]',
        "--cmd",
        "y",
        "--cmd",
        "z",
        "--expose",
        "53/udp",
        "--stop-signal",
        "int",
      ],
      ...[
        "--healthcheck",
        "--health-interval",
        "1m30s",
        "--health-timeout",
        "500ms",
        "--health-retries",
        "2",
      ],
      ...["--created", "1700000000"],
    ]);
    expect(made.images[0]).toMatchObject({
      created: "2023-11-14T22:13:20Z",
      run: {
        User: "1000:1000",
        WorkingDir: "/data",
        Env: ["A=1", "B="],
        Labels: { team: "web" },
        Entrypoint: ["/hello", "x"],
        Cmd: ["y", "z"],
        ExposedPorts: { "53/udp": {} },
        StopSignal: "SIGINT",
        Healthcheck: { Test: ["CMD", "/hello", "--healthcheck"], Interval: 90e9, Timeout: 5e8, Retries: 2 },
      },
    });
  });

  test("annotations go to their scope and platform", () => {
    const made = inspected([
      ...["--platform", "linux/amd64,linux/arm64", "--tag", "x:1"],
      ...["--annotation", "a=1", "--annotation", "index:b=2", "--annotation", "manifest[linux/arm64]:c=3"],
      ...["--annotation", "manifest-descriptor:d=4", "--annotation", "index-descriptor:e=5"],
    ]);
    expect(made.annotations).toEqual({ b: "2" });
    expect(made.images.map((image) => image.annotations)).toEqual([{ a: "1" }, { a: "1", c: "3" }]);
    const layout = execFileSync("tar", ["-xOf", join(folder, "made.tar"), "index.json"], {
      encoding: "utf8",
    });
    expect(JSON.parse(layout).manifests[0].annotations).toMatchObject({ e: "5" });
  });

  test("of the stack's segment it tells what Linux reads, the access", () => {
    const built = microlith(["build", site, "-o", "plain"], { cwd: folder });
    expect(built.status, built.stderr).toBe(0);
    const shown = microlith(["inspect", "plain"], { cwd: folder }).stdout;
    expect(shown).toMatch(
      /segments\n {4}r-x {2}0x400000 .*\n {4}rw- {2}0x.* in memory\n {4}rw- {2}the stack\n/,
    );
  });

  test("files and folders go to their paths, with what their owner may do", () => {
    mkdirSync(join(folder, "extra", "sub"), { recursive: true });
    writeFileSync(join(folder, "extra", "sub", "a"), "a");
    writeFileSync(join(folder, "extra", "tool"), "b");
    chmodSync(join(folder, "extra", "tool"), 0o700);
    const made = inspected(["--file", "extra:/opt", "--file", "extra/tool:/bin/"]);
    expect(made.images[0]?.files.map(({ path, mode }) => [path, mode])).toEqual([
      ["/bin/tool", 0o755],
      ["/hello", 0o755],
      ["/opt/sub/a", 0o644],
      ["/opt/tool", 0o755],
    ]);
  });

  test("zero wins over SOURCE_DATE_EPOCH, which is taken when nothing is said", () => {
    const env = { SOURCE_DATE_EPOCH: "86400" };
    expect(inspected([], env).images[0]?.created).toBe("1970-01-02T00:00:00Z");
    expect(inspected(["--created", "SOURCE_DATE_EPOCH"], env).images[0]?.created).toBe(
      "1970-01-02T00:00:00Z",
    );
    expect(inspected(["--created", "zero"], env).images[0]?.created).toBeUndefined();
  });

  test("--describe and --created git say where it comes from, without credentials", () => {
    const project = join(folder, "project");
    mkdirSync(join(project, "dist"), { recursive: true });
    writeFileSync(join(project, "dist", "index.html"), "<!doctype html>");
    writeFileSync(join(project, "package.json"), '{"name":"web","version":"1.2.3","license":"Apache-2.0"}');
    writeFileSync(
      join(project, "package-lock.json"),
      '{"lockfileVersion":3,"packages":{"":{},"node_modules/left":{"version":"1.0.0"}}}',
    );
    const git = (...args: readonly string[]): string =>
      execFileSync("git", ["-C", project, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
        encoding: "utf8",
        env: { ...process.env, GIT_COMMITTER_DATE: "1700000000 +0000" },
      }).trim();
    git("init", "-q");
    git("add", "package.json");
    git("commit", "-qm", "Begin");
    git("remote", "add", "origin", "https://me:secret@git.example/web/site.git");
    const args = [
      "build",
      "dist",
      "-o",
      "site.tar",
      "--describe",
      "auto",
      "--created",
      "git",
      "--sbom",
      "spdx=site.spdx.json",
    ];
    expect(microlith(args, { cwd: project })).toMatchObject({ status: 0 });
    const said = {
      "org.opencontainers.image.revision": git("rev-parse", "HEAD"),
      "org.opencontainers.image.source": "https://git.example/web/site",
      "org.opencontainers.image.version": "1.2.3",
      "org.opencontainers.image.licenses": "Apache-2.0",
    };
    const made = parse(microlith(["inspect", "site.tar", "--json"], { cwd: project }).stdout);
    expect(made.images[0]).toMatchObject({
      created: "2023-11-14T22:13:20Z",
      annotations: said,
      run: { Labels: said },
    });
    const spdx = JSON.parse(readFileSync(join(project, "site.spdx.json"), "utf8"));
    expect(spdx.packages.map((one: { name: string }) => one.name)).toEqual(["web", "left", "microlith"]);
    writeFileSync(join(project, "package.json"), '{"version":"1.2.4"}');
    microlith(args, { cwd: project });
    const dirty = parse(microlith(["inspect", "site.tar", "--json"], { cwd: project }).stdout);
    expect(dirty.images[0]?.annotations["org.opencontainers.image.revision"]).toBe(
      `${git("rev-parse", "HEAD")}-dirty`,
    );
  });

  test("the same input gives the same digest: path, time, umask, locale and order of files do not matter", () => {
    const elsewhere = join(folder, "a place", "elsewhere");
    mkdirSync(join(folder, "a place"));
    cpSync(site, elsewhere, { recursive: true });
    chmodSync(join(elsewhere, "index.html"), 0o600);
    const options = ["--platform", "all", "--tag", "site:1", "--sbom", "spdx", "--json"];
    const build = (input: string, prefix: string, env: Readonly<Record<string, string>>): string => {
      const script = `${prefix}; exec "$0" "$@"`;
      const command = [
        process.execPath,
        join(repository, "dist", "cli", "main.js"),
        "build",
        input,
        "-o",
        "same.tar",
      ];
      const ran = execFileSync("sh", ["-c", script, ...command, ...options], {
        cwd: folder,
        env: { ...process.env, ...env },
        encoding: "utf8",
      });
      return JSON.parse(ran).index;
    };
    const here = build(site, "umask 022", { LANG: "C", TZ: "UTC" });
    expect(build(elsewhere, "umask 077", { LANG: "de_DE.UTF-8", TZ: "Asia/Tokyo" })).toBe(here);
  });

  test("a map tells inspect the owner of every byte", () => {
    microlith(["build", hello, "-o", "hello", "--map", "hello.map"], { cwd: folder });
    const found = JSON.parse(
      microlith(["inspect", "./hello", "--map", "hello.map", "--json"], { cwd: folder }).stdout,
    );
    const sum = found.owners.reduce((bytes: number, owner: { bytes: number }) => bytes + owner.bytes, 0);
    expect(sum).toBe(found.bytes);
    expect(found.owners.map((owner: { kind: string }) => owner.kind)).toContain("code");
    expect(microlith(["inspect", hello], { cwd: folder }).stdout).toContain("code start");
    microlith(["build", hello, "-o", "debug", "--debug"], { cwd: folder });
    const debug = JSON.parse(microlith(["inspect", "debug", "--json"], { cwd: folder }).stdout);
    expect(debug.symbols.length).toBeGreaterThan(0);
  });

  test("inspect shows a folder as the site it would be", () => {
    const found = JSON.parse(microlith(["inspect", site, "--json"]).stdout);
    expect(found).toMatchObject({ kind: "site" });
    expect(found.files.map((file: { path: string }) => file.path)).toContain("/index.html");
    expect(microlith(["inspect", site]).stdout).toContain("text/html");
  });

  test("sizes: --max-bytes is for what is pulled, or for the executable", () => {
    for (const output of ["small.tar", "small"]) {
      const run = microlith(["build", hello, "-o", output, "--max-bytes", "10"], { cwd: folder });
      expect(run).toMatchObject({ status: 1, stdout: "" });
      expect(run.stderr).toMatch(/and --max-bytes allows 10 bytes/);
      expect(readdirSync(folder)).not.toContain(output);
      expect(microlith(["build", hello, "-o", output, "--max-bytes", "5KiB"], { cwd: folder }).status).toBe(
        0,
      );
    }
  });
});

interface Parsed {
  readonly annotations: Readonly<Record<string, string>>;
  readonly images: readonly {
    readonly created?: string;
    readonly annotations: Readonly<Record<string, string>>;
    readonly files: readonly { readonly path: string; readonly mode: number }[];
  }[];
}

function parse(text: string): Parsed {
  return JSON.parse(text);
}

test.each([
  ["an archive", ["-o", "site.tar"]],
  ["a layout", ["-o", "image", "--format", "oci-layout"]],
  ["an executable and its map", ["-o", "site", "--map", "site.json"]],
  [
    "documents",
    ["-o", "site.tar", "--platform", "all", "--sbom", "spdx=bom.json", "--provenance", "slsa=p.json"],
  ],
])("%s in the folder of the site is not part of the next build", (_, args) => {
  const folder = temporaryFolder();
  cpSync(site, folder, { recursive: true });
  const digests = (): unknown => {
    const run = microlith(["build", ".", ...args, "--json"], { cwd: folder });
    expect(run.status, run.stderr).toBe(0);
    const { platforms } = JSON.parse(run.stdout);
    return { digests: platforms.map(({ digest }: { digest: string }) => digest), stderr: errorLines(run) };
  };
  const first = digests();
  expect(first).toMatchObject({ stderr: [] });
  const results = readdirSync(folder).filter((name) => !readdirSync(site).includes(name));
  expect(digests()).toEqual({
    ...(first as object),
    stderr: results.map((name) => `microlith: ./${name} is left out: it is where the result goes`),
  });
});

test("a layout is not written over the site", () => {
  const folder = temporaryFolder();
  cpSync(site, folder, { recursive: true });
  const run = microlith(["build", ".", "-o", `../${basename(folder)}`, "--format", "oci-layout"], {
    cwd: folder,
  });
  expect(run).toMatchObject({ status: 2, stdout: "" });
  expect(run.stderr).toContain("is the input itself. Write the result to another place.");
  expect(readdirSync(folder).sort()).toEqual(readdirSync(site).sort());
});

describe("bad input is one line and an exit code", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  microlith(["build", hello, "-o", "good.tar"], { cwd: folder });
  writeFileSync(at("cut.tar"), readFileSync(at("good.tar")).subarray(0, 3000));
  writeFileSync(at("empty.tar"), "");
  writeFileSync(at("notes.txt"), "notes");
  writeFileSync(at("elf"), "\x7fELF");
  mkdirSync(at("dir/sub"), { recursive: true });
  mkdirSync(at("layout"));
  writeFileSync(at("layout/oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(at("layout/index.json"), "{}");
  const kept = readdirSync(folder).sort();
  const to = ["-o", "x.tar"];
  const gone = { HOME: folder, PATH: "/nonexistent", DOCKER_HOST: "unix:///nonexistent/docker.sock" };

  const rows: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["build", hello, ...to, "--user", "web"], 2, /--user "web" is not a numeric user/],
    [["build", hello, ...to, "--workdir", "data"], 2, /--workdir "data" is not an absolute path/],
    [["build", hello, ...to, "--env", "=1"], 2, /--env "=1" is not NAME=VALUE/],
    [["build", hello, ...to, "--label", "=b"], 2, /--label "=b" is not NAME=VALUE/],
    [["build", hello, ...to, "--annotation", "a"], 2, /is not an annotation/],
    [["build", hello, ...to, "--annotation", "index:a=b"], 2, /is for an index, and one platform has none/],
    [["build", hello, ...to, "--entrypoint", "[1]"], 2, /is neither a word nor a JSON list/],
    [["build", hello, ...to, "--expose", "web"], 2, /--expose "web" is not a port/],
    [["build", hello, ...to, "--stop-signal", "SIGNO"], 2, /--stop-signal "SIGNO" is not a signal/],
    [["build", hello, ...to, "--health-interval", "3s"], 2, /Add --healthcheck/],
    [
      ["build", hello, ...to, "--healthcheck", "--health-timeout", "soon"],
      2,
      /--health-timeout "soon" is not a time/,
    ],
    [
      ["build", hello, ...to, "--healthcheck", "--health-retries", "0"],
      2,
      /--health-retries "0" is not a number/,
    ],
    [["build", hello, ...to, "--created", "noon"], 2, /--created "noon" is not a time/],
    [["build", "dir", ...to, "--describe", "all"], 2, /--describe "all" is not known/],
    [["build", hello, ...to, "--base", "Base"], 2, /"Base" is not an image reference/],
    [["build", hello, ...to, "--base", "archive:none.tar"], 2, /cannot read none.tar/],
    [["build", hello, ...to, "--base", "archive:notes.txt"], 1, /notes.txt/],
    [
      ["build", hello, ...to, "--base", "archive:good.tar", "--platform", "linux/arm64"],
      2,
      /has no image for linux\/arm64/,
    ],
    [["build", hello, ...to, "--file", "notes.txt"], 2, /--file "notes.txt" is not SOURCE:DESTINATION/],
    [["build", hello, ...to, "--file", "none:/x"], 1, /there is no "none"/],
    [["build", hello, ...to, "--file", "notes.txt:/../x"], 2, /is not SOURCE:DESTINATION/],
    [["build", hello, ...to, "--file", "notes.txt:/hello"], 2, /is where the executable goes/],
    [["build", hello, ...to, "--file", "notes.txt:/x", "--file", "notes.txt:/x"], 2, /two files go to "\/x"/],
    [["build", hello, ...to, "--layer-compression", "xz"], 2, /--layer-compression "xz" is not known/],
    [["build", hello, ...to, "--max-bytes", "many"], 2, /--max-bytes "many" is not a size/],
    [["build", hello, ...to, "--sbom", "word"], 2, /--sbom "word" is not known/],
    [["build", hello, ...to, "--sbom", "spdx=no/where"], 2, /there is no folder "no"/],
    [["build", hello, ...to, "--provenance", "slsa="], 2, /--provenance "slsa=" is not known/],
    [["build", hello, ...to, "--map", "no/where"], 2, /there is no folder "no"/],
    [["build", hello, "-o", "x", "--label", "a=b"], 2, /--label is about an image/],
    [["build", hello, "-o", "x", "--env", "A=1"], 2, /--env NAME=VALUE is about an image/],
    [["build", hello, "-o", "x", "--sbom", "spdx"], 2, /--sbom is about an image/],
    [["build", hello, "-o", "x", "--format", "rootfs", "--platform", "all"], 2, /is for one platform/],
    [["build", hello, "-o", "dir", "--format", "rootfs"], 2, /"dir" is there already/],
    [["build", hello, "-o", "notes.txt", "--format", "oci-layout"], 2, /"notes.txt" is a file/],
    [["push", hello, "Site"], 2, /"Site" is not an image reference/],
    [["push", "elf", "x.example/a"], 1, /"elf" is an executable, and no image/],
    [["push", "./none", "x.example/a"], 1, /there is no ".\/none"/],
    [["push", hello, "x.example/a", "--tag", "b:c:d"], 2, /"b:c:d" is not an image reference/],
    [["push", hello, "x.example/a", "--tag", "x".repeat(129)], 2, /x" is not a tag\. It has at most 128/],
    [["push", hello, "x.example/a", "--tag", "other:1"], 2, /is not a tag of x.example\/a/],
    [["push", "good.tar", "x.example/a", "--label", "a=b"], 2, /this one is made already/],
    [["push", "good.tar", "x.example/a", "--health"], 2, /--health is about how an image is made/],
    [["push", "good.tar", "x.example/a", "--no-seccomp"], 2, /--no-seccomp is about how an image is made/],
    [["load", "good.tar", "--tag", "a:1", "--port", "80"], 2, /--port is about how an image is made/],
    [["load", hello, "--tag", "a:1", "--sbom", "spdx"], 2, /an engine keeps nothing beside images/],
    [["push", hello, "oci:layout"], 2, /"oci:layout" is not in a registry/],
    [["copy", "good.tar", "x.tar"], 2, /"x.tar" is the name of a file.* Write archive:x.tar/],
    [["copy", "good.tar", "dir"], 2, /"dir" is the name of a file/],
    [["build", hello, "-o", "x", "--base", "docs"], 2, /--base "docs" names an image.* as in \/docs/],
    [["build", hello, ...to, "--entrypoint", ""], 2, /--entrypoint "" is neither a word nor/],
    [["build", hello, ...to, "--cmd", "[1]"], 2, /--cmd "\[1\]" is neither a word nor/],
    [
      ["build", hello, ...to, "--annotation", "manifest[linux/386]:a=b"],
      2,
      /is for linux\/386, which is not made/,
    ],
    [["pull", "good.tar", "-o", "dir/"], 2, /"dir\/" has something else in it than an OCI layout/],
    [["copy", "good.tar", "oci:dir"], 2, /"dir" has something else in it than an OCI layout/],
    [["build", hello, "-o", "dir", "--format", "oci-layout"], 2, /"dir" has something else in it/],
    [["build", hello, ...to, "--created", "8589934592"], 2, /--created "8589934592" is not a time/],
    [["push", hello, "x.example/a", "--username", "me"], 2, /--username without --password-stdin/],
    [["push", hello, "x.example/a", "--password-stdin"], 2, /--password-stdin without --username/],
    [["push", hello, "x.example/a", "--username", "me", "--password-stdin"], 2, /standard input is empty/],
    [["push", hello, "x.example/a", "--ca", "none.pem"], 2, /--ca "none.pem" could not be read/],
    [["push", hello, "x.example/a", "--ca", "notes.txt"], 2, /holds no certificate/],
    [["pull", "good.tar"], 2, /there is no output/],
    [["pull", "good.tar", "-o", "no/where"], 2, /there is no folder "no"/],
    [["pull", "good.tar", ...to, "--format", "elf"], 2, /is not a form of an image/],
    [["pull", "good.tar", ...to, "--platform", "arm64"], 2, /"arm64" is not a platform/],
    [["pull", "good.tar", ...to, "--platform", "linux/s390x"], 2, /has no image for linux\/s390x/],
    [["pull", "cut.tar", ...to], 1, /cut.tar/],
    [["copy", "good.tar", "oci:"], 2, /the path is missing/],
    [["copy", "good.tar", "archive:no/where.tar"], 2, /cannot write/],
    [["copy", "dir", "oci:x"], 1, /"dir" is no image/],
    [["copy", "empty.tar", "oci:x"], 1, /empty.tar/],
    [["tag", "good.tar", "x"], 2, /is not in a registry/],
    [["digest", "notes.txt"], 1, /notes.txt/],
    [["digest", "layout"], 1, /index.json/],
    [["digest", "good.tar:none"], 2, /good.tar has no image "none"/],
    [["validate", "dir"], 1, /"dir" is no image/],
    [["inspect", "elf"], 1, /ends inside the ELF header/],
    [["inspect", "dir"], 1, /has no file to serve/],
    [["inspect", "good.tar", "--map", "notes.txt"], 2, /"notes.txt" is not a map/],
    [["load", "good.tar", "--engine", "lxc"], 2, /--engine "lxc" is not known/],
    [["load", "good.tar", "--engine", "docker"], 2, /has no name to load it under. Give it one with --tag/],
    [
      ["load", "good.tar", "--engine", "docker", "--tag", "x:1"],
      2,
      /cannot reach docker at unix:\/\/\/nonexistent/,
    ],
    [["load", hello, "--engine", "docker"], 2, /has no name to load it under. Give it one with --tag/],
    [["run", hello, "--json"], 2, /what run prints is what the program prints, and no JSON/],
    [["build", hello, "--emit", "map", "--json"], 2, /--emit prints text, and no JSON/],
    [["serve", site, "--engine", "lxc"], 2, /--engine "lxc" is not known/],
    [["serve", site, "--network", "host"], 2, /Add --engine/],
    [["serve", site, "--engine", "docker", "--port", "0"], 2, /cannot reach docker/],
  ];

  test.each(rows)("microlith %j", (args, status, message) => {
    const run = microlith(args, { cwd: folder, env: gone });
    expect(run).toMatchObject({ status, stdout: "" });
    expect(run.stderr).toMatch(message);
    expect(run.stderr).toMatch(/^microlith: error: [^\n]+\n$/);
    expect(readdirSync(folder).sort()).toEqual(kept);
  });

  test("what validate finds is its output, and its exit code is 1", () => {
    const bytes = readFileSync(at("good.tar"));
    const layer = bytes.indexOf(Uint8Array.of(0x1f, 0x8b));
    bytes[layer + 40] = (bytes[layer + 40] ?? 0) ^ 1;
    const folderOfIt = join(folder, "..", `damaged-${process.pid}.tar`);
    writeFileSync(folderOfIt, bytes);
    const run = microlith(["validate", folderOfIt, "--json"]);
    execFileSync("rm", [folderOfIt]);
    expect(run.status).toBe(1);
    const { valid, findings } = JSON.parse(run.stdout);
    expect(valid).toBe(false);
    expect(findings).toHaveLength(1);
  });
});
