/**
 * Sites that cannot be built, places that cannot be written and machines that cannot run the result: one line that says what, where
 * and what to try, the exit code of its kind, and nothing left behind. Values of the command line are in cli.test.ts.
 */

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { renderFailure } from "../src/cli/errors.ts";
import type { Input } from "../src/cli/input.ts";
import { requireNativePlatform } from "../src/cli/native.ts";
import { fileRoutes } from "../src/site/routes.ts";
import type { SiteFile } from "../src/site/scan.ts";
import { defaultSiteOptions } from "../src/site/site-options.ts";
import { errorLines, microlith, script, type ToolRun, temporaryFolder } from "./support/microlith.ts";
import { commandPath, needs, needsThat } from "./support/require-tool.ts";

const folder = temporaryFolder();
const isRoot = process.getuid?.() === 0;

/** A folder with these files; their paths are relative to it. */
function site(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, name));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, path, ".."), { recursive: true });
    writeFileSync(join(folder, name, path), content);
  }
  return join(folder, name);
}

site("empty", {});
site("hidden", { ".env": "SECRET=1", ".git/index.html": "not for everybody" });
site("line\nbreak", {});
site("good", { "index.html": "good" });
const large = site("large", { "index.html": "large", "one.bin": "", "two.bin": "" });
for (const name of ["one.bin", "two.bin"]) truncateSync(join(large, name), 1.5 * 2 ** 30);
writeFileSync(join(folder, "file.txt"), "");

function everything(): readonly string[] {
  return readdirSync(folder, { recursive: true }).map(String).sort();
}

function expectRefusal(run: ToolRun, status: number, message: string): void {
  expect(run).toMatchObject({ status, stdout: "" });
  expect(errorLines(run)).toEqual([`microlith: error: ${message}`]);
}

describe("a site that cannot be built", () => {
  const nothing = "Name the folder that your build writes, such as dist. Hidden files are left out.";
  const rows: readonly (readonly [string, string])[] = [
    ["missing", 'there is no "missing". The input is a folder of static files or a .ts program.'],
    ["empty", `empty has no file to serve. ${nothing}`],
    ["hidden", `hidden has no file to serve. ${nothing}`],
    ["line\nbreak", `line\\nbreak has no file to serve. ${nothing}`],
    ["file.txt", '"file.txt" is neither a folder nor a .ts program.'],
    [
      "large",
      "large has more than 2000000000 bytes of content. An executable lies below 2 GiB. Leave large files out, or serve them " +
        "from elsewhere.",
    ],
  ];
  const commands: readonly (readonly string[])[] = [
    ["build", "-o", "out"],
    ["build", "-o", "out.tar"],
    ["serve", "--port", "0"],
  ];

  test.each(rows)("%j", (input, message) => {
    const before = everything();
    for (const [command = "", ...flags] of commands) {
      expectRefusal(microlith([command, input, ...flags], { cwd: folder }), 1, message);
    }
    expect(everything()).toEqual(before);
  });

  test("with a file where the server answers itself", () => {
    const args = ["build", "good", "-o", "out", "--health", "/index.html"];
    const message =
      "good/index.html and the server's own answer (healthy) both lead to /index.html. Rename one of them.";
    expectRefusal(microlith(args, { cwd: folder }), 1, message);
  });

  test("with two files for one path", () => {
    const file = (path: string): SiteFile => ({ path, source: `site${path}`, size: 0 });
    const files = [file("/about.html"), file("/about/index.html")];
    expect(() => fileRoutes(files, { ...defaultSiteOptions, trailingSlash: "never" })).toThrow(
      expect.objectContaining({
        message: "site/about.html and site/about/index.html both lead to /about",
        help: "Rename one of them.",
        exitCode: 1,
      }),
    );
  });
});

describe("a site with a flaw is built, and one line says what is missing", () => {
  test("no index", () => {
    site("no-index", { "a.txt": "a" });
    const run = microlith(["build", "no-index", "-o", "no-index.elf"], { cwd: folder });
    expect(run).toMatchObject({ status: 0, stdout: "no-index.elf\n" });
    expect(errorLines(run)[0]).toBe(
      "microlith: no-index has no index.html, so / is not found: add one, or name the folder that has it",
    );
  });

  test("links that lead nowhere, out of the folder and in a circle", () => {
    const links = site("links", { "index.html": "links" });
    symlinkSync("nowhere", join(links, "dangling"));
    symlinkSync(join(folder, "file.txt"), join(links, "out"));
    symlinkSync(".", join(links, "round"));
    const run = microlith(["build", "links", "-o", "links.elf"], { cwd: folder });
    expect(run.status).toBe(0);
    expect(errorLines(run).slice(0, 3)).toEqual([
      "microlith: links/dangling is left out: the link leads nowhere",
      "microlith: links/out is left out: the link leads out of links",
      "microlith: links/round is left out: the link leads back to a folder above it",
    ]);
  });
});

