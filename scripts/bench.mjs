// `npm run bench`: sets up, installs the servers to compare with where it may, and measures.
// `npm run bench -- --rounds 15 --seconds 2 --output bench.json`; `--check` fails when a measure does not hold;
// `--document README.md` puts the table of servers, `--report docs/bench.md` all tables between the file's bench
// comments, and `--chart docs/bench.svg` draws them. `--write` is these three.

import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseFlags } from "./flags.mjs";
import { installTools } from "./install.mjs";
import { benchPackages } from "./packages.mjs";
import { bin, root, setUp } from "./setup.mjs";

const values = parseFlags({
  rounds: { type: "string", default: "9" },
  seconds: { type: "string", default: "1" },
  output: { type: "string", default: join(root, ".cache", "bench.json") },
  document: { type: "string" },
  report: { type: "string" },
  chart: { type: "string" },
  write: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
});

setUp();
const missing = installTools(benchPackages);
const needed = missing.filter((entry) => !(entry.optional ?? false));
if (needed.length > 0) {
  stop(
    `the benchmark needs ${needed.map((entry) => `${entry.commands[0]} (Debian package ${entry.name})`).join(", ")}`,
  );
}
const tsc = spawnSync(process.execPath, [bin("typescript", "tsc"), "-p", "bench"], {
  cwd: root,
  stdio: "inherit",
});
if (tsc.status !== 0) stop("the benchmark could not be built");

const { run } = await import(pathToFileURL(join(root, ".cache", "bench", "bench", "run.js")).href);
const holds = await run({
  root,
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  missing: missing.map((entry) => entry.name),
  output: resolve(values.output),
  document: place(values.document, "README.md"),
  report: place(values.report, "docs/bench.md"),
  chart: place(values.chart, "docs/bench.svg"),
});
process.exitCode = holds || !values.check ? 0 : 1;

/** Where something goes: where the flag says, or to its usual place with `--write`. */
function place(/** @type {string | undefined} */ flag, /** @type {string} */ usual) {
  if (flag !== undefined) return resolve(flag);
  return values.write ? join(root, usual) : undefined;
}

/** @returns {never} */
function stop(/** @type {string} */ message) {
  process.stderr.write(`microlith: error: ${message}\n`);
  process.exit(2);
}
