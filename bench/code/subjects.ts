/**
 * What is measured: the server around a page, as it is by default, with everything switched on and as small as it gets; and
 * every example.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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

/** Everything that adds code and needs nothing from outside. */
const everything: readonly string[] = [
  ...["--health", "--healthcheck", "--metrics", "--workers", "2", "--drain-delay", "3"],
  ...["--access-log", "combined", "--trust", "10.0.0.0/8,fd00::/8", "--env", "STAGE,API_URL"],
  "--codings=br,gzip,zstd,identity",
];

export function findSubjects(ground: Ground): readonly Subject[] {
  const page = join(ground.folder, "page");
  const site = join(ground.folder, "site");
  for (const folder of [page, site]) {
    mkdirSync(folder);
    writeFileSync(join(folder, "index.html"), "<!doctype html>\n<title>One page</title>\n");
  }
  // Long enough for every coding to save, and rules of every kind.
  writeFileSync(join(site, "long.html"), `<!doctype html>\n<p>${"words and words ".repeat(500)}\n`);
  writeFileSync(join(site, "_redirects"), "/blog/:year/* /news/:splat?of=:year 301\n/old /long 302\n");
  const minimal = microlith(ground, ["build", "--help"]).includes("--minimal ") ? ["--minimal"] : undefined;
  const examples = join(ground.root, "examples");
  const names = readdirSync(examples)
    .filter((name) => existsSync(join(examples, name, `${name}.ts`)))
    .sort();
  return [
    { name: "server", input: page, flags: [] },
    { name: "server, everything", input: site, flags: everything },
    ...(minimal ? [{ name: "server, minimal", input: page, flags: minimal }] : []),
    ...names.map((name) => ({ name, input: join(examples, name, `${name}.ts`), flags: [] })),
  ];
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