/** Root reads everything until it gives up the capability to. */
const withoutPrivileges = isRoot ? ["setpriv", "--bounding-set=-all"] : ["env"];

needs(...withoutPrivileges.slice(0, 1))("without permission", () => {
  const run = (args: readonly string[]): ToolRun => {
    microlith(["--version"]);
    const [command = "", ...flags] = [...withoutPrivileges, process.execPath, script, ...args];
    const { status, stdout, stderr } = spawnSync(command, flags, { cwd: folder, encoding: "utf8" });
    return { status, stdout, stderr };
  };
  const secretFile = join(site("secret-file", { "index.html": "", "a.txt": "a" }), "a.txt");
  const secretFolder = join(site("secret-folder", { "index.html": "", "sub/a.txt": "a" }), "sub");
  mkdirSync(join(folder, "locked"), { mode: 0o555 });
  chmodSync(secretFile, 0);
  chmodSync(secretFolder, 0);
  afterAll(() => chmodSync(secretFolder, 0o755));

  test.each([
    ["secret-file", "cannot read secret-file/a.txt"],
    ["secret-folder", "cannot read the folder secret-folder/sub"],
  ])("to read %s", (input, what) => {
    const message = `${what}: permission denied. Make it readable, or move it out of the folder.`;
    expectRefusal(run(["build", input, "-o", "out"]), 1, message);
    expect(readdirSync(folder)).not.toContain("out");
  });

  test.each(["locked/out", "locked/out.tar"])("to write %s", (output) => {
    const message = `"${output}" could not be written: permission denied. Choose another place.`;
    expectRefusal(run(["build", "good", "-o", output]), 2, message);
    expect(readdirSync(join(folder, "locked"))).toEqual([]);
  });
});

describe("an output that cannot be written", () => {
  const again = "Choose another place.";
  const rows: readonly (readonly [string, string])[] = [
    ["nowhere/out", 'there is no folder "nowhere". Make it first, or choose another place.'],
    ["file.txt/out", 'there is no folder "file.txt". Make it first, or choose another place.'],
    ["x".repeat(300), `the name is too long. ${again}`],
  ];

  test.each(rows)("%.20s", (output, reason) => {
    const before = everything();
    const message = `${JSON.stringify(output)} could not be written: ${reason}`;
    expectRefusal(microlith(["build", "good", "-o", output], { cwd: folder }), 2, message);
    expect(everything()).toEqual(before);
  });

  needs("sh")("larger than a file may be", () => {
    test.each(["out", "out.tar"])("%s: the older result stays", (output) => {
      writeFileSync(join(folder, output), "older");
      const before = everything();
      const command = `ulimit -f 2 && exec "$0" "$@"`;
      const args = ["-c", command, process.execPath, script, "build", "good", "-o", output];
      const { status, stdout, stderr } = spawnSync("sh", args, { cwd: folder, encoding: "utf8" });
      const message = `"${output}" could not be written: it is larger than a file may be here. ${again}`;
      expectRefusal({ status, stdout, stderr }, 2, message);
      expect(everything()).toEqual(before);
      expect(readFileSync(join(folder, output), "utf8")).toBe("older");
      rmSync(join(folder, output));
    });
  });

  needsThat(commandPath("sh") !== undefined && process.platform === "linux", "there is no /dev/full")(
    "on a full disk",
    () => {
      test.each([["elf"], ["oci"]])("%s", (format) => {
        const run = microlith(["build", "good", "-o", "/dev/full", "--format", format], { cwd: folder });
        expectRefusal(run, 2, `"/dev/full" could not be written: the disk is full. ${again}`);
      });
    },
  );
});

