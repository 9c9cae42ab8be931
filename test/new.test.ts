/** `microlith new` and `microlith run`: from nothing to a program that an editor checks and this machine runs. */

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nativePlatform } from "../src/engine/native-process.ts";
import { microlith, startMicrolith, temporaryFolder } from "./support/microlith.ts";
import { needsThat } from "./support/require-tool.ts";
import { repository } from "./support/sources.ts";

const onThisMachine = needsThat(
  nativePlatform() === "linux/amd64",
  "this machine does not run linux/amd64 programs",
);
const example = (name: string): string => join(repository, "examples", name, `${name}.ts`);

describe("microlith new", () => {
  const folder = temporaryFolder();

  test("makes a program that tsc accepts and that builds", () => {
    expect(microlith(["new", "first/project"], { cwd: folder })).toMatchObject({
      status: 0,
      stdout: `${join("first", "project", "main.ts")}\n`,
    });
    const project = join(folder, "first", "project");
    expect(readdirSync(project).sort()).toEqual(["README.md", "main.ts", "tsconfig.json", "types"]);
    expect(checkTypes(project)).toEqual({ status: 0, stdout: "" });
    expect(microlith(["build", "main.ts", "-o", "main"], { cwd: project })).toMatchObject({ status: 0 });
    expect(readdirSync(join(folder, "first"))).toEqual(["project"]);
  });

  test("says what it made as JSON", () => {
    const run = microlith(["new", "third", "--json"], { cwd: folder });
    expect(run).toMatchObject({ status: 0, stderr: "" });
    const made = JSON.parse(run.stdout);
    expect(made).toMatchObject({ kind: "project", folder: "third", program: join("third", "main.ts") });
    expect(made.files).toEqual(expect.arrayContaining(["README.md", "main.ts", "tsconfig.json"]));
  });

  test("gives the editor the types of the language and the library", () => {
    microlith(["new", "second"], { cwd: folder });
    const project = join(folder, "second");
    writeFileSync(
      join(project, "wrong.ts"),
      'import { print } from "microlith/std";\nexport function wrong(at: Ptr<u8>): void {\n  print(at);\n}\n',
    );
    const checked = checkTypes(project);
    expect(checked.status).not.toBe(0);
    expect(checked.stdout).toMatch(/^wrong\.ts\(3,9\): error TS2345: /);
  });

  test("takes an empty folder, and leaves alone what is not", () => {
    mkdirSync(join(folder, "empty"));
    expect(microlith(["new", "empty"], { cwd: folder })).toMatchObject({ status: 0 });
    expect(microlith(["new", "empty"], { cwd: folder })).toMatchObject({
      status: 2,
      stderr: 'microlith: error: "empty" is there already. Name a folder that is new or empty.\n',
    });
    writeFileSync(join(folder, "file"), "");
    expect(microlith(["new", "file"], { cwd: folder })).toMatchObject({ status: 2 });
    expect(microlith(["new", "file/inside"], { cwd: folder })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^microlith: error: "file\/inside" could not be made: /),
    });
    expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
  });
});

onThisMachine("microlith run", () => {
  const folder = temporaryFolder();

  test("is the program: its output, its input, its arguments, its status", () => {
    expect(microlith(["run", example("hello")])).toEqual({ status: 0, stdout: "Hello World\n", stderr: "" });
    const missing = microlith(["run", example("cat"), "--", join(folder, "--missing")]);
    expect(missing).toEqual({ status: 1, stdout: "", stderr: "cat: a file cannot be read\n" });
    const path = join(folder, "status.ts");
    writeFileSync(path, "export function main(): i32 {\n  return 42;\n}\n");
    expect(microlith(["run", path])).toEqual({ status: 42, stdout: "", stderr: "" });
  });

  test("ends as a shell says when a signal ends the program", () => {
    const path = join(folder, "crash.ts");
    writeFileSync(
      path,
      "export function main(stack: usize): i32 {\n  return load<i32>(load<usize>(stack)) as i32;\n}\n",
    );
    expect(microlith(["run", path]).status).toBe(128 + 11);
  });

  test("passes on a signal, and leaves nothing behind", async () => {
    const child = startMicrolith(["run", example("sleep"), "--", "infinity"], { env: { TMPDIR: folder } });
    await isRunning(child.pid);
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(128 + 15);
    expect(readdirSync(folder).filter((name) => name.startsWith("microlith-"))).toEqual([]);
  });

  test("refuses a folder and shows mistakes", () => {
    expect(microlith(["run", folder])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Try: microlith serve"),
    });
    const path = join(folder, "wrong.ts");
    writeFileSync(path, "export function main(): void {\n  nothing();\n}\n");
    expect(microlith(["run", path])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("error ML1101"),
    });
  });
});

/** Until the process has had one of its own for a moment; a machine may be slow. */
async function isRunning(pid: number | undefined): Promise<void> {
  const hasChild = (): boolean => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8") !== "";
  for (let seen = 0, tries = 0; seen < 2 && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (hasChild()) seen++;
  }
}

function checkTypes(project: string): { readonly status: number | null; readonly stdout: string } {
  const tsc = join(repository, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", "."], {
    cwd: project,
    encoding: "utf8",
  });
  return { status, stdout };
}
