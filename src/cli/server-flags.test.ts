/**
 * The server's flags: text in, options out; what is wrong names its flag.
 */

import { describe, expect, test } from "vitest";
import { networkTable, parseNetwork } from "../site/network.ts";
import { parseServerFlags, type ServerFlags } from "./server-flags.ts";

describe("flags", () => {
  test("that are not given change nothing", () => {
    expect(parseServerFlags({})).toEqual({});
    expect(parseServerFlags({ seccomp: true })).toEqual({});
  });

  const rows: readonly (readonly [ServerFlags, Readonly<Record<string, unknown>>])[] = [
    [
      { maxConnections: "10000", idleTimeout: "5", drainDelay: "0" },
      { maxConnections: 10_000, idleSeconds: 5, drainDelaySeconds: 0 },
    ],
    [{ requestBytes: "16384" }, { bufferBytes: 16_384 }],
    [{ workers: "auto" }, { workers: 0 }],
    [{ workers: "4" }, { workers: 4 }],
    [{ user: "1000" }, { user: { user: 1000, group: 1000 } }],
    [{ user: "1000:50" }, { user: { user: 1000, group: 50 } }],
    [{ user: "root" }, { user: undefined }],
    [{ seccomp: false }, { sandbox: false }],
    [{ health: true }, { health: "/healthz" }],
    [
      { health: "/up", healthcheck: true },
      { health: "/up", healthcheck: true },
    ],
    [{ metrics: true }, { metrics: "/metrics" }],
    [{ env: ["API_URL, STAGE", "STAGE", "OF_THE_IMAGE=1"] }, { environment: ["API_URL", "STAGE"] }],
    [{ accessLog: "json" }, { accessLog: { format: "json", stream: "stdout" } }],
    [{ accessLog: "common", logTo: "stderr" }, { accessLog: { format: "common", stream: "stderr" } }],
  ];
  test.each(rows)("%j", (flags, options) => {
    expect(parseServerFlags(flags)).toEqual(options);
  });

  const wrong: readonly (readonly [ServerFlags, RegExp])[] = [
    [{ maxConnections: "0" }, /--max-connections "0" is not possible/],
    [{ maxConnections: "many" }, /--max-connections "many"/],
    [{ idleTimeout: "256" }, /--idle-timeout "256"/],
    [{ requestBytes: "5000" }, /--request-bytes 5000 is not a power of two/],
    [{ workers: "0" }, /--workers "0"/],
    [{ workers: "257" }, /--workers "257"/],
    [{ user: "www-data" }, /--user "www-data" is not a numeric user/],
    [{ user: "4294967295" }, /--user/],
    [{ env: ["A,1B"] }, /--env "1B"/],
    [{ env: [""] }, /--env ""/],
    [{ accessLog: "clf" }, /--access-log "clf"/],
    [{ accessLog: "json", logTo: "file" }, /--log-to "file"/],
    [{ logTo: "stderr" }, /--log-to is about the access log/],
    [{ trust: "10.0.0.0/8" }, /--trust is about the access log/],
    [{ accessLog: "json", trustHeader: "forwarded" }, /--trust-header is about trusted proxies/],
    [{ accessLog: "json", trust: "10.0.0.0/33" }, /--trust "10.0.0.0\/33" is not a network/],
    [{ accessLog: "json", trust: "proxy" }, /--trust "proxy"/],
    [{ accessLog: "json", trust: "::1/", trustHeader: "forwarded" }, /--trust "::1\/"/],
    [{ accessLog: "json", trust: "::1", trustHeader: "via" }, /--trust-header "via"/],
  ];
  test.each(wrong)("%j is wrong", (flags, message) => {
    expect(() => parseServerFlags(flags)).toThrow(message);
  });
});

test.each([
  ["10.1.2.3/8", "0d00", "00000000000000000000ffff0a", "00"],
  ["192.0.2.1", "1000", "00000000000000000000ffffc0000201", "00"],
  ["fd12::/7", "00fe", "", "fc"],
  ["::/0", "0000", "", "00"],
  ["2001:db8::ffff/127", "0ffe", "20010db800000000000000000000ff", "fe"],
  ["2001:db8:8000::/33", "0480", "20010db8", "80"],
])("the network %s is a number of bytes, a mask, and the bytes", (text, start, whole, last) => {
  const bytes = Buffer.from(networkTable([parseNetwork("--trust", text)])).toString("hex");
  expect(bytes).toBe(`${start}${whole}${last}ff`);
});