describe("outputs that would destroy something", () => {
  writeFileSync(join(folder, "program.ts"), "export function main(): void {}\n");
  symlinkSync("program.ts", join(folder, "link.ts"));
  const elsewhere = "is the input itself. Write the result to another place.";
  writeFileSync(join(folder, "imported.ts"), "export const one = 1;\n");
  symlinkSync("good/index.html", join(folder, "page.html"));
  const part = "is a file of the input. Write the result to another place.";
  const rows: readonly (readonly [readonly string[], string])[] = [
    [["program.ts", "-o", "program.ts"], `"program.ts" ${elsewhere}`],
    [["program.ts", "-o", "./good/../program.ts"], `"./good/../program.ts" ${elsewhere}`],
    [["program.ts", "-o", "link.ts"], `"link.ts" ${elsewhere}`],
    [["program.ts", "-o", "out", "--map", "program.ts"], `"program.ts" ${elsewhere}`],
    [["program.ts", "--emit", "asm", "-o", "program.ts"], `"program.ts" ${elsewhere}`],
    [["program.ts", "-o", "imported.ts"], `"imported.ts" ${part}`],
    [["good", "-o", "good", "--format", "oci-layout"], `"good" ${elsewhere}`],
    [["good", "-o", "good/index.html"], `"good/index.html" ${part}`],
    [["good", "-o", "page.html"], `"page.html" ${part}`],
    [["good", "-o", "out", "--map", "good/index.html"], `"good/index.html" ${part}`],
    [
      ["good", "-o", "out", "--map", "./out"],
      'two results would go to "./out". Give each a place of its own.',
    ],
    [
      ["good", "-o", "out.tar", "--sbom", "spdx=bill.json", "--provenance", "slsa=bill.json"],
      'two results would go to "bill.json". Give each a place of its own.',
    ],
    [
      ["good", "-o", "out", "--map", "-"],
      '"-" is standard output, which takes nothing but what build makes. A file of this name is ./-.',
    ],
    [
      ["good", "-o", "-", "--json"],
      "-o - and --json both write to standard output. Name a file with -o, or leave --json out.",
    ],
    [
      ["good", "-o", "-", "--format", "rootfs"],
      "--format rootfs makes a folder, which standard output cannot take. Name a folder with -o.",
    ],
  ];

  test.each(rows)("build %j", (args, message) => {
    const before = everything();
    expectRefusal(microlith(["build", ...args], { cwd: folder }), 2, message);
    expect(everything()).toEqual(before);
    expect(readFileSync(join(folder, "program.ts"), "utf8")).toContain("main");
  });
});

needsThat(commandPath("sh") !== undefined && process.platform === "linux", "there is no /dev/full")(
  "standard output on a full disk",
  () => {
    test.each([
      "build good -o full.elf",
      "build good -o -",
      "build good --emit map",
      "inspect good",
      "--help",
    ])("microlith %s", (line) => {
      microlith(["--version"]);
      const command = `exec "$0" "$@" >/dev/full`;
      const args = ["-c", command, process.execPath, script, ...line.split(" ")];
      const { status, stderr } = spawnSync("sh", args, { cwd: folder, encoding: "utf8" });
      expect(status).toBe(2);
      expect(stderr).toMatch(
        /^(linux\/amd64: .*\n)?microlith: error: .* could not be written: the disk is full\..*\n$/,
      );
    });
  },
);

describe("a machine that cannot run the executable", () => {
  const machines = [
    ["darwin", "arm64"],
    ["win32", "x64"],
    ["linux", "s390x"],
  ] as const;

  test.each(machines)("%s, %s: says what to do instead", async (system, architecture) => {
    const say = async (input: Input): Promise<string> => {
      try {
        return requireNativePlatform(input, system, architecture);
      } catch (error) {
        const { text, exitCode } = await renderFailure(error);
        expect(exitCode).toBe(2);
        return text;
      }
    };
    const what = `microlith: error: this machine (${system}, ${architecture}) cannot run what microlith makes.`;
    const how = "Make an image and run it with a container engine:";
    expect(await say({ kind: "site", path: "dist" })).toBe(
      `${what} ${how} microlith build dist -o site.tar --tag site:1 && docker load -i site.tar && ` +
        "docker run --rm -p 8080:8080 site:1.\n",
    );
    expect(await say({ kind: "program", path: "hello.ts" })).toBe(
      `${what} ${how} microlith build hello.ts -o program.tar --tag program:1 && docker load -i program.tar && ` +
        "docker run --rm program:1.\n",
    );
  });
});
