/**
 * `npm run bench:image`: how small images are, how fast they are made and pushed beside `docker build` and `docker push` of the same executable in the same run, what a
 * large site costs, and whether the same input gives the same digest.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Engine, type Registry, startDocker, startRegistry } from "../../test/support/engines.ts";
import { type DigestResults, measureDigests } from "./measure-digests.ts";
import { type LargeResults, measureLarge } from "./measure-large.ts";
import { measurePushes, type PushResults } from "./measure-pushes.ts";
import { buildImage, type Ground } from "./tool.ts";

export interface ImageBenchOptions {
  /** The repository. */
  readonly root: string;
  readonly rounds: number;
  /** Where the JSON goes. */
  readonly output: string;
  /** Further Node programs to compare digests with. */
  readonly nodes: readonly string[];
}

interface Results {
  /** Manifest, config and layer, in bytes. */
  readonly helloPullBytes: number;
  readonly pagePullBytes: number;
  readonly pushes: PushResults;
  readonly large: LargeResults;
  readonly digests: DigestResults;
}

/** A number that must hold. */
interface Check {
  readonly what: string;
  readonly measured: string;
  readonly must: string;
  readonly holds: boolean;
}

/** Returns whether every measure holds. */
export async function run(options: ImageBenchOptions): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "microlith-bench-image-"));
  const ground: Ground = { root: options.root, folder };
  let registry: Registry | undefined;
  let docker: Engine | undefined;
  try {
    registry = await startRegistry();
    docker = await startDocker();
    const results: Results = {
      helloPullBytes: buildImage(ground, join(ground.root, "examples", "hello", "hello.ts")).pullBytes,
      pagePullBytes: buildImage(ground, writePage(ground)).pullBytes,
      pushes: measurePushes(ground, registry.host, docker, options.rounds),
      digests: measureDigests(ground, options.nodes),
      large: await measureLarge(ground),
    };
    const checks = checkResults(results);
    process.stdout.write(render(results, checks));
    mkdirSync(dirname(options.output), { recursive: true });
    writeFileSync(options.output, `${JSON.stringify({ ...results, checks }, undefined, 2)}\n`);
    return checks.every((check) => check.holds);
  } finally {
    await docker?.stop();
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writePage(ground: Ground): string {
  const folder = join(ground.folder, "page");
  mkdirSync(folder);
  const title = "<!doctype html>\n<title>A small page</title>\n";
  writeFileSync(join(folder, "index.html"), `${title}<p>One page, and nothing else.</p>\n`);
  return folder;
}

function checkResults({ helloPullBytes, pagePullBytes, pushes, large, digests }: Results): readonly Check[] {
  const atMost = (what: string, measured: number, limit: number, unit: string): Check => ({
    what,
    measured: `${shown(measured)} ${unit}`,
    must: `at most ${shown(limit)} ${unit}`,
    holds: measured <= limit,
  });
  return [
    atMost("pullBytes of the hello image", helloPullBytes, 900, "bytes"),
    atMost("pullBytes of the one-page server image", pagePullBytes, 5000, "bytes"),
    atMost(`build and push of examples/site, ${pushes.platforms} platforms`, pushes.ourSeconds, 2.5, "s"),
    atMost(
      "the same over docker build and docker push, one platform",
      pushes.ourSeconds / pushes.dockerSeconds,
      1,
      "times",
    ),
    atMost("memory for the image of a 500 MiB site, streamed", large.streamedMebibytes, 400, "MiB"),
    atMost("memory for build of a 500 MiB site", large.buildMebibytes, 400, "MiB"),
    {
      what: `digests under ${digests.differences.join(", ")}`,
      measured: `${digests.distinct}`,
      must: "1",
      holds: digests.distinct === 1,
    },
  ];
}

function render({ pushes, large }: Results, checks: readonly Check[]): string {
  const rows = checks.map(
    ({ what, measured, must, holds }) => `| ${what} | ${measured} | ${must} | ${holds ? "yes" : "NO"} |\n`,
  );
  const kernel = execFileSync("uname", ["-sr"], { encoding: "utf8" }).trim();
  return (
    `| measure | measured | must be | holds |\n|---|--:|--:|---|\n${rows.join("")}\n` +
    `microlith push: ${pushes.ourSeconds.toFixed(2)} s for ${pushes.platforms} platforms; docker build and push: ` +
    `${pushes.dockerSeconds.toFixed(2)} s for one. Medians of ${pushes.rounds} alternating rounds, with content that the registry has not seen.\n` +
    `500 MiB: streamed in ${large.streamedSeconds.toFixed(1)} s, built in ${large.buildSeconds.toFixed(1)} s; ` +
    `copying the archive takes ${large.copySeconds.toFixed(1)} s. ${kernel}, Node ${process.versions.node}.\n`
  );
}

function shown(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en-US") : value.toFixed(2);
}
