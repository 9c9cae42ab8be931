/**
 * What is served: one page of 1,024 bytes; a file of a mebibyte; and the same page among 10,000 files, most of them icons
 * from @mdi/svg, and among 100,000 small ones.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ground, Site } from "./servers.ts";

/** What `microlith build --json` says of the only platform. */
export interface BuiltSizes {
  readonly executableBytes: number;
  readonly codeBytes: number;
  readonly tableBytes: number;
  readonly headerBytes: number;
  readonly contentBytes: number;
  readonly overheadBytes: number;
}

export interface BuiltSite extends Site {
  readonly sizes: BuiltSizes;
  /** Of the whole command. */
  readonly buildSeconds: number;
  /** That the command had at most, in bytes. */
  readonly buildMemory: number;
}

export interface Sites {
  readonly page: BuiltSite;
  /** The page, with room for 10,000 connections. */
  readonly crowded: BuiltSite;
  /** The page and `/large.bin`. */
  readonly file: BuiltSite;
  readonly large: BuiltSite;
  readonly routes: BuiltSite;
}

const pageBytes = 1024;
const fileBytes = 1 << 20;
const largeFiles = 10_000;
const routeFiles = 100_000;
export const crowd = 10_000;

export function buildSites(ground: Ground): Sites {
  const folder = (name: string): string => join(ground.folder, name);
  writePage(folder("page"));
  writePage(folder("crowded"));
  writeFile(folder("file"));
  writeLarge(folder("large"), join(ground.root, "node_modules", "@mdi", "svg", "svg"));
  writeRoutes(folder("routes"));
  return {
    page: build(ground, folder("page")),
    crowded: build(ground, folder("crowded"), ["--max-connections", String(crowd + 100)]),
    file: build(ground, folder("file")),
    large: build(ground, folder("large")),
    routes: build(ground, folder("routes")),
  };
}

/** Runs the command as a user would, but for a line that writes its memory to descriptor 3 at the end. */
export function build(ground: Ground, folder: string, flags: readonly string[] = []): BuiltSite {
  const executable = `${folder}.elf`;
  const note =
    'import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))';
  const command = [join(ground.root, "dist", "cli", "main.js"), "build", folder, "-o", executable, "--json"];
  const start = performance.now();
  const made = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${note}`, ...command, ...flags],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit", "pipe"],
      cwd: ground.root,
    },
  );
  const buildSeconds = (performance.now() - start) / 1000;
  if (made.status !== 0) throw new Error(`building ${folder} failed`);
  const { platforms }: { readonly platforms: readonly BuiltSizes[] } = JSON.parse(made.stdout);
  const [sizes] = platforms;
  if (sizes === undefined) throw new Error(`nothing was built of ${folder}`);
  return { folder, executable, sizes, buildSeconds, buildMemory: Number(made.output[3]) * 1024 };
}

function writePage(folder: string): void {
  mkdirSync(folder);
  const start = '<!doctype html>\n<html lang="en">\n<title>A small page</title>\n<p>';
  const end = "</p>\n</html>\n";
  writeFileSync(
    join(folder, "index.html"),
    `${start}${"words ".repeat(200).slice(0, pageBytes - start.length - end.length)}${end}`,
  );
}

function writeLarge(folder: string, icons: string): void {
  writePage(folder);
  mkdirSync(join(folder, "icons"));
  const names = readdirSync(icons)
    .sort()
    .slice(0, largeFiles - 1);
  for (const name of names) copyFileSync(join(icons, name), join(folder, "icons", name));
  for (let count = names.length + 1; count < largeFiles; count++) {
    const place = join(folder, "notes", String(count % 100));
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, `${count}.html`),
      `<!doctype html>\n<title>Note ${count}</title>\n<p>Number ${count}.</p>\n`,
    );
  }
}

/** The page and a file that no coding makes smaller. */
function writeFile(folder: string): void {
  writePage(folder);
  const blocks = Array.from({ length: fileBytes / 64 }, (_, index) =>
    createHash("sha512").update(String(index)).digest(),
  );
  writeFileSync(join(folder, "large.bin"), Buffer.concat(blocks));
}

function writeRoutes(folder: string): void {
  writePage(folder);
  for (let count = 1; count < routeFiles; count++) {
    const section = join(folder, `section-${Math.floor(count / 1000)}`);
    if (count % 1000 === 0 || count === 1) mkdirSync(section, { recursive: true });
    writeFileSync(join(section, `entry-${count}.txt`), `This is entry ${count}.\n`);
  }
}
