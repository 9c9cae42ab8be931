/**
 * `microlith serve INPUT`: compiles for this machine and runs the result as a native process, without
 * writing a file where the user would see it.
 */

import { UserError } from "../base/errors.ts";
import { formatNumber } from "../base/numbers.ts";
import { findFreePort, type ProcessEnd, startNative, waitForPort } from "../engine/native-process.ts";
import { loadConfig, namingConfig } from "./config.ts";
import { findInput, type Input } from "./input.ts";
import { type Listening, type Made, makeFor, requireNativePlatform, stopOnSignals, urlOf } from "./native.ts";
import { parseHost, parsePort } from "./options.ts";
import { timeFor } from "./product-options.ts";
import { parseServerFlags, type ServerFlags, withConfig } from "./server-flags.ts";
import { chooseSiteOptions, type SiteFlags } from "./site-flags.ts";
import { formatBytes, note, result } from "./terminal.ts";

export interface ServeOptions extends SiteFlags, ServerFlags {
  readonly port?: string;
  readonly host?: string;
  readonly engine?: string;
  readonly network?: string;
  readonly json?: boolean;
}

const startMs = 5_000;

/** Runs until the program ends or is stopped. Returns the exit code. */
export async function serve(inputPath: string, options: ServeOptions): Promise<number> {
  const input = findInput(inputPath);
  const config = input.kind === "site" ? await loadConfig(options.config) : {};
  const port = options.port === undefined ? (config.port ?? 8080) : parsePort(options.port, 0);
  const wanted = withConfig(options, config);
  const { host, site, server } = await namingConfig(options, config, async () => ({
    host: parseHost(options.host ?? config.host ?? "127.0.0.1"),
    site: chooseSiteOptions(options, config, await timeFor(inputPath, options, config)),
    server: parseServerFlags(wanted),
  }));
  const { engine } = options;
  if (engine !== undefined) {
    return (await import("./serve-engine.ts")).serveInEngine(input, { ...options, host, engine }, port);
  }
  if (options.network !== undefined) {
    throw new UserError("--network is a container's, and there is none", { help: "Add --engine." });
  }
  const platform = requireNativePlatform(input);
  return input.kind === "site"
    ? serveSite(
        input,
        platform,
        { host, port, server, minimal: wanted.minimal === true, site },
        options.json === true,
      )
    : runProgram(input, platform, options.json === true);
}

async function serveSite(
  input: Input,
  platform: string,
  wanted: Listening & { readonly host: string },
  json: boolean,
): Promise<number> {
  const { host } = wanted;
  const port = await findFreePort(host, wanted.port);
  const made = await makeFor(platform, input, { ...wanted, port });
  const server = await startNative(made.executable.file, [String(port)]);
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
  const made = await makeFor(platform, input);
  if (!json) note(describe(input, made));
  const program = await startNative(made.executable.file, []);
  const stopped = stopOnSignals(program);
  const end = await program.ended;
  if (json) result(JSON.stringify({ kind: "program", ...figures(made), end }));
  if (stopped() && end.kind === "signal") return 0;
  return end.kind === "status" ? end.status : explainEnd(end, "the program");
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
  const { platform, file, sizes } = made.executable;
  return {
    platform,
    executableBytes: file.size,
    ...sizes,
    compileMilliseconds: Math.round(made.compileMs),
  };
}

function describe(input: Input, made: Made): string {
  const { file, sizes } = made.executable;
  const content = input.kind === "site" ? `, content ${formatNumber(sizes.contentBytes)}` : "";
  const parts = `code ${formatNumber(sizes.codeBytes)}, tables ${formatNumber(sizes.tableBytes)}${content}`;
  return `${input.path}: ${formatBytes(file.size)} (${parts}), compiled in ${made.compileMs.toFixed(0)} ms`;
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
