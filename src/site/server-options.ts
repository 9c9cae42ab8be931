/**
 * What can be chosen when a server is built, with its defaults, and the virtual module `microlith:options` that
 * carries the choice into the program.
 */

import { isIP, isIPv4 } from "node:net";
import type { DataObject } from "../base/data-object.ts";
import { UserError } from "../base/errors.ts";
import type { SourceFile } from "../lang/source.ts";
import type { VirtualModule, VirtualValue } from "../lang/virtual-module.ts";
import { logFormat } from "./log-format.ts";
import { addressBytes, type Network, networkTable } from "./network.ts";
import { encodePath } from "./routes.ts";
import {
  keptCount,
  keptFields,
  makeTokenLists,
  type TokenChoice,
  type TokenOptions,
  tokenCodes,
} from "./tokens.ts";

export interface ServerOptions {
  /** When neither argument nor environment names one. */
  readonly port: number;
  /** An IP address; absent: every address. */
  readonly host: string | undefined;
  readonly maxConnections: number;
  /** Bytes of a request's head and body together. A power of two. */
  readonly bufferBytes: number;
  /** Requests that are answered by one system call. */
  readonly batchRequests: number;
  /** Seconds that a connection may stay without a request. */
  readonly idleSeconds: number;
  /** For a request to arrive, from its first byte. */
  readonly requestSeconds: number;
  /** That a peer may take nothing of a response. */
  readonly stallSeconds: number;
  /** For a peer to close after an error. */
  readonly lingerSeconds: number;
  /** For everybody to finish after SIGTERM. */
  readonly drainSeconds: number;
  /** How long after SIGTERM new connections are still taken in, so that balancers see the health path's 503. */
  readonly drainDelaySeconds: number;
  /** Processes that share the port; 0: one for each processor that the process may use. */
  readonly workers: number;
  /** The filter of system calls is installed. */
  readonly sandbox: boolean;
  /** Whom root becomes; absent: it stays root. */
  readonly user: NumericUser | undefined;
  /** The path that tells whether the server serves. */
  readonly health: string | undefined;
  /** `--healthcheck` makes the executable a client that asks its server. */
  readonly healthcheck: boolean;
  /** Names of environment variables that `/config.json` and `/config.js` show. */
  readonly environment: readonly string[];
  /** The path of the counters. */
  readonly metrics: string | undefined;
  readonly accessLog: AccessLog | undefined;
  /** Whose word on a client's address is believed. */
  readonly trusted: readonly Network[];
  /** The one that they write, in lower case. */
  readonly trustedHeader: TrustedHeader;
}

export interface NumericUser {
  readonly user: number;
  readonly group: number;
}

export interface AccessLog {
  readonly format: LogFormat;
  readonly stream: "stdout" | "stderr";
}

export type TrustedHeader = "x-forwarded-for" | "forwarded";
export type LogFormat = "common" | "combined" | "json";

export const defaultServerOptions: ServerOptions = {
  port: 8080,
  host: undefined,
  maxConnections: 1000,
  bufferBytes: 8192,
  batchRequests: 32,
  idleSeconds: 60,
  requestSeconds: 15,
  stallSeconds: 30,
  lingerSeconds: 5,
  drainSeconds: 8,
  drainDelaySeconds: 0,
  workers: 1,
  sandbox: true,
  user: { user: 65_532, group: 65_532 },
  health: undefined,
  healthcheck: false,
  environment: [],
  metrics: undefined,
  accessLog: undefined,
  trusted: [],
  trustedHeader: "x-forwarded-for",
};

/** Descriptors that are not connections: standard streams, listener, queue, signals, and some that we inherit. */
const otherDescriptors = 24;
/** All objects of a program lie below 2 GiB. */
const mostBufferBytes = 2 ** 31 - 1;
const AF_INET = 2;
const AF_INET6 = 10;
/** More processors than that are not used unless a number is given. */
const mostAutomaticWorkers = 64;

const limits = {
  port: [1, 65_535],
  maxConnections: [1, 1_000_000],
  bufferBytes: [1024, 65_536],
  batchRequests: [1, 128],
  idleSeconds: [1, 255],
  requestSeconds: [1, 255],
  stallSeconds: [1, 255],
  lingerSeconds: [1, 255],
  drainSeconds: [1, 255],
  drainDelaySeconds: [0, 255],
  workers: [0, 256],
} as const;

/** The smallest and the largest value of each option that is a number. */
export const optionLimits: Readonly<Record<keyof typeof limits, readonly [number, number]>> = limits;

/** Exported under their own names. */
const plainNumbers = [
  "port",
  "bufferBytes",
  "batchRequests",
  "idleSeconds",
  "requestSeconds",
  "stallSeconds",
  "lingerSeconds",
  "drainSeconds",
  "drainDelaySeconds",
] as const;

