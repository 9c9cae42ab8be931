/**
 * The chart of a run: what of its results is worth seeing at a glance.
 */

import { type Bar, type BarPanel, renderBarChart } from "../src/report/bar-chart.ts";
import type { ServerResult } from "./measure-servers.ts";
import type { Results } from "./results.ts";

export function renderChart({ servers, rounds, seconds, date }: Results): string {
  const panels: readonly BarPanel[] = [
    panel("Requests a second", "64 connections, one core; more is better", servers, rateOf, thousands),
    panel(
      "Requests a second, pipelined",
      "16 at a time on each of 64 connections; more is better",
      servers,
      (server) => server.pipelined?.requestsPerSecond,
      thousands,
    ),
    panel(
      "Processor time for a request",
      "of the server; less is better",
      servers,
      (server) => server.keepAlive.cpuPerRequest,
      (value) => `${value.toFixed(1)} µs`,
    ),
    panel(
      "From exec to the first response",
      "less is better",
      competitors(servers),
      (server) => server.firstResponse,
      (value) => `${value.toFixed(2)} ms`,
    ),
    panel(
      "Memory of its own, idle",
      "less is better",
      competitors(servers),
      (server) => server.idlePrivateBytes,
      bytes,
    ),
    panel(
      "Program file",
      "ours holds the site too, theirs need libraries; less is better",
      competitors(servers),
      (server) => server.programBytes,
      bytes,
    ),
  ];
  const note = `A page of 1,024 bytes; medians of ${rounds} rounds of ${seconds} s, ${date}. The do-nothing responder never looks at a request.`;
  return renderBarChart(
    "microlith beside other web servers",
    note,
    "Bars of requests a second, processor time, start-up time, memory and size of microlith and other servers.",
    panels,
  );
}

function panel(
  title: string,
  note: string,
  servers: readonly ServerResult[],
  measureOf: (server: ServerResult) => number | undefined,
  format: (value: number) => string,
): BarPanel {
  const bars = servers.flatMap((server): readonly Bar[] => {
    const value = measureOf(server);
    const kind = server.isLimit ? "limit" : server.name === "microlith" ? "ours" : "peer";
    return value === undefined || Number.isNaN(value)
      ? []
      : [{ name: server.name, value, label: format(value), kind }];
  });
  return { title, note, bars };
}

function competitors(servers: readonly ServerResult[]): readonly ServerResult[] {
  return servers.filter(({ isLimit }) => !isLimit);
}

function rateOf(server: ServerResult): number {
  return server.keepAlive.requestsPerSecond;
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function bytes(value: number): string {
  if (value < 1e6) return `${(value / 1000).toFixed(value < 100_000 ? 1 : 0)} kB`;
  return `${(value / 1e6).toFixed(1)} MB`;
}
