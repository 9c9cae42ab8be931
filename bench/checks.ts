/**
 * The numbers that a run has to reach, each with its limit: what must hold, and what we aim at.
 */

import type { ServerResult } from "./measure-servers.ts";
import { bytesPerSecond, type Results } from "./results.ts";

export interface Check {
  readonly what: string;
  /** NaN: it could not be measured, and does not hold. */
  readonly measured: number;
  readonly bound: "at most" | "at least";
  /** Absent: there is only an aim, or neither. */
  readonly must?: number;
  readonly holds: boolean;
  readonly aim?: number;
  readonly reached?: boolean;
}

const KiB = 1024;
const MiB = 1024 * KiB;

export function checkMeasures(results: Results): readonly Check[] {
  return [...checkBuilds(results), ...checkRates(results), ...checkCosts(results)];
}

function checkBuilds({ builds }: Results): readonly Check[] {
  return [
    atMost("hello, plain (bytes)", builds.helloPlain, 200),
    atMost("hello, tight (bytes)", builds.helloTight, 130),
    atMost("overhead of a one-page site (bytes)", builds.page.overheadBytes, 4608, 3072),
    atMost("overhead with every feature (bytes)", builds.featuresOverhead, 9216, 6144),
    atMost("overhead with --minimal (bytes)", builds.minimalOverhead, 700, 450),
    atMost("compile of examples/site (ms)", builds.compileMilliseconds, 100),
    atMost("whole command (s)", builds.commandSeconds, 0.6),
    atMost("10,000 files, build (s)", builds.largeSeconds, 10),
    atMost("100,000 files, build (s)", builds.routesSeconds, 60),
    atMost("100,000 files, build (GiB of memory)", builds.routesMemory / 2 ** 30, 1),
  ];
}

function checkRates({ servers }: Results): readonly Check[] {
  const { ours, nginx, lighttpd, responder, peers } = contestants(servers);
  const rate = (server: ServerResult): number => server.keepAlive.requestsPerSecond;
  const byWrk = (server: ServerResult): number => server.wrk.requestsPerSecond;
  const pipelined = (server: ServerResult): number => server.pipelined?.requestsPerSecond ?? 0;
  const best = (of: (server: ServerResult) => number): number => Math.max(...peers.map(of));
  return [
    atLeast("requests/s over nginx", rate(ours) / rate(nginx), 1.3),
    atLeast("requests/s over lighttpd", rate(ours) / rate(lighttpd), 1.02),
    atLeast("requests/s over nginx, by wrk", byWrk(ours) / byWrk(nginx), 1.1),
    atLeast("requests/s over lighttpd, by wrk", byWrk(ours) / byWrk(lighttpd), 0.95),
    near("requests/s over the do-nothing responder", rate(ours) / rate(responder), 0.97),
    atLeast("pipelined requests/s over the best peer", pipelined(ours) / best(pipelined), 3, 5),
    atLeast(
      "1 MiB file, bytes/s over the best peer",
      bytesPerSecond(ours) / best((peer) => (peer.file === undefined ? 0 : bytesPerSecond(peer))),
      1,
    ),
    atLeast(
      "10,000 files, requests/s over one page",
      (ours.large?.requestsPerSecond ?? Number.NaN) / rate(ours),
      0.9,
    ),
    atLeast(
      "100,000 files, requests/s over one page",
      (ours.routes?.requestsPerSecond ?? Number.NaN) / rate(ours),
      0.9,
    ),
  ];
}

function checkCosts({ servers }: Results): readonly Check[] {
  const { ours, nginx, lighttpd, responder, peers } = contestants(servers);
  const cpu = (server: ServerResult): number => server.keepAlive.cpuPerRequest;
  const least = (of: (server: ServerResult) => number): number => Math.min(...peers.map(of));
  return [
    atMost("CPU time per request over nginx's", cpu(ours) / cpu(nginx), 0.7),
    told("the do-nothing responder's over nginx's", cpu(responder) / cpu(nginx)),
    atMost("CPU time per request over lighttpd's", cpu(ours) / cpu(lighttpd), 0.85),
    atMost(
      "p99 latency, 64 connections, over the best peer's",
      ours.keepAlive.p99 / least((peer) => peer.keepAlive.p99),
      1,
    ),
    atMost("private memory, idle (KiB)", ours.idlePrivateBytes / KiB, 40),
    atMost(
      "private memory, 10,000 open connections (MiB)",
      (ours.crowdedPrivateBytes ?? Number.NaN) / MiB,
      3,
    ),
    atMost(
      "exec to first response over the fastest peer's",
      ours.firstResponse / least((peer) => peer.firstResponse),
      1,
    ),
  ];
}

interface Contestants {
  readonly ours: ServerResult;
  readonly nginx: ServerResult;
  readonly lighttpd: ServerResult;
  readonly responder: ServerResult;
  readonly peers: readonly ServerResult[];
}

function contestants(servers: readonly ServerResult[]): Contestants {
  const by = (name: string): ServerResult => {
    const found = servers.find((server) => server.name === name);
    if (found === undefined) throw new Error(`${name} was not measured`);
    return found;
  };
  const ours = by("microlith");
  return {
    ours,
    nginx: by("nginx"),
    lighttpd: by("lighttpd"),
    responder: by("do-nothing responder"),
    peers: servers.filter((server) => server !== ours && !server.isLimit),
  };
}

function atMost(what: string, measured: number, must: number, aim?: number): Check {
  const check = { what, measured, bound: "at most", must, holds: measured <= must } as const;
  return aim === undefined ? check : { ...check, aim, reached: measured <= aim };
}

function atLeast(what: string, measured: number, must: number, aim?: number): Check {
  const check = { what, measured, bound: "at least", must, holds: measured >= must } as const;
  return aim === undefined ? check : { ...check, aim, reached: measured >= aim };
}

/** Nothing is promised of it, but it helps to judge what stands above. */
function told(what: string, measured: number): Check {
  return { what, measured, bound: "at most", holds: true };
}

/** Only an aim, which is the physical limit. */
function near(what: string, measured: number, aim: number): Check {
  return { what, measured, bound: "at least", holds: true, aim, reached: measured >= aim };
}
