/**
 * `npm run bench`: microlith beside other servers, in one run on one machine, as a Markdown table and as JSON.
 *
 * The server has the first core, the load the second. Servers take turns within each round, so that what the machine does
 * meanwhile falls on all of them, and the median of the rounds is shown. Rates include the load generator's
 * limits; CPU time per request does not.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildSites, type Sites } from "./build-sites.ts";
import { measureBuilds } from "./measure-builds.ts";
import { measureServers } from "./measure-servers.ts";
import { checkMeasures, type Results, renderResults, renderServers } from "./results.ts";
import { type Ground, serverKinds } from "./servers.ts";

export interface BenchOptions {
  /** The repository. */
  readonly root: string;
  readonly rounds: number;
  /** Of each load. */
  readonly seconds: number;
  /** Where the JSON goes. */
  readonly output: string;
  /** A Markdown file whose part between the two bench comments becomes the table; undefined: none. */
  readonly document: string | undefined;
}

/** Returns whether every measure that must hold holds. */
export async function run(options: BenchOptions): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "microlith-bench-"));
  try {
    const ground: Ground = { root: options.root, folder };
    compileHelpers(ground);
    const sites: Sites = buildSites(ground);
    const results: Results = {
      builds: measureBuilds(ground, sites),
      servers: await measureServers(ground, sites, serverKinds, options),
      rounds: options.rounds,
      seconds: options.seconds,
    };
    const checks = checkMeasures(results);
    process.stdout.write(renderResults(results, checks));
    if (options.document !== undefined) fillDocument(options.document, renderServers(results));
    mkdirSync(dirname(options.output), { recursive: true });
    writeFileSync(options.output, `${JSON.stringify({ ...results, checks }, undefined, 2)}\n`);
    return checks.every((check) => check.holds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fillDocument(path: string, table: string): void {
  const text = readFileSync(path, "utf8");
  const filled = text.replace(/(<!-- bench:start -->\n).*?(<!-- bench:end -->)/s, `$1\n${table}\n$2`);
  writeFileSync(path, filled);
}

function compileHelpers(ground: Ground): void {
  for (const name of ["responder", "first-response"]) {
    const source = join(ground.root, "bench", `${name}.c`);
    execFileSync("gcc", ["-O2", "-o", join(ground.folder, name), source], { stdio: "inherit" });
  }
}
