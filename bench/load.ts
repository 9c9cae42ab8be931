/**
 * Load from wrk on the second core. One thread: more than one cannot run there at a time.
 */

import { spawn } from "node:child_process";
import type { RunningServer } from "./server-process.ts";

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Of the server, in microseconds. */
  readonly cpuPerRequest: number;
  /** 99th percentile, in milliseconds. */
  readonly p99: number;
}

export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** Path of a wrk script; undefined: plain GETs of `path`. */
  readonly script: string | undefined;
  readonly path: string;
}

/** @throws Error when anything but whole 200 responses came back */
export async function applyLoad(server: RunningServer, load: Load): Promise<LoadResult> {
  const before = server.cpuSeconds();
  const text = await wrk(`http://127.0.0.1:${server.port}${load.path}`, load);
  const cpuSeconds = server.cpuSeconds() - before;
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  if (!(requests > 0) || /Non-2xx|Socket errors: connect [1-9]/.test(text))
    throw new Error(`wrk failed:\n${text}`);
  return {
    requestsPerSecond: Number(/Requests\/sec: +([\d.]+)/.exec(text)?.[1]),
    cpuPerRequest: (cpuSeconds * 1e6) / requests,
    p99: milliseconds(/99% +([\d.]+)(us|ms|s)/.exec(text)),
  };
}

function wrk(url: string, load: Load): Promise<string> {
  const options = ["-t1", `-c${load.connections}`, `-d${load.seconds}s`, "--latency"];
  if (load.script !== undefined) options.push("-s", load.script);
  return new Promise((resolve, reject) => {
    const child = spawn("taskset", ["-c", "1", "wrk", ...options, url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once("error", reject);
    child.once("exit", (status) =>
      status === 0 ? resolve(text) : reject(new Error(`wrk failed:\n${text}`)),
    );
  });
}

function milliseconds(match: RegExpExecArray | null): number {
  const scale: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
  return Number(match?.[1]) * (scale[match?.[2] ?? ""] ?? Number.NaN);
}
