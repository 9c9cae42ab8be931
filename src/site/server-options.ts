/**
 * What can be chosen when a server is built, with its defaults, and the virtual module `microlith:options` that
 * carries the choice into the program.
 */

import { isIP, isIPv4 } from "node:net";
import type { DataObject } from "../base/data-object.ts";
import { UserError } from "../base/errors.ts";
import type { SourceFile } from "../lang/source.ts";
import type { VirtualModule, VirtualValue } from "../lang/virtual-module.ts";
import { makeTokenLists, tokenCodes } from "./tokens.ts";

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
}

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
};

/** Descriptors that are not connections: standard streams, listener, queue, signals, and some that we inherit. */
const otherDescriptors = 24;
const AF_INET = 2;
const AF_INET6 = 10;

const limits: Readonly<Record<Exclude<keyof ServerOptions, "host">, readonly [number, number]>> = {
  port: [1, 65_535],
  maxConnections: [1, 1_000_000],
  bufferBytes: [1024, 65_536],
  batchRequests: [1, 128],
  idleSeconds: [1, 255],
  requestSeconds: [1, 255],
  stallSeconds: [1, 255],
  lingerSeconds: [1, 255],
  drainSeconds: [1, 255],
};

/** `declarations` is the text of runtime/modules/options.d.ts. @throws UserError */
export function optionsModule(options: ServerOptions, declarations: SourceFile): VirtualModule {
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
  const { host, maxConnections, ...plain } = options;
  for (const [name, value] of Object.entries(plain)) integer(name, value);
  integer("descriptors", maxConnections + otherDescriptors);
  integer("hostFamily", host === undefined ? 0 : isIPv4(host) ? AF_INET : AF_INET6);
  if (host !== undefined) data("hostAddress", hostAddress(host));
  for (const [name, object] of Object.entries(makeTokenLists())) data(name, object);
  for (const [name, value] of Object.entries(tokenCodes)) integer(name, value);
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
  if (options.host !== undefined && isIP(options.host) === 0) {
    throw new UserError(`host is "${options.host}"`, { help: "Choose an IPv4 or IPv6 address." });
  }
}

/** The address in network order. */
function hostAddress(host: string): DataObject {
  const bytes = isIPv4(host) ? Uint8Array.from(host.split("."), Number) : ipv6Bytes(host);
  return { name: "host address", kind: "table", bytes, alignment: 4, relocations: [] };
}

/** Of a valid address; a zone is left out. */
function ipv6Bytes(host: string): Uint8Array {
  const [address = ""] = host.split("%");
  // The last 32 bits may be written as IPv4.
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((each) => each.toString(16)).join(":"),
  );
  const groupsOf = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((each) => parseInt(each, 16));
  const [before = "", after] = text.split("::");
  const left = groupsOf(before);
  const right = after === undefined ? [] : groupsOf(after);
  const groups = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}
