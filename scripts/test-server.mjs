// `npm run test:server`: every suite of the server on every target, one after the other; the emulator runs what this kernel
// does not. `npm run test:server -- arm riscv64` takes those. `npm test` has the tables of requests on all targets and the other
// suites on amd64 and 386.

import { spawnSync } from "node:child_process";
import { bin, root, say, setUp } from "./setup.mjs";

const all = ["amd64", "386", "arm", "arm64", "riscv64"];
/** What amd64 alone has: filters of system calls, which the emulator does not pass on, and a debugger of this machine. */
const suites = ["process", "operation", "log", "site", "many-routes", "fuzz"];

const asked = process.argv.slice(2);
const wrong = asked.filter((target) => !all.includes(target));
if (wrong.length > 0) {
  process.stderr.write(`microlith: error: no target ${wrong.join(", ")}. Try: ${all.join(", ")}\n`);
  process.exit(2);
}
setUp();
const failed = (asked.length > 0 ? asked : all).filter((target) => {
  say(`the server on ${target}`);
  const files = suites.map((name) => `test/server/${name}.test.ts`);
  const { status } = spawnSync(process.execPath, [bin("vitest", "vitest"), "run", ...files], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, MICROLITH_TARGET: target },
  });
  return status !== 0;
});
if (failed.length > 0) say(`failed on ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
