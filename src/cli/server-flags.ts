/**
 * The flags of `build` and `serve` about how the server runs: each with its form in the help and how its text becomes
 * an option of the server. What is not given stays as src/site/server-options.ts has it.
 */

import type { Command } from "commander";
import { UserError } from "../base/errors.ts";
import type { MicrolithConfig } from "../site/config.ts";
import { parseNetwork } from "../site/network.ts";
import {
  type AccessLog,
  defaultServerOptions,
  type LogFormat,
  type NumericUser,
  optionLimits,
  type ServerOptions,
  type TrustedHeader,
} from "../site/server-options.ts";
import { repeatable } from "./command.ts";
import { parseChoice, quote } from "./options.ts";

/** As commander hands them over. */
export interface ServerFlags {
  readonly minimal?: boolean;
  readonly maxConnections?: string;
  readonly requestBytes?: string;
  readonly idleTimeout?: string;
  readonly requestTimeout?: string;
  readonly stallTimeout?: string;
  readonly lingerTimeout?: string;
  readonly drainTimeout?: string;
  readonly drainDelay?: string;
  readonly workers?: string;
  readonly user?: string;
  /** False after `--no-seccomp`. */
  readonly seccomp?: boolean;
  /** True without a path. */
  readonly health?: string | true;
  readonly healthcheck?: boolean;
  readonly metrics?: string | true;
  /** Names; those with a value are the image's. */
  readonly env?: readonly string[];
  readonly accessLog?: string;
  readonly logTo?: string;
  readonly trust?: string;
  readonly trustHeader?: string;
}

export type NumberFlag =
  | "maxConnections"
  | "requestBytes"
  | "idleTimeout"
  | "requestTimeout"
  | "stallTimeout"
  | "lingerTimeout"
  | "drainTimeout"
  | "drainDelay";
type NumberOption = keyof typeof optionLimits;

/** Flag, what it takes, the option that it sets, what it is. */
export const numberFlags: readonly (readonly [
  flag: string,
  name: NumberFlag,
  option: NumberOption,
  text: string,
])[] = [
  ["--max-connections", "maxConnections", "maxConnections", "connections at a time, for each worker"],
  ["--request-bytes", "requestBytes", "bufferBytes", "of a request's head and body together, a power of two"],
  ["--idle-timeout", "idleTimeout", "idleSeconds", "seconds that a connection may stay without a request"],
  ["--request-timeout", "requestTimeout", "requestSeconds", "seconds for a request to arrive"],
  ["--stall-timeout", "stallTimeout", "stallSeconds", "seconds that a peer may read nothing of a response"],
  ["--linger-timeout", "lingerTimeout", "lingerSeconds", "seconds for a peer to close after an error"],
  ["--drain-timeout", "drainTimeout", "drainSeconds", "seconds for open requests to end after SIGTERM"],
  [
    "--drain-delay",
    "drainDelay",
    "drainDelaySeconds",
    "seconds after SIGTERM in which new connections are still taken in",
  ],
];

export const defaultHealthPath = "/healthz";
export const defaultMetricsPath = "/metrics";
export const logFormats: readonly LogFormat[] = ["common", "combined", "json"];
export const logStreams: readonly AccessLog["stream"][] = ["stdout", "stderr"];
export const trustHeaders: readonly TrustedHeader[] = ["x-forwarded-for", "forwarded"];

export function addServerFlags(command: Command): Command {
  command.optionsGroup("How the server runs:");
  command.option("--minimal", "the smallest server: one page, GET only, one connection at a time");
  for (const [flag, , option, text] of numberFlags) {
    command.option(`${flag} <number>`, `${text} (default: ${defaultServerOptions[option]})`);
  }
  command
    .option(
      "--workers <number>",
      "processes that share the port, or auto: one for each processor (default: 1)",
    )
    .option(
      "--user <uid[:gid]>",
      "whom root becomes after start and whom an image runs it as, or root to stay it (default: 65532:65532)",
    )
    .option("--no-seccomp", "leave the filter of system calls out")
    .option(
      "--health [path]",
      `answer 200 there, 503 after SIGTERM; never logged (path: ${defaultHealthPath})`,
    )
    .option(
      "--healthcheck",
      "let the executable ask its own server, <executable> --healthcheck, and engines ask the executable",
    )
    .option("--metrics [path]", `counters for Prometheus there (path: ${defaultMetricsPath})`);
  repeatable(
    command,
    "--env <names>",
    "serve these environment variables as /config.json and /config.js; NAME=VALUE sets one in an image",
  );
  return command
    .option("--access-log <format>", "log requests: common, combined or json")
    .option("--log-to <stream>", "where the log goes: stdout or stderr (default: stdout)")
    .option("--trust <networks>", "proxies whose word on the client's address the log believes: CIDR,…")
    .option(
      "--trust-header <name>",
      "the header that they write: x-forwarded-for or forwarded (default: x-forwarded-for)",
    );
}

