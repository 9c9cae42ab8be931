/**
 * The tool as a user runs it: dist/, in a process of its own, built first when its sources are newer.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { buildTool } from "../../scripts/setup.mjs";
import { repository } from "./sources.ts";

export interface ToolRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads; nothing when left out. */
  readonly stdin?: string;
}

/** The built tool; `microlith()` builds it. */
export const script: string = join(repository, "dist", "cli", "main.js");

/** `microlith ARGS`, to its end. */
export function microlith(args: readonly string[], options: RunOptions = {}): ToolRun {
  buildTool();
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: options.cwd ?? repository,
    env: { ...process.env, ...options.env },
    input: options.stdin ?? "",
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

/** What a run said on standard error, without the steps that it names when the machine is slow. */
export function errorLines(run: ToolRun): readonly string[] {
  return run.stderr
    .split("\n")
    .filter(
      (line) =>
        line !== "" &&
        !/^microlith: (reading the site|compressing content|compiling|packing the image)$/.test(line),
    );
}

/** `microlith ARGS`, running. */
export function startMicrolith(args: readonly string[], options: RunOptions = {}): ChildProcess {
  buildTool();
  const child = spawn(process.execPath, [script, ...args], {
    cwd: options.cwd ?? repository,
    env: { ...process.env, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(options.stdin ?? "");
  return child;
}

/** A folder that is removed after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "microlith-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
