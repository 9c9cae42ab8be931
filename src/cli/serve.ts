/**
 * `microlith serve INPUT`: compiles for this machine and runs the result as a native process, without
 * writing a file where the user would see it.
 */

import { isIPv6 } from "node:net";
import { UserError } from "../base/errors.ts";
import {
  findFreePort,
  type NativeProcess,
  nativePlatform,
  type ProcessEnd,
  startNative,
  waitForPort,
} from "../engine/native-process.ts";
import { findInput, type Input } from "./input.ts";
import { madePlatforms, makeProduct } from "./make-product.ts";
import { parseHost, parsePort } from "./options.ts";
import type { ProductExecutable } from "./product.ts";
import { formatBytes, formatNumber, note, result } from "./terminal.ts";

export interface ServeOptions {
  readonly port: string;
  readonly host: string;
  readonly json?: boolean;
}

/** Time for open connections to finish after Ctrl-C. */
const drainMs = 10_000;
const startMs = 5_000;

/** Runs until the program ends or is stopped. Returns the exit code. */
export async function serve(inputPath: string, options: ServeOptions): Promise<number> {
  const port = parsePort(options.port, 0);
  const host = parseHost(options.host);
  const input = findInput(inputPath);
  const platform = requireNativePlatform(input);
  return input.kind === "site"
    ? serveSite(input, platform, host, port, options.json === true)
    : runProgram(input, platform, options.json === true);
}

async function serveSite(
  input: Input,
  platform: string,
  host: string,
  wantedPort: number,
  json: boolean,
): Promise<number> {
  const port = await findFreePort(host, wantedPort);
  const made = await make(input, platform, host, port);
  const server = await startNative(made.executable.bytes, [String(port)]);
  const stopped = stopOnSignals(server);
  const up = await Promise.race([waitForPort(host, port, startMs), server.ended]);
  if (up === true) {
    announce(input, made, urlOf(host, port), json);
  } else if (up === false) {
    note(`microlith: the server has not answered on port ${port} within ${startMs / 1000} seconds`);
  }
  const end = await server.ended;
  return stopped() && isClean(end) ? 0 : explainEnd(end, "the server");
}

async function runProgram(input: Input, platform: string, json: boolean): Promise<number> {
  const made = await make(input, platform, undefined, 8080);
  if (!json) note(describe(input, made));
  const program = await startNative(made.executable.bytes, []);
  const stopped = stopOnSignals(program);
  const end = await program.ended;
  if (json) result(JSON.stringify({ kind: "program", ...figures(made), end }));
  if (stopped() && end.kind === "signal") return 0;
  return end.kind === "status" ? end.status : explainEnd(end, "the program");
}

interface Made {
  readonly executable: ProductExecutable;
  readonly compileMs: number;
}

async function make(input: Input, platform: string, host: string | undefined, port: number): Promise<Made> {
  const start = performance.now();
  const product = await makeProduct(input, { platforms: [platform], port, host, layout: "plain" });
  const executable = product.executables[0];
  if (executable === undefined) throw new UserError(`nothing was made for ${platform}`);
  return { executable, compileMs: performance.now() - start };
}

function requireNativePlatform(input: Input): string {
  const platform = nativePlatform();
  if (platform !== undefined && madePlatforms.includes(platform)) return platform;
  throw new UserError(`this machine (${process.platform}, ${process.arch}) cannot run what microlith makes`, {
    help:
      `Make an image and run it with a container engine: microlith build ${input.path} -o site.tar --format oci ` +
      "--tag site:1 && docker load -i site.tar && docker run --rm -p 8080:8080 site:1",
  });
}

/** Passes on the request to stop. Returns whether there has been one; a second one (npm repeats Ctrl-C) changes nothing. */
function stopOnSignals(running: NativeProcess): () => boolean {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!asked) running.stop(drainMs);
      asked = true;
    });
  }
  return () => asked;
}

function announce(input: Input, made: Made, url: string, json: boolean): void {
  if (json) {
    result(JSON.stringify({ kind: "site", url, ...figures(made) }));
    return;
  }
  result(url);
  note(describe(input, made));
  note("Ctrl-C stops it.");
}

function figures(made: Made): Readonly<Record<string, unknown>> {
  const { platform, bytes, sizes } = made.executable;
  return {
    platform,
    executableBytes: bytes.length,
    ...sizes,
    compileMilliseconds: Math.round(made.compileMs),
  };
}

function describe(input: Input, made: Made): string {
  const { bytes, sizes } = made.executable;
  const content = input.kind === "site" ? `, content ${formatNumber(sizes.contentBytes)}` : "";
  const parts = `code ${formatNumber(sizes.codeBytes)}, tables ${formatNumber(sizes.tableBytes)}${content}`;
  return `${input.path}: ${formatBytes(bytes.length)} (${parts}), compiled in ${made.compileMs.toFixed(0)} ms`;
}

/** An address that a browser on this machine can open. */
function urlOf(listening: string, port: number): string {
  const host = { "0.0.0.0": "127.0.0.1", "::": "::1" }[listening] ?? listening;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** After a request to stop. By a signal: the terminal's may have come before the server was ready, or it was out of time. */
function isClean(end: ProcessEnd): boolean {
  return end.kind === "status"
    ? end.status === 0
    : ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"].includes(end.signal);
}

/** An end that nobody asked for. Returns the exit code. */
function explainEnd(end: ProcessEnd, what: string): number {
  const how = end.kind === "status" ? `ended with status ${end.status}` : `was ended by ${end.signal}`;
  note(`microlith: ${what} ${how}`);
  return end.kind === "signal" ? 70 : end.status;
}
