/**
 * `npm run bench:compile`: where the compiler's time goes, by target and phase, cold (the first compile of a fresh process) and
 * warm, as a Markdown table and as JSON, with the measures that must hold.
 *
 * Every run is a process of its own; the median of the rounds is shown. A phase that comes once for each function
 * (selection to layout) is summed.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./results.ts";

export interface CompileBenchOptions {
  /** The repository. */
  readonly root: string;
  readonly rounds: number;
  readonly json: boolean;
}

/** Milliseconds by phase. */
type Times = Readonly<Record<string, number>>;

interface Row {
  readonly target: string;
  readonly cold: Times;
  readonly warm: Times;
}

interface Measure {
  readonly what: string;
  readonly milliseconds: number;
  readonly limit: number;
  readonly holds: boolean;
}

/** Compiles in one process before the one that counts as warm. */
const warmUps = 9;

const platforms = [
  { target: "amd64", platform: "linux/amd64" },
  { target: "arm64", platform: "linux/arm64" },
  { target: "arm", platform: "linux/arm/v6" },
  { target: "riscv64", platform: "linux/riscv64" },
  { target: "386", platform: "linux/386" },
] as const;
/** Before the compiler's first phase: the folder is read, and its tables are made. */
const sitePhase = "site";

/** Returns whether every measure holds. */
export function run(options: CompileBenchOptions): boolean {
  const rows = platforms.map(({ target, platform }): Row => {
    const samples = repeat(options.rounds, () => compileInProcess(options.root, [platform], 1));
    const warm = compileInProcess(options.root, [platform], warmUps + 1);
    return { target, cold: mediansOf(samples), warm };
  });
  const measures = measure(options, rows);
  const text = options.json
    ? `${JSON.stringify({ rows, measures }, undefined, 2)}\n`
    : `${renderRows(rows)}\n${renderMeasures(measures)}`;
  process.stdout.write(text);
  return measures.every(({ holds }) => holds);
}

function measure({ root, rounds }: CompileBenchOptions, rows: readonly Row[]): Measure[] {
  const atMost = (what: string, milliseconds: number, limit: number): Measure => {
    return { what, milliseconds, limit, holds: milliseconds <= limit };
  };
  const compilerOf = (times: Times): number => sumOf(times) - (times[sitePhase] ?? 0);
  const each = rows.map(({ target, cold }) => atMost(`server for ${target}, cold`, compilerOf(cold), 60));
  const all = platforms.map(({ platform }) => platform);
  const allTimes = repeat(rounds, () => compilerOf(compileInProcess(root, all, 1)));
  const site = rows.find(({ target }) => target === "amd64")?.cold ?? {};
  const folder = mkdtempSync(join(tmpdir(), "microlith-bench-"));
  try {
    const command = ["build", join(root, "examples", "site"), "-o", join(folder, "site")];
    return [
      ...each,
      atMost("server for all five, cold", median(allTimes), 250),
      atMost("examples/site for amd64, cold", sumOf(site), 100),
      atMost("microlith --version", median(repeat(rounds, () => commandTime(root, ["--version"]))), 120),
      atMost("microlith build examples/site", median(repeat(rounds, () => commandTime(root, command))), 600),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The last of `count` compiles of the example site in a process of its own; modules that only a site needs are loaded within. */
function compileInProcess(root: string, wanted: readonly string[], count: number): Times {
  const script = `
    const { makeProduct } = await import(${JSON.stringify(join(root, "dist", "cli", "make-product.js"))});
    const input = { kind: "site", path: ${JSON.stringify(join(root, "examples", "site"))} };
    const options = { platforms: ${JSON.stringify(wanted)}, port: 8080, host: undefined, layout: "plain" };
    let times = {};
    for (let compile = 0; compile < ${count}; compile++) {
      times = {};
      let phase = ${JSON.stringify(sitePhase)};
      let start = performance.now();
      const begin = (next) => {
        const now = performance.now();
        times[phase] = (times[phase] ?? 0) + now - start;
        phase = next;
        start = now;
      };
      await makeProduct(input, options, begin);
      begin("");
    }
    process.stdout.write(JSON.stringify(times));`;
  const text = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  return JSON.parse(text);
}

function commandTime(root: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [join(root, "dist", "cli", "main.js"), ...args]);
  const milliseconds = performance.now() - start;
  if (status !== 0) throw new Error(`microlith ${args.join(" ")}: ${stderr}`);
  return milliseconds;
}

function repeat<T>(rounds: number, once: () => T): T[] {
  return Array.from({ length: rounds }, once);
}

function mediansOf(samples: readonly Times[]): Times {
  const phases = Object.keys(samples[0] ?? {});
  return Object.fromEntries(
    phases.map((phase) => [phase, median(samples.map((times) => times[phase] ?? 0))]),
  );
}

function sumOf(times: Times): number {
  return Object.values(times).reduce((sum, milliseconds) => sum + milliseconds, 0);
}

function renderRows(rows: readonly Row[]): string {
  const phases = Object.keys(rows[0]?.cold ?? {});
  const cells = ({ cold, warm }: Row, phase: string): string =>
    `${(cold[phase] ?? 0).toFixed(1)} / ${(warm[phase] ?? 0).toFixed(1)}`;
  const total = ({ cold, warm }: Row): string => `${sumOf(cold).toFixed(1)} / ${sumOf(warm).toFixed(1)}`;
  return [
    `| ms, cold / warm | ${rows.map(({ target }) => target).join(" | ")} |`,
    `|---|${rows.map(() => "--:|").join("")}`,
    ...phases.map((phase) => `| ${phase} | ${rows.map((row) => cells(row, phase)).join(" | ")} |`),
    `| all | ${rows.map(total).join(" | ")} |`,
    "",
  ].join("\n");
}

function renderMeasures(measures: readonly Measure[]): string {
  return [
    "| measure | ms | must | holds |",
    "|---|--:|--:|---|",
    ...measures.map(
      ({ what, milliseconds, limit, holds }) =>
        `| ${what} | ${milliseconds.toFixed(0)} | ≤ ${limit} | ${holds ? "yes" : "no"} |`,
    ),
    "",
  ].join("\n");
}
