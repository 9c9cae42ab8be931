/**
 * What is served: one page of 1,024 bytes; and the same page among 10,000 files, most of them icons from @mdi/svg.
 */

import { execFileSync } from "node:child_process";
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
}

export interface Sites {
  readonly page: BuiltSite;
  readonly large: BuiltSite;
}

const pageBytes = 1024;
const largeFiles = 10_000;

export function buildSites(ground: Ground): Sites {
  const page = join(ground.folder, "page");
  const large = join(ground.folder, "large");
  writePage(page);
  writeLarge(large, join(ground.root, "node_modules", "@mdi", "svg", "svg"));
  return { page: build(ground, page), large: build(ground, large) };
}

/** Runs the command as a user would. */
export function build(ground: Ground, folder: string): BuiltSite {
  const executable = `${folder}.elf`;
  const start = performance.now();
  const text = execFileSync(
    process.execPath,
    [join(ground.root, "dist", "cli", "main.js"), "build", folder, "-o", executable, "--json"],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], cwd: ground.root },
  );
  const buildSeconds = (performance.now() - start) / 1000;
  const made: { readonly platforms: readonly BuiltSizes[] } = JSON.parse(text);
  const [sizes] = made.platforms;
  if (sizes === undefined) throw new Error(`nothing was built of ${folder}`);
  return { folder, executable, sizes, buildSeconds };
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
