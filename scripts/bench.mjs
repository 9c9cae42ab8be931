// `npm run bench`: sets up, installs the servers to compare with where it may, and measures.
// `npm run bench -- --rounds 5 --seconds 4 --output bench.json`; `--check` fails when a measure does not hold;
// `--document README.md` puts the table between that file's bench comments.

import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { installTools } from "./install.mjs";
import { benchPackages } from "./packages.mjs";
import { bin, root, setUp } from "./setup.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    output: { type: "string", default: join(root, ".cache", "bench.json") },
    document: { type: "string" },
    check: { type: "boolean", default: false },
  },
});

setUp();
const missing = installTools(benchPackages);
if (missing.length > 0) {
  stop(
    `the benchmark needs ${missing.map((entry) => `${entry.commands[0]} (Debian package ${entry.name})`).join(", ")}`,
  );
}
const tsc = spawnSync(process.execPath, [bin("typescript", "tsc"), "-p", "bench"], {
  cwd: root,
  stdio: "inherit",
});
if (tsc.status !== 0) stop("the benchmark could not be built");

const { run } = await import(pathToFileURL(join(root, ".cache", "bench", "run.js")).href);
const holds = await run({
  root,
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  output: resolve(values.output),
  document: values.document === undefined ? undefined : resolve(values.document),
});
process.exitCode = holds || !values.check ? 0 : 1;

/** @returns {never} */
function stop(/** @type {string} */ message) {
  process.stderr.write(`microlith: error: ${message}\n`);
  process.exit(2);
}
