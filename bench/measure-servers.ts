/**
 * What the servers do under load. They take turns within each round, so that what the machine does meanwhile falls on all of
 * them; the median of the rounds counts.
 */

import { statSync } from "node:fs";
import type { Sites } from "./build-sites.ts";
import { applyLoad, applyWrk, type Load, type LoadResult } from "./load.ts";
import { measureMemory } from "./measure-memory.ts";
import { measureStarts } from "./measure-starts.ts";
import { median } from "./results.ts";
import { type RunningServer, startServer } from "./server-process.ts";
import type { Ground, ServerKind, Site } from "./servers.ts";

/** Medians. */
export interface ServerResult {
  readonly name: string;
  readonly isLimit: boolean;
  /** 64 connections, a page of 1,024 bytes. */
  readonly keepAlive: LoadResult;
  /** The same load from wrk. */
  readonly wrk: LoadResult;
  /** The same, 16 requests together; absent for servers with one request per connection. */
  readonly pipelined?: LoadResult;
  /** The same number of requests a second for all; absent for servers that are too slow for it. */
  readonly paced?: LoadResult;
  /** A file of a mebibyte, 16 connections; absent for servers with one request per connection, and for what is no real server. */
  readonly file?: LoadResult;
  /** The same page among 10,000 and among 100,000 files; microlith only. */
  readonly large?: LoadResult;
  readonly routes?: LoadResult;
  /** Of the server and its workers before any request, in bytes. */
  readonly idlePrivateBytes: number;
  /** With 10,000 open connections that have each had a response. */
  readonly crowdedPrivateBytes?: number;
  /** From exec, in milliseconds. */
  readonly firstResponse: number;
  /** Of the program's file, without its libraries, in bytes. */
  readonly programBytes?: number;
}

export interface Timing {
  readonly rounds: number;
  /** Of each load. */
  readonly seconds: number;
}

type LoadName = "keepAlive" | "wrk" | "pipelined" | "paced" | "file" | "large" | "routes";
type Samples = Readonly<Record<LoadName, LoadResult[]>>;

/** A kind with what runs of it. */
interface Contestant {
  readonly kind: ServerKind;
  readonly page: RunningServer;
  readonly file: RunningServer | undefined;
  /** microlith's other sites. */
  readonly others: ReadonlyMap<"large" | "routes", RunningServer>;
  readonly samples: Samples;
}

const firstPort = 18_080;
/** Of a server that holds no crowd. */
const usualConnections = 2048;
/** In which the load of a page is applied within a round: the machine's speed changes within seconds. */
const turns = 5;
/** Of the rate of the slower of nginx and lighttpd: all that are not far slower are able to keep up with it. */
const paceOfRate = 0.6;

export async function measureServers(
  ground: Ground,
  sites: Sites,
  kinds: readonly ServerKind[],
  timing: Timing,
): Promise<readonly ServerResult[]> {
  const firstResponses = measureStarts(ground, sites.page, kinds);
  const memory = await measureMemory(ground, sites, kinds);
  const contestants: Contestant[] = [];
  try {
    for (const kind of kinds) contestants.push(await enter(ground, sites, kind, contestants.length));
    for (let round = 1; round <= timing.rounds; round++) {
      process.stderr.write(`bench: round ${round} of ${timing.rounds}\n`);
      await applyLoads(ground, contestants, timing.seconds);
      await applyPacedLoads(ground, contestants, timing.seconds);
    }
  } finally {
    await Promise.all(contestants.flatMap(runningOf).map((server) => server.stop()));
  }
  return contestants.map(({ kind, samples }) => {
    const program = kind.program(sites.page);
    const loads = Object.fromEntries(
      Object.entries(samples).flatMap(([name, list]) =>
        list.length === 0 ? [] : [[name, medianLoad(list)]],
      ),
    ) as Readonly<Record<"keepAlive" | "wrk", LoadResult>>;
    return {
      name: kind.name,
      isLimit: kind.isLimit,
      ...loads,
      ...(memory.get(kind) ?? { idlePrivateBytes: Number.NaN }),
      firstResponse: firstResponses.get(kind) ?? Number.NaN,
      ...(program === undefined ? {} : { programBytes: statSync(program).size }),
    };
  });
}

