/**
 * `npm run bench`: microlith beside other servers, in one run on one machine, as Markdown, as JSON and as a chart.
 *
 * The server has the first core, the load the second. Servers take turns within each round, so that what the machine does
 * meanwhile falls on all of them, and the median of the rounds is shown. Rates include the load generator's
 * limits; CPU time per request does not.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildSites, type Sites } from "./build-sites.ts";
import { renderChart } from "./chart.ts";
import { checkMeasures } from "./checks.ts";
import { measureBuilds } from "./measure-builds.ts";
import { measureServers } from "./measure-servers.ts";
import { type Results, renderResults, renderServers } from "./results.ts";
import { type Ground, serverKinds } from "./servers.ts";

export interface BenchOptions {
  /** The repository. */
  readonly root: string;
  readonly rounds: number;
  /** Of each load. */
  readonly seconds: number;
  /** Debian packages of peers that could not be installed. */
  readonly missing: readonly string[];
  /** Where the JSON goes. */
  readonly output: string;
  /** A Markdown file whose part between the two bench comments becomes the table of servers; undefined: none. */
  readonly document: string | undefined;
  /** A Markdown file whose part between the two bench comments becomes all tables; undefined: none. */
  readonly report: string | undefined;
  /** Where the chart goes; undefined: nowhere. */
  readonly chart: string | undefined;
}

/** Returns whether every measure that must hold holds. */
export async function run(options: BenchOptions): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "microlith-bench-"));
  const before = preferSession("-20");
  try {
    const ground: Ground = { root: options.root, folder };
    compileHelpers(ground);
    const sites: Sites = buildSites(ground);
    const kinds = serverKinds.filter(
      (kind) => kind.package === undefined || !options.missing.includes(kind.package),
    );
    const results: Results = {
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus()[0]?.model ?? "unknown processor"}, Linux ${release()}`,
      builds: measureBuilds(ground, sites),
      servers: await measureServers(ground, sites, kinds, options),
      leftOut: options.missing.map((name) => `the Debian package ${name} could not be installed`),
      rounds: options.rounds,
      seconds: options.seconds,
    };
    const checks = checkMeasures(results);
    const text = renderResults(results, checks);
    process.stdout.write(text);
    if (options.document !== undefined) fillDocument(options.document, renderServers(results));
    if (options.report !== undefined) fillDocument(options.report, text);
    if (options.chart !== undefined) writeFileSync(options.chart, renderChart(results));
    mkdirSync(dirname(options.output), { recursive: true });
    writeFileSync(options.output, `${JSON.stringify({ ...results, checks }, undefined, 2)}\n`);
    return checks.every((check) => check.holds);
  } finally {
    if (before !== undefined) preferSession(before);
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Where the kernel shares the processors between sessions first (autogroups, sched(7)), a process's niceness says nothing to those of
 * others; a session's does. Returns what it was; undefined when it cannot be changed.
 */
function preferSession(nice: string): string | undefined {
  const path = "/proc/self/autogroup";
  try {
    const before = /nice (-?\d+)/.exec(readFileSync(path, "utf8"))?.[1];
    writeFileSync(path, nice);
    return before;
  } catch {
    return undefined;
  }
}

function fillDocument(path: string, table: string): void {
  const text = readFileSync(path, "utf8");
  const filled = text.replace(/(<!-- bench:start -->\n).*?(<!-- bench:end -->)/s, `$1\n${table}\n$2`);
  writeFileSync(path, filled);
}

function compileHelpers(ground: Ground): void {
  for (const name of ["responder", "first-response", "load"]) {
    const source = join(ground.root, "bench", `${name}.c`);
    execFileSync("gcc", ["-O2", "-o", join(ground.folder, name), source], { stdio: "inherit" });
  }
}
