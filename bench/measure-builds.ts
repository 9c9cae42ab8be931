/**
 * How long building takes, and how large the result is.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuiltSizes, build, type Sites } from "./build-sites.ts";
import { median } from "./results.ts";
import type { Ground } from "./servers.ts";

export interface BuildResults {
  /** Of hello, in bytes. */
  readonly helloPlain: number;
  readonly helloTight: number;
  /** Of the one-page site. */
  readonly page: BuiltSizes;
  /** overheadBytes with every feature. */
  readonly featuresOverhead: number;
  /** overheadBytes with `--minimal`. */
  readonly minimalOverhead: number;
  /** examples/site: the first compile of a process, without loading the modules, in milliseconds. */
  readonly compileMilliseconds: number;
  /** examples/site: the whole command, in seconds. */
  readonly commandSeconds: number;
  /** 10,000 files: the whole command, in seconds. */
  readonly largeSeconds: number;
  /** 100,000 files: the whole command, in seconds, and its memory in bytes. */
  readonly routesSeconds: number;
  readonly routesMemory: number;
}

const repetitions = 5;

/** Everything that adds code to the server, and its rules in files. */
const features: readonly string[] = [
  "--codings=br,gzip,zstd,identity",
  "--clean-urls=redirect",
  "--listing",
  "--cors",
  "--security-headers=strict",
  "--cache-control=/feeds/*=max-age=300",
  "--max-connections=20000",
  "--drain-delay=1",
  "--workers=auto",
  "--health",
  "--healthcheck",
  "--metrics",
  "--env=API_URL,STAGE",
  "--access-log=combined",
  "--trust=10.0.0.0/8",
];
const redirects =
  "/old/* /new/:splat 301\n/posts/:year/:slug /archive/:slug?year=:year 302\n/app/* /index.html 200\n";
const headers = "/*\n  X-Frame-Options: DENY\n";

export function measureBuilds(ground: Ground, sites: Sites): BuildResults {
  const example = join(ground.root, "examples", "site");
  const repeated = Array.from({ length: repetitions });
  return {
    helloPlain: helloBytes(ground, "plain"),
    helloTight: helloBytes(ground, "tight"),
    page: sites.page.sizes,
    featuresOverhead: featuresOverhead(ground, sites),
    minimalOverhead: minimalOverhead(ground, sites),
    compileMilliseconds: median(repeated.map(() => compileOnce(ground, example))),
    commandSeconds: median(repeated.map(() => buildSeconds(ground, example))),
    largeSeconds: sites.large.buildSeconds,
    routesSeconds: sites.routes.buildSeconds,
    routesMemory: sites.routes.buildMemory,
  };
}

function featuresOverhead(ground: Ground, sites: Sites): number {
  const folder = join(ground.folder, "features");
  cpSync(sites.page.folder, folder, { recursive: true });
  mkdirSync(join(folder, "new"));
  writeFileSync(join(folder, "404.html"), "<!doctype html><title>Not here</title>");
  writeFileSync(join(folder, "new", "404.html"), "<!doctype html><title>Not here either</title>");
  writeFileSync(join(folder, "_redirects"), redirects);
  writeFileSync(join(folder, "_headers"), headers);
  return build(ground, folder, features).sizes.overheadBytes;
}

/** NaN when there is no such flag. */
function minimalOverhead(ground: Ground, sites: Sites): number {
  const output = join(ground.folder, "minimal");
  const args = ["build", sites.page.folder, "-o", output, "--minimal", "--json"];
  const made = spawnSync(process.execPath, [join(ground.root, "dist", "cli", "main.js"), ...args], {
    encoding: "utf8",
  });
  if (made.status !== 0) return Number.NaN;
  const { platforms }: { readonly platforms: readonly BuiltSizes[] } = JSON.parse(made.stdout);
  return platforms[0]?.overheadBytes ?? Number.NaN;
}

function helloBytes(ground: Ground, layout: string): number {
  const source = join(ground.root, "examples", "hello", "hello.ts");
  const output = join(ground.folder, `hello-${layout}`);
  const made: { readonly platforms: readonly { readonly executableBytes: number }[] } = JSON.parse(
    tool(ground, ["build", source, "-o", output, "--layout", layout, "--json"]),
  );
  return made.platforms[0]?.executableBytes ?? Number.NaN;
}

/** A copy, because the executable goes beside the folder. */
function buildSeconds(ground: Ground, folder: string): number {
  const copy = join(ground.folder, "example");
  execFileSync("cp", ["-r", "-T", folder, copy]);
  return build(ground, copy).buildSeconds;
}

/** In a process of its own: a second compile in one process would be faster than what a user sees. */
function compileOnce(ground: Ground, folder: string): number {
  const modules = JSON.stringify(join(ground.root, "dist", "cli", "make-product.js"));
  const script = `
    const { makeProduct } = await import(${modules});
    const start = performance.now();
    const options = { platforms: ["linux/amd64"], port: 8080, host: undefined, layout: "plain" };
    await makeProduct({ kind: "site", path: ${JSON.stringify(folder)} }, options);
    console.log(performance.now() - start);`;
  const text = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  return Number(text);
}

function tool(ground: Ground, args: readonly string[]): string {
  return execFileSync(process.execPath, [join(ground.root, "dist", "cli", "main.js"), ...args], {
    encoding: "utf8",
  });
}