async function enter(ground: Ground, sites: Sites, kind: ServerKind, position: number): Promise<Contestant> {
  const port = firstPort + position * 10;
  const start = (site: Site, offset: number): Promise<RunningServer> => {
    const place = { port: port + offset, connections: usualConnections };
    return startServer(kind.command(ground, site, place), place.port);
  };
  const isOurs = kind.name === "microlith";
  return {
    kind,
    page: await start(sites.page, 0),
    file: kind.isLimit || kind.closes ? undefined : await start(sites.file, 1),
    others: new Map(
      isOurs
        ? [
            ["large", await start(sites.large, 2)],
            ["routes", await start(sites.routes, 3)],
          ]
        : [],
    ),
    samples: { keepAlive: [], wrk: [], pipelined: [], paced: [], file: [], large: [], routes: [] },
  };
}

/** One kind of load after another, each to all servers: what is compared is measured within seconds. */
async function applyLoads(
  ground: Ground,
  contestants: readonly Contestant[],
  seconds: number,
): Promise<void> {
  const load: Load = { connections: 64, depth: 1, seconds, rate: 0, path: "/" };
  for (const { page, samples } of contestants) samples.wrk.push(await applyWrk(page, load));
  // A server that closes makes its clients wait for a connection, which our load does not do while it has others to serve.
  for (const { samples } of contestants.filter(({ kind }) => kind.closes))
    samples.keepAlive.push(...samples.wrk.slice(-1));
  const persistent = contestants.filter(({ kind }) => !kind.closes);
  const short = { ...load, seconds: seconds / turns };
  for (let turn = 0; turn < turns; turn++) {
    for (const { page, others, samples } of persistent) {
      samples.keepAlive.push(await applyLoad(ground, page, short));
      for (const [name, server] of others) samples[name].push(await applyLoad(ground, server, short));
    }
  }
  for (const { page, samples } of persistent)
    samples.pipelined.push(await applyLoad(ground, page, { ...load, depth: 16 }));
  for (const { file, samples } of persistent) {
    if (file !== undefined)
      samples.file.push(await applyLoad(ground, file, { ...load, connections: 16, path: "/large.bin" }));
  }
}

/** Those who answer fewer than are due show how long a queue grows, and nothing of themselves. */
async function applyPacedLoads(
  ground: Ground,
  contestants: readonly Contestant[],
  seconds: number,
): Promise<void> {
  // Of the first round, so that the rate is the same in all.
  const rateOf = ({ samples }: Contestant): number =>
    median(samples.keepAlive.slice(0, turns).map((sample) => sample.requestsPerSecond));
  const peers = contestants.filter(({ kind }) => kind.name === "nginx" || kind.name === "lighttpd");
  const rate = Math.floor((Math.min(...peers.map(rateOf)) * paceOfRate) / 1000) * 1000;
  for (const contestant of contestants) {
    if (rateOf(contestant) < rate * 1.2) continue;
    const load: Load = { connections: 64, depth: 1, seconds, rate, path: "/" };
    contestant.samples.paced.push(await applyLoad(ground, contestant.page, load));
  }
}

function runningOf({ page, file, others }: Contestant): readonly RunningServer[] {
  return [page, ...(file === undefined ? [] : [file]), ...others.values()];
}

function medianLoad(samples: readonly LoadResult[]): LoadResult {
  return {
    requestsPerSecond: median(samples.map((sample) => sample.requestsPerSecond)),
    cpuPerRequest: median(samples.map((sample) => sample.cpuPerRequest)),
    p99: median(samples.map((sample) => sample.p99)),
  };
}
