#!/usr/bin/env node
/**
 * The executable. Before anything else is loaded, Node 22 and later are asked to keep what they compile of our modules for the
 * next time, which takes a sixth off a build: in the user's own cache, if there is one, since who can write there decides what
 * runs. NODE_DISABLE_COMPILE_CACHE=1 forbids it.
 */

import { existsSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";
import { homeFolder } from "../base/home.ts";

type LaterModule = typeof module & { readonly enableCompileCache?: (folder: string) => unknown };

const caches = process.env.XDG_CACHE_HOME || join(homeFolder(process.env), ".cache");
if (existsSync(caches)) (module as LaterModule).enableCompileCache?.(join(caches, "microlith"));
await import("./command-line.ts");