/** What the server has because of its site. */
export interface ServerFeatures extends TokenOptions {
  /** It unpacks its tables when it starts. Absent: it has them as they are. */
  readonly hasPackedTables?: boolean;
}

/** `declarations` is the text of runtime/modules/options.d.ts. @throws UserError */
export function optionsModule(
  options: ServerOptions,
  declarations: SourceFile,
  features: ServerFeatures = { hasCodings: false, hasLastModified: false },
): VirtualModule {
  checkOptions(options);
  const values = new Map<string, VirtualValue>();
  const objects = new Map<string, DataObject>();
  const integer = (name: string, value: number): void => {
    values.set(name, { kind: "integer", value: BigInt(value) });
  };
  const data = (name: string, object: DataObject): void => {
    values.set(name, { kind: "data", object });
    objects.set(object.name, object);
  };
  const boolean = (name: string, value: boolean): void => {
    values.set(name, { kind: "boolean", value });
  };
  const { host, maxConnections, workers, user, accessLog, trusted } = options;
  for (const name of plainNumbers) integer(name, options[name]);
  const listeners = workers === 0 ? mostAutomaticWorkers : workers;
  integer("descriptors", maxConnections + otherDescriptors);
  integer("hostFamily", host === undefined ? 0 : isIPv4(host) ? AF_INET : AF_INET6);
  if (host !== undefined) data("hostAddress", table("host address", addressBytes(host), 4));

  boolean("hasPackedTables", features.hasPackedTables === true);
  boolean("hasSandbox", options.sandbox);
  boolean("hasUser", user !== undefined);
  integer("userId", user?.user ?? 0);
  integer("userGroup", user?.group ?? 0);
  boolean("hasWorkers", workers !== 1);
  boolean("hasAutomaticWorkers", workers === 0);
  integer("mostWorkers", listeners);
  boolean("hasHealthcheck", options.healthcheck);
  const request = healthcheckRequest(options.health ?? "/");
  integer("healthcheckRequestBytes", request.bytes.length);
  data("healthcheckRequest", request);
  boolean("hasHealth", options.health !== undefined);
  boolean("hasMetrics", options.metrics !== undefined);
  boolean("hasEnvironment", options.environment.length > 0);
  const hasLog = accessLog !== undefined;
  const isForwarded = options.trustedHeader === "forwarded";
  const hasTrusted = hasLog && trusted.length > 0;
  boolean("hasLog", hasLog);
  boolean("isLogJson", accessLog?.format === "json");
  integer("logDescriptor", accessLog?.stream === "stderr" ? 2 : 1);
  data("logFormat", table("log format", logFormat(accessLog?.format ?? "common"), 1));
  boolean("hasTrusted", hasTrusted);
  boolean("isForwarded", isForwarded);
  data("trustedNetworks", table("trusted networks", networkTable(trusted), 1));

  const names: TokenChoice = {
    ...features,
    hasLog,
    forwarded: hasTrusted ? options.trustedHeader : undefined,
  };
  const lists = makeTokenLists(names);
  for (const [name, object] of Object.entries(lists)) data(name, object);
  for (const [name, value] of Object.entries({ ...tokenCodes, ...keptFields })) integer(name, value);
  integer("keptFields", keptCount(names));
  return { declarations, values, objects };
}

function checkOptions(options: ServerOptions): void {
  for (const [name, [least, most]] of Object.entries(limits)) {
    const value = options[name as keyof typeof limits];
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    throw new UserError(`${name} is ${value}`, { help: `Choose a whole number from ${least} to ${most}.` });
  }
  if (!Number.isInteger(Math.log2(options.bufferBytes))) {
    throw new UserError(`bufferBytes is ${options.bufferBytes}`, { help: "Choose a power of two." });
  }
  const { maxConnections, bufferBytes } = options;
  if ((maxConnections + otherDescriptors) * bufferBytes > mostBufferBytes) {
    throw new UserError(
      `${maxConnections} connections with ${bufferBytes} bytes for a request need more than 2 GiB of memory`,
      { help: "Choose a smaller --max-connections or --request-bytes." },
    );
  }
  if (options.host !== undefined && isIP(options.host) === 0) {
    throw new UserError(`host is "${options.host}"`, { help: "Choose an IPv4 or IPv6 address." });
  }
}

/** HTTP/1.0, so that the server closes when it has answered. */
function healthcheckRequest(path: string): DataObject {
  const request = `GET ${encodePath(path)} HTTP/1.0\r\n\r\n`;
  return table("health check", Buffer.from(request, "latin1"), 1);
}

function table(name: string, bytes: Uint8Array, alignment: number): DataObject {
  return { name, kind: "table", bytes: Uint8Array.from(bytes), alignment, relocations: [] };
}
