// `npm run bench:compile`: builds the tool and measures where its compiler's time goes.
// `npm run bench:compile -- --rounds 9 --json`; `--check` fails when a measure does not hold.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseFlags } from "./flags.mjs";
import { bin, root, setUp } from "./setup.mjs";

const values = parseFlags({
  rounds: { type: "string", default: "5" },
  json: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
});

setUp();
const tsc = spawnSync(process.execPath, [bin("typescript", "tsc"), "-p", "bench"], {
  cwd: root,
  stdio: "inherit",
});
if (tsc.status !== 0) {
  process.stderr.write("microlith: error: the benchmark could not be built\n");
  process.exit(2);
}

const { run } = await import(pathToFileURL(join(root, ".cache", "bench", "bench", "compile.js")).href);
const holds = run({ root, rounds: Number(values.rounds), json: values.json });
process.exitCode = holds || !values.check ? 0 : 1;
