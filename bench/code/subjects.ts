/**
 * What is measured: the server around a page, as it is by default, with everything switched on and as small as it gets; and
 * every example.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Variant } from "../../scripts/feature-sizes.mjs";

export interface Subject {
  readonly name: string;
  /** What `microlith build` is given. */
  readonly input: string;
  readonly flags: readonly string[];
}

export interface Ground {
  /** The repository. */
  readonly root: string;
  /** For what is made on the way. */
  readonly folder: string;
}

export async function findSubjects(ground: Ground): Promise<readonly Subject[]> {
  const page = join(ground.folder, "page");
  const site = join(ground.folder, "site");
  const everything = await everyFeature(ground);
  writeSite(page, {});
  writeSite(site, everything.files ?? {});
  const minimal = microlith(ground, ["build", "--help"]).includes("--minimal ") ? ["--minimal"] : undefined;
  const examples = join(ground.root, "examples");
  const names = readdirSync(examples)
    .filter((name) => existsSync(join(examples, name, `${name}.ts`)))
    .sort();
  return [
    { name: "server", input: page, flags: [] },
    { name: "server, everything", input: site, flags: everything.flags ?? [] },
    ...(minimal ? [{ name: "server, minimal", input: page, flags: minimal }] : []),
    ...names.map((name) => ({ name, input: join(examples, name, `${name}.ts`), flags: [] })),
  ];
}

/** As the tables of the documents measure it. */
async function everyFeature(ground: Ground): Promise<Variant> {
  const module = pathToFileURL(join(ground.root, "scripts", "feature-sizes.mjs"));
  const { everything }: { readonly everything: Variant } = await import(module.href);
  return everything;
}

/** The page, and `files` besides, by path. */
function writeSite(folder: string, files: Readonly<Record<string, string>>): void {
  const page = "<!doctype html>\n<title>One page</title>\n";
  for (const [path, text] of Object.entries({ "/index.html": page, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Runs the command as a user would and returns what it prints. */
export function microlith(ground: Ground, args: readonly string[]): string {
  return execFileSync(process.execPath, [join(ground.root, "dist", "cli", "main.js"), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 26,
    cwd: ground.folder,
  });
}
