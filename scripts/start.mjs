// `npm start`: sets up, then serves the example site with the native code that microlith compiled. The tool
// runs in this very process, so that signals and the exit code need no passing on. `npm start -- --port 9000`.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, setUp } from "./setup.mjs";

setUp();
const tool = join(root, "dist", "cli", "main.js");
process.chdir(root);
process.argv = [process.execPath, tool, "serve", "examples/site", ...process.argv.slice(2)];
await import(pathToFileURL(tool).href);
