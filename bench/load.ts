/**
 * Load from the second core: by bench/load.c, which costs less than any server; and by wrk, which everybody knows and which costs
 * more than the fastest ones, so that its rates say less about them.
 */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { pin, type RunningServer } from "./server-process.ts";
import type { Ground } from "./servers.ts";

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Of the server, in microseconds. */
  readonly cpuPerRequest: number;
  /** 99th percentile, in milliseconds. */
  readonly p99: number;
}

export interface Load {
  readonly connections: number;
  /** Requests that are sent together. */
  readonly depth: number;
  readonly seconds: number;
  /** Requests a second that are due at even times; 0: as many as go. */
  readonly rate: number;
  readonly path: string;
}

/** What bench/load.c prints. */
interface LoadReport {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p99: number;
}

/** @throws Error when anything but whole 200 responses came back */
export async function applyLoad(ground: Ground, server: RunningServer, load: Load): Promise<LoadResult> {
  const before = server.cpuSeconds();
  const { port } = server;
  const numbers = [load.connections, load.depth, load.seconds, load.rate].map(String);
  const report: LoadReport = JSON.parse(
    await textOf([join(ground.folder, "load"), String(port), load.path, ...numbers]),
  );
  return {
    requestsPerSecond: report.requestsPerSecond,
    cpuPerRequest: ((server.cpuSeconds() - before) * 1e6) / report.requests,
    p99: report.p99 / 1000,
  };
}

/** The same by wrk; one request at a time on each connection. @throws Error when anything but 200 came back */
export async function applyWrk(server: RunningServer, load: Load): Promise<LoadResult> {
  const before = server.cpuSeconds();
  const url = `http://127.0.0.1:${server.port}${load.path}`;
  const text = await textOf([
    "wrk",
    "-t1",
    `-c${load.connections}`,
    `-d${Math.ceil(load.seconds)}s`,
    "--latency",
    url,
  ]);
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  if (!(requests > 0) || /Non-2xx|Socket errors: connect [1-9]/.test(text))
    throw new Error(`wrk failed:\n${text}`);
  return {
    requestsPerSecond: Number(/Requests\/sec: +([\d.]+)/.exec(text)?.[1]),
    cpuPerRequest: ((server.cpuSeconds() - before) * 1e6) / requests,
    p99: milliseconds(/99% +([\d.]+)(us|ms|s)/.exec(text)),
  };
}

function textOf(command: readonly string[]): Promise<string> {
  const [program = "", ...args] = [...pin(1), ...command];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (status) =>
      status === 0 ? resolve(text) : reject(new Error(`${command.join(" ")} failed\n${complaint}${text}`)),
    );
  });
}

function milliseconds(match: RegExpExecArray | null): number {
  const scale: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
  return Number(match?.[1]) * (scale[match?.[2] ?? ""] ?? Number.NaN);
}
