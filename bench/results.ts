/**
 * What a run found, as tables and as JSON.
 */

import type { Check } from "./checks.ts";
import type { BuildResults } from "./measure-builds.ts";
import type { ServerResult } from "./measure-servers.ts";

export interface Results {
  /** When, and on what. */
  readonly date: string;
  readonly machine: string;
  readonly builds: BuildResults;
  readonly servers: readonly ServerResult[];
  /** Peers that could not be had, with the reason. */
  readonly leftOut: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Everything, for docs/bench.md and the terminal. */
export function renderResults(results: Results, checks: readonly Check[]): string {
  return [
    `${results.date}, ${results.machine}.\n`,
    renderServers(results),
    renderLoads(results),
    renderChecks(checks),
  ].join("\n");
}

/** The table of the README. */
export function renderServers({ servers, rounds, seconds, leftOut }: Results): string {
  const head = [
    "server",
    "requests/s",
    "pipelined 16",
    "CPU µs/request",
    "p99 ms",
    "1 MiB file, GB/s",
    "exec to first response, ms",
    "idle private KiB",
    "program, bytes",
  ];
  const rows = servers.map((server) => [
    server.name,
    whole(server.keepAlive.requestsPerSecond),
    optional(server.pipelined?.requestsPerSecond, whole),
    server.keepAlive.cpuPerRequest.toFixed(2),
    server.keepAlive.p99.toFixed(2),
    optional(server.file && bytesPerSecond(server), (bytes) => (bytes / 1e9).toFixed(2)),
    server.firstResponse.toFixed(2),
    whole(server.idlePrivateBytes / 1024),
    optional(server.programBytes, whole),
  ]);
  const conditions = `A page of 1,024 bytes, 64 connections, one core; medians of ${rounds} rounds of ${seconds} s.`;
  return `${table(head, rows)}\n${[conditions, ...leftOut.map((reason) => `Left out: ${reason}.`)].join("\n")}\n`;
}

function renderLoads({ servers }: Results): string {
  const head = [
    "server",
    "requests/s by wrk",
    "CPU µs/request by wrk",
    "at an equal rate, requests/s",
    "its p99 ms",
  ];
  const rows = servers.map(({ name, wrk, paced }) => [
    name,
    whole(wrk.requestsPerSecond),
    wrk.cpuPerRequest.toFixed(2),
    optional(paced?.requestsPerSecond, whole),
    optional(paced?.p99, (p99) => p99.toFixed(2)),
  ]);
  const memory = servers
    .filter((server) => server.crowdedPrivateBytes !== undefined)
    .map((server) => [server.name, optional(server.crowdedPrivateBytes, (bytes) => whole(bytes / 1024))]);
  return `${table([...head], rows)}\n${table(["server", "private KiB with 10,000 open connections"], memory)}`;
}

function renderChecks(checks: readonly Check[]): string {
  const head = ["measure", "measured", "must be", "holds", "aim", "reached"];
  return table(
    head,
    checks.map(({ what, measured, bound, must, holds, aim, reached }) => [
      what,
      Number.isNaN(measured) ? "–" : compact(measured),
      must === undefined ? "" : `${bound} ${compact(must)}`,
      must === undefined ? "" : holds ? "yes" : "NO",
      aim === undefined ? "" : compact(aim),
      reached === undefined ? "" : reached ? "yes" : "no",
    ]),
  );
}

/** Of the 1 MiB file. */
export function bytesPerSecond({ file }: ServerResult): number {
  return (file?.requestsPerSecond ?? Number.NaN) * 2 ** 20;
}

/** The first column is text, the others are numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map(line).join("");
}

function optional(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? "–" : format(value);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function compact(value: number): string {
  return Number.isInteger(value) ? whole(value) : value.toFixed(2);
}