/** The flags that would say the same as the configuration file, and over them those that are given. */
export function withConfig(flags: ServerFlags, config: MicrolithConfig): ServerFlags {
  const said: { -readonly [name in keyof ServerFlags]: ServerFlags[name] } = {};
  for (const [, name] of numberFlags) if (config[name] !== undefined) said[name] = String(config[name]);
  const { minimal, workers, user, seccomp, health, healthcheck, metrics, env, accessLog } = config;
  const { logTo, trust, trustHeader } = config;
  if (minimal === true) said.minimal = true;
  if (workers !== undefined) said.workers = String(workers);
  if (user !== undefined) said.user = user;
  if (typeof health === "string" || health === true) said.health = health;
  if (typeof metrics === "string" || metrics === true) said.metrics = metrics;
  if (healthcheck === true) said.healthcheck = true;
  if (env !== undefined && env.length > 0) said.env = env;
  if (accessLog !== undefined) said.accessLog = accessLog;
  if (logTo !== undefined) said.logTo = logTo;
  if (trust !== undefined && trust.length > 0) said.trust = trust.join(",");
  if (trustHeader !== undefined) said.trustHeader = trustHeader;
  // The flag can only take it away.
  const withFlags = { ...said, ...flags, seccomp: flags.seccomp !== false && seccomp !== false };
  // NAME=VALUE is an image's and leaves the names to the configuration.
  const namesAny = flags.env?.some((text) => !text.includes("="));
  return namesAny || !said.env ? withFlags : { ...withFlags, env: [...said.env, ...(flags.env ?? [])] };
}

/** @throws UserError that names the flag */
export function parseServerFlags(flags: ServerFlags): Partial<ServerOptions> {
  const numbers: { [option in NumberOption]?: number } = {};
  for (const [flag, name, option] of numberFlags) {
    const text = flags[name];
    if (typeof text === "string") numbers[option] = parseNumber(flag, text, optionLimits[option]);
  }
  if (numbers.bufferBytes !== undefined && !Number.isInteger(Math.log2(numbers.bufferBytes))) {
    throw new UserError(`--request-bytes ${numbers.bufferBytes} is not a power of two`, {
      help: "Try 8192 or 16384.",
    });
  }
  const accessLog = parseAccessLog(flags);
  if (flags.trustHeader !== undefined && flags.trust === undefined) {
    throw new UserError("--trust-header is about trusted proxies, and there are none", {
      help: "Name their networks, for example --trust 10.0.0.0/8.",
    });
  }
  const names = flags.env?.filter((text) => !text.includes("=")) ?? [];
  return {
    ...numbers,
    ...(flags.workers === undefined ? {} : { workers: parseWorkers(flags.workers) }),
    ...(flags.user === undefined ? {} : { user: parseUser(flags.user) }),
    ...(flags.seccomp === false ? { sandbox: false } : {}),
    ...(flags.health === undefined ? {} : { health: pathOf(flags.health, defaultHealthPath) }),
    ...(flags.healthcheck === true ? { healthcheck: true } : {}),
    ...(flags.metrics === undefined ? {} : { metrics: pathOf(flags.metrics, defaultMetricsPath) }),
    ...(names.length === 0 ? {} : { environment: parseNames(names.join(",")) }),
    ...(accessLog === undefined ? {} : { accessLog }),
    ...(flags.trust === undefined
      ? {}
      : { trusted: flags.trust.split(",").map((text) => parseNetwork("--trust", text.trim())) }),
    ...(flags.trustHeader === undefined
      ? {}
      : { trustedHeader: parseChoice("--trust-header", flags.trustHeader.toLowerCase(), trustHeaders) }),
  };
}

function parseNumber(
  flag: string,
  text: string,
  [least, most]: readonly [number, number],
  otherwise: string = "",
): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UserError(`${flag} ${quote(text)} is not possible`, {
    help: `It is a whole number from ${least} to ${most}${otherwise}.`,
  });
}

function parseWorkers(text: string): number {
  if (text === "auto") return 0;
  return parseNumber("--workers", text, [1, optionLimits.workers[1]], ", or auto: one for each processor");
}

/** `65532`, `65532:65532`; `root` stays root. */
function parseUser(text: string): NumericUser | undefined {
  if (text === "root") return undefined;
  const [, user, group = user] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text) ?? [];
  const largest = 0xffff_fffe;
  if (user !== undefined && Number(user) <= largest && Number(group) <= largest) {
    return { user: Number(user), group: Number(group) };
  }
  throw new UserError(`--user ${quote(text)} is not a numeric user`, {
    help: "The executable knows no names. Try --user 65532 or --user 1000:1000.",
  });
}

function pathOf(given: string | true, otherwise: string): string {
  return given === true ? otherwise : given;
}

function parseNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name));
  if (wrong === undefined) return [...new Set(names)];
  throw new UserError(`--env ${quote(wrong)} is not the name of an environment variable`, {
    help: "Names have letters, digits and underscores; several are separated by commas: --env API_URL,STAGE.",
  });
}

function parseAccessLog(flags: ServerFlags): AccessLog | undefined {
  if (flags.accessLog === undefined) {
    const lost = flags.logTo !== undefined ? "--log-to" : flags.trust !== undefined ? "--trust" : undefined;
    if (lost === undefined) return undefined;
    throw new UserError(`${lost} is about the access log, and there is none`, {
      help: "Ask for it with --access-log combined.",
    });
  }
  return {
    format: parseChoice("--access-log", flags.accessLog, logFormats),
    stream: parseChoice("--log-to", flags.logTo ?? "stdout", logStreams),
  };
}
