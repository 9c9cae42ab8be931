// `npm start`: sets up, then serves the example site with the native code that microlith compiled. The tool
// runs in this very process, so that signals and the exit code need no passing on. `npm start -- --port 9000`.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, setUp } from "./setup.mjs";

stopWithNpm();
setUp();
const tool = join(root, "dist", "cli", "main.js");
process.chdir(root);
process.argv = [process.execPath, tool, "serve", "examples/site", ...process.argv.slice(2)];
await import(pathToFileURL(tool).href);

/**
 * A signal to npm alone ends npm and the shell between, and does not come here: then we have another parent. The
 * tool stops its server when it is told to.
 */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, 200);
  timer.unref();
}
