/**
 * What a run found, as tables and as measures that hold or do not.
 */

import type { BuildResults } from "./measure-builds.ts";
import type { ServerResult } from "./measure-servers.ts";

export interface Results {
  readonly builds: BuildResults;
  readonly servers: readonly ServerResult[];
  readonly rounds: number;
  readonly seconds: number;
}

/** A number that must hold. */
export interface Check {
  readonly what: string;
  readonly measured: number;
  readonly must: "at most" | "at least";
  readonly limit: number;
  readonly holds: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function checkMeasures({ builds, servers }: Results): readonly Check[] {
  const by = (name: string): ServerResult => {
    const found = servers.find((server) => server.name === name);
    if (found === undefined) throw new Error(`${name} was not measured`);
    return found;
  };
  const [ours, nginx, lighttpd, busybox] = [
    by("microlith"),
    by("nginx"),
    by("lighttpd"),
    by("busybox httpd"),
  ];
  const rate = (server: ServerResult): number => server.keepAlive.requestsPerSecond;
  const pipelined = (server: ServerResult): number => server.pipelined?.requestsPerSecond ?? 0;
  const fastestStart = Math.min(...[nginx, lighttpd, busybox].map((server) => server.firstResponse));
  return [
    atMost("hello, plain (bytes)", builds.helloPlain, 200),
    atMost("hello, tight (bytes)", builds.helloTight, 130),
    atMost("overhead of a one-page site (bytes)", builds.page.overheadBytes, 5120),
    atLeast("requests/s over nginx", rate(ours) / rate(nginx), 1.1),
    atLeast("requests/s over lighttpd", rate(ours) / rate(lighttpd), 0.95),
    atLeast(
      "pipelined requests/s over the better of both",
      pipelined(ours) / Math.max(pipelined(nginx), pipelined(lighttpd)),
      2,
    ),
    atMost("private memory, idle (bytes)", ours.idlePrivateBytes, 65_536),
    atMost("exec to first response over the fastest peer", ours.firstResponse / fastestStart, 1),
    atMost("compile of examples/site (ms)", builds.compileMilliseconds, 100),
    atMost("whole command (s)", builds.commandSeconds, 0.6),
    atMost("10,000 files, build (s)", builds.largeSeconds, 10),
    atLeast(
      "10,000 files, requests/s over one page",
      (ours.large?.requestsPerSecond ?? Number.NaN) / rate(ours),
      0.9,
    ),
  ];
}

export function renderResults(results: Results, checks: readonly Check[]): string {
  return `${renderServers(results)}\n${renderChecks(checks)}`;
}

export function renderServers({ servers, rounds, seconds }: Results): string {
  const rows = servers.map((server) => [
    server.name,
    whole(server.keepAlive.requestsPerSecond),
    server.pipelined === undefined ? "–" : whole(server.pipelined.requestsPerSecond),
    server.keepAlive.cpuPerRequest.toFixed(2),
    server.keepAlive.p99.toFixed(2),
    server.firstResponse.toFixed(2),
    whole(server.idlePrivateBytes / 1024),
    server.programBytes === undefined ? "–" : whole(server.programBytes),
  ]);
  const head = [
    "server",
    "requests/s",
    "pipelined 16",
    "CPU µs/request",
    "p99 ms",
    "exec to first response, ms",
    "idle private KiB",
    "program, bytes",
  ];
  return `${table(head, rows)}\nA page of 1,024 bytes, 64 connections, one core; medians of ${rounds} rounds of ${seconds} s.\n`;
}

function renderChecks(checks: readonly Check[]): string {
  return table(
    ["measure", "measured", "must be", "holds"],
    checks.map((check) => [
      check.what,
      compact(check.measured),
      `${check.must} ${compact(check.limit)}`,
      check.holds ? "yes" : "NO",
    ]),
  );
}

/** The first column is text, the others are numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map(line).join("");
}

function atMost(what: string, measured: number, limit: number): Check {
  return { what, measured, must: "at most", limit, holds: measured <= limit };
}

function atLeast(what: string, measured: number, limit: number): Check {
  return { what, measured, must: "at least", limit, holds: measured >= limit };
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function compact(value: number): string {
  return Number.isInteger(value) ? whole(value) : value.toFixed(2);
}
