/**
 * The names that the server tells apart: methods, fields and values of fields, as one list that it searches in order.
 * A feature that is left out leaves its names out. What most requests have stands first.
 */

import type { DataObject } from "../base/data-object.ts";

const known = {
  tokenGet: "GET",
  tokenHead: "HEAD",
  // Known methods that a static site does not support: 405 instead of 501.
  tokenOptions: "OPTIONS",
  tokenPost: "POST",
  tokenPut: "PUT",
  tokenDelete: "DELETE",
  tokenPatch: "PATCH",
  tokenTrace: "TRACE",
  tokenConnect: "CONNECT",
  tokenHost: "host",
  tokenConnection: "connection",
  tokenKeepAlive: "keep-alive",
  tokenClose: "close",
  tokenIfNoneMatch: "if-none-match",
  tokenContentLength: "content-length",
  tokenTransferEncoding: "transfer-encoding",
  tokenChunked: "chunked",
  tokenExpect: "expect",
  tokenContinue: "100-continue",
} as const;

/** Fields that only the access log looks at; those of trusted proxies. */
const logged = { tokenReferer: "referer", tokenUserAgent: "user-agent" } as const;
const forwarding = { tokenForwarded: "x-forwarded-for" } as const;
const standardForwarding = { tokenForwarded: "forwarded", tokenFor: "for" } as const;

/** What asks for names beyond those that every server knows. */
export interface TokenOptions {
  readonly hasLog: boolean;
  readonly hasTrusted: boolean;
  /** Forwarded instead of X-Forwarded-For. */
  readonly isForwarded: boolean;
}

export interface Tokens {
  /** For each name a length byte and its characters; a zero byte ends the list. */
  readonly object: DataObject;
  /** By name of the constant: numbers from 1 in the list's order. */
  readonly numbers: ReadonlyMap<string, number>;
}

export function makeTokens({ hasLog, hasTrusted, isForwarded }: TokenOptions): Tokens {
  const numbers = new Map<string, number>();
  const bytes: number[] = [];
  const names = {
    ...known,
    ...(hasLog ? logged : {}),
    ...(hasTrusted ? (isForwarded ? standardForwarding : forwarding) : {}),
  };
  for (const [constant, name] of Object.entries(names)) {
    numbers.set(constant, numbers.size + 1);
    bytes.push(name.length, ...Buffer.from(name, "latin1"));
  }
  bytes.push(0);
  numbers.set("tokenLastMethod", numbers.get("tokenConnect") ?? 0);
  const object: DataObject = {
    name: "tokens",
    kind: "table",
    bytes: Uint8Array.from(bytes),
    alignment: 1,
    relocations: [],
  };
  return { object, numbers };
}
