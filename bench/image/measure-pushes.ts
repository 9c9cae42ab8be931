/**
 * From a folder to a registry: `microlith push` for several platforms, and `docker build` with `docker push` of the same executable for one. They take turns, and every round has
 * content that neither the registry nor the engine has seen.
 */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../../test/support/engines.ts";
import { type Ground, tool } from "./tool.ts";

export interface PushResults {
  readonly rounds: number;
  readonly platforms: number;
  /** Medians. */
  readonly ourSeconds: number;
  readonly dockerSeconds: number;
}

/** As many as the measure is about. */
const wantedPlatforms = 5;

export function measurePushes(ground: Ground, registry: string, docker: Engine, rounds: number): PushResults {
  const ours: number[] = [];
  const theirs: number[] = [];
  let platforms = 0;
  for (let round = 0; round < rounds; round++) {
    const site = join(ground.folder, `site-${round}`);
    cpSync(join(ground.root, "examples", "site"), site, { recursive: true });
    writeFileSync(join(site, "round.txt"), `Round ${round} of ${Math.random()}\n`);
    const context = join(ground.folder, `context-${round}`);
    mkdirSync(context);
    tool(ground, ["build", site, "-o", join(context, "server")]);
    const lines = [
      "FROM scratch",
      "COPY server /server",
      "USER 65532:65532",
      "EXPOSE 8080",
      'ENTRYPOINT ["/server"]',
    ];
    writeFileSync(join(context, "Dockerfile"), `${lines.join("\n")}\n`);

    ours.push(
      seconds(() => {
        const args = ["push", site, `${registry}/ours-${round}:1`, "--platform", "all", "--json"];
        const pushed: { readonly platforms: readonly unknown[] } = JSON.parse(tool(ground, args));
        platforms = pushed.platforms.length;
      }),
    );
    theirs.push(
      seconds(() => {
        const name = `${registry}/theirs-${round}:1`;
        const options = {
          env: docker.env,
          stdio: ["ignore", "ignore", "pipe"] as ["ignore", "ignore", "pipe"],
        };
        execFileSync("docker", ["build", "-q", "-t", name, context], options);
        execFileSync("docker", ["push", "-q", name], options);
      }),
    );
  }
  if (platforms < wantedPlatforms) {
    process.stderr.write(
      `microlith: there are ${platforms} targets, and the measure is about ${wantedPlatforms}\n`,
    );
  }
  return { rounds, platforms, ourSeconds: median(ours), dockerSeconds: median(theirs) };
}

function seconds(action: () => void): number {
  const start = performance.now();
  action();
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
