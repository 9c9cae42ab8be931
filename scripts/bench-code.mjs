// `npm run bench:code`: sets up, installs the compilers to compare with where it may, and measures machine code.
// `-- --json FILE` writes what was found there; `--document FILE` puts the tables between that file's bench:code comments;
// `--check` fails when a measure does not hold.

import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseFlags } from "./flags.mjs";
import { installTools } from "./install.mjs";
import { packages } from "./packages.mjs";
import { bin, root, setUp } from "./setup.mjs";

const values = parseFlags({
  json: { type: "string" },
  document: { type: "string" },
  check: { type: "boolean", default: false },
});

setUp();
const compilers = /^(binutils|libc6-dev|clang|gcc(-.*)?)$/;
const missing = installTools(packages.filter(({ name }) => compilers.test(name)));
if (missing.length > 0) {
  stop(
    `the benchmark needs ${missing.map((entry) => `${entry.commands[0]} (Debian package ${entry.name})`).join(", ")}`,
  );
}
const tsc = spawnSync(process.execPath, [bin("typescript", "tsc"), "-p", "bench/code"], {
  cwd: root,
  stdio: "inherit",
});
if (tsc.status !== 0) stop("the benchmark could not be built");

const program = join(root, ".cache", "bench-code", "bench", "code", "run.js");
const { run } = await import(pathToFileURL(program).href);
const place = (/** @type {string | undefined} */ path) => (path === undefined ? undefined : resolve(path));
const holds = await run({ root, json: place(values.json), document: place(values.document) });
process.exitCode = holds || !values.check ? 0 : 1;

/** @returns {never} */
function stop(/** @type {string} */ message) {
  process.stderr.write(`microlith: error: ${message}\n`);
  process.exit(2);
}
