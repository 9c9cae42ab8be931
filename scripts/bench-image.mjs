// `npm run bench:image`: sets up, installs the peers where it may, and measures images.
// `npm run bench:image -- --rounds 5 --node /path/to/another/node`; `--check` fails when a measure does not hold.

import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseFlags } from "./flags.mjs";
import { installTools } from "./install.mjs";
import { packages } from "./packages.mjs";
import { bin, root, setUp } from "./setup.mjs";

const values = parseFlags({
  rounds: { type: "string", default: "5" },
  output: { type: "string", default: join(root, ".cache", "bench-image.json") },
  node: { type: "string", multiple: true, default: [] },
  check: { type: "boolean", default: false },
});

setUp();
const peers = ["docker.io", "docker-cli", "iptables", "containerd", "docker-registry"];
const missing = installTools(packages.filter((entry) => peers.includes(entry.name)));
if (missing.length > 0) stop(`the benchmark needs ${missing.map((entry) => entry.commands[0]).join(", ")}`);
if (process.getuid?.() !== 0) stop("the benchmark starts a Docker engine, which needs root");
const tsc = spawnSync(process.execPath, [bin("typescript", "tsc"), "-p", "bench/image"], {
  cwd: root,
  stdio: "inherit",
});
if (tsc.status !== 0) stop("the benchmark could not be built");

const program = join(root, ".cache", "bench-image", "bench", "image", "run.js");
const { run } = await import(pathToFileURL(program).href);
const holds = await run({
  root,
  rounds: Number(values.rounds),
  output: resolve(values.output),
  nodes: values.node,
});
process.exitCode = holds || !values.check ? 0 : 1;

/** @returns {never} */
function stop(/** @type {string} */ message) {
  process.stderr.write(`microlith: error: ${message}\n`);
  process.exit(2);
}
