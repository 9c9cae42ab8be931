/**
 * What the servers do under load, and when idle.
 */

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Sites } from "./build-sites.ts";
import { applyLoad, type Load, type LoadResult } from "./load.ts";
import { median } from "./results.ts";
import { type RunningServer, startServer } from "./server-process.ts";
import type { Ground, ServerKind, Site } from "./servers.ts";

/** Medians. */
export interface ServerResult {
  readonly name: string;
  readonly keepAlive: LoadResult;
  /** Absent for servers with one request per connection. */
  readonly pipelined?: LoadResult;
  /** The same page among 10,000 files; microlith only. */
  readonly large?: LoadResult;
  /** Of the server and its workers before any request, in bytes. */
  readonly idlePrivateBytes: number;
  /** From exec, in milliseconds. */
  readonly firstResponse: number;
  /** Of the program's file, without its libraries, in bytes. */
  readonly programBytes?: number;
}

interface Timing {
  readonly rounds: number;
  readonly seconds: number;
}

const starts = 15;
const firstPort = 18_080;

export async function measureServers(
  ground: Ground,
  sites: Sites,
  kinds: readonly ServerKind[],
  timing: Timing,
): Promise<readonly ServerResult[]> {
  const firstResponses = kinds.map((kind) => firstResponse(ground, sites.page, kind));
  const running: RunningServer[] = [];
  try {
    for (const [position, kind] of kinds.entries()) {
      running.push(await start(ground, kind, sites.page, firstPort + position));
    }
    const idle = running.map((server) => server.privateBytes());
    const large = await start(ground, microlithOf(kinds), sites.large, firstPort + kinds.length);
    running.push(large);
    const loads = await roundsOfLoads(ground, kinds, running, timing);
    return kinds.map((kind, position) => {
      const program = kind.program(sites.page);
      const [keepAlive, pipelined, among] = loads[position] ?? [];
      if (keepAlive === undefined) throw new Error(`${kind.name} was not measured`);
      return {
        name: kind.name,
        keepAlive,
        ...(pipelined === undefined ? {} : { pipelined }),
        ...(among === undefined ? {} : { large: among }),
        idlePrivateBytes: idle[position] ?? Number.NaN,
        firstResponse: firstResponses[position] ?? Number.NaN,
        ...(program === undefined ? {} : { programBytes: statSync(program).size }),
      };
    });
  } finally {
    await Promise.all(running.map((server) => server.stop()));
  }
}

/** For each kind its loads: keep-alive, pipelined, and the large site's keep-alive. */
async function roundsOfLoads(
  ground: Ground,
  kinds: readonly ServerKind[],
  running: readonly RunningServer[],
  timing: Timing,
): Promise<readonly (readonly (LoadResult | undefined)[])[]> {
  const keepAlive: Load = { connections: 64, seconds: timing.seconds, script: undefined, path: "/" };
  const pipelined: Load = { ...keepAlive, script: join(ground.root, "bench", "pipeline.lua") };
  const large = running[kinds.length];
  const samples = kinds.map((): LoadResult[][] => [[], [], []]);
  for (let round = 0; round < timing.rounds; round++) {
    for (const [position, kind] of kinds.entries()) {
      const server = running[position];
      if (server === undefined) continue;
      process.stderr.write(`bench: round ${round + 1} of ${timing.rounds}: ${kind.name}\n`);
      samples[position]?.[0]?.push(await applyLoad(server, keepAlive));
      if (kind.name === "microlith" && large !== undefined)
        samples[position]?.[2]?.push(await applyLoad(large, keepAlive));
      if (!kind.closes) samples[position]?.[1]?.push(await applyLoad(server, pipelined));
    }
  }
  return samples.map((loads) => loads.map(medianLoad));
}

function medianLoad(samples: readonly LoadResult[]): LoadResult | undefined {
  if (samples.length === 0) return undefined;
  return {
    requestsPerSecond: median(samples.map((sample) => sample.requestsPerSecond)),
    cpuPerRequest: median(samples.map((sample) => sample.cpuPerRequest)),
    p99: median(samples.map((sample) => sample.p99)),
  };
}

function start(ground: Ground, kind: ServerKind, site: Site, port: number): Promise<RunningServer> {
  return startServer(kind.command(ground, site, port), port);
}

/** Each start on a port of its own: connections of the one before are still known to the kernel. */
function firstResponse(ground: Ground, site: Site, kind: ServerKind): number {
  const samples = Array.from({ length: starts }, (_, index) => {
    const port = firstPort + 100 + index;
    const command = [String(port), ...kind.command(ground, site, port)];
    return Number(execFileSync(join(ground.folder, "first-response"), command, { encoding: "utf8" })) / 1000;
  });
  return median(samples);
}

function microlithOf(kinds: readonly ServerKind[]): ServerKind {
  const found = kinds.find((kind) => kind.name === "microlith");
  if (found === undefined) throw new Error("microlith is not among the servers");
  return found;
}
