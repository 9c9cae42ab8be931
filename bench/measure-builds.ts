/**
 * How long building takes, and how large the result is.
 */

import { execFileSync, spawnSync } from "node:child_process";
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

export function measureBuilds(ground: Ground, sites: Sites): BuildResults {
  const example = join(ground.root, "examples", "site");
  const repeated = Array.from({ length: repetitions });
  return {
    helloPlain: helloBytes(ground, "plain"),
    helloTight: helloBytes(ground, "tight"),
    page: sites.page.sizes,
    featuresOverhead: featuresOverhead(ground),
    minimalOverhead: minimalOverhead(ground, sites),
    compileMilliseconds: median(repeated.map(() => compileOnce(ground, example))),
    commandSeconds: median(repeated.map(() => buildSeconds(ground, example))),
    largeSeconds: sites.large.buildSeconds,
    routesSeconds: sites.routes.buildSeconds,
    routesMemory: sites.routes.buildMemory,
  };
}

/** As the tables of the documents measure it. */
function featuresOverhead(ground: Ground): number {
  const module = JSON.stringify(join(ground.root, "scripts", "feature-sizes.mjs"));
  const script = `
    const { everything, overheadOf } = await import(${module});
    console.log(overheadOf(everything));`;
  return Number(evaluate(script));
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
  return Number(evaluate(script));
}

/** What a module prints. */
function evaluate(script: string): string {
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
}

function tool(ground: Ground, args: readonly string[]): string {
  return execFileSync(process.execPath, [join(ground.root, "dist", "cli", "main.js"), ...args], {
    encoding: "utf8",
  });
}
