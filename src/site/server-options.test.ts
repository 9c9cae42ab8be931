import { describe, expect, it } from "vitest";
import { defaultServerOptions, optionsModule, type ServerOptions } from "./server-options.ts";

const declarations = { path: "options.d.ts", text: "" };
const make = (options: Partial<ServerOptions>) =>
  optionsModule({ ...defaultServerOptions, ...options }, declarations);

describe("optionsModule", () => {
  it.each([
    [undefined, 0, undefined],
    ["127.0.0.1", 2, "7f000001"],
    ["0.0.0.0", 2, "00000000"],
    ["::", 10, "0".repeat(32)],
    ["::1", 10, `${"0".repeat(30)}01`],
    ["2001:db8::8:800:200c:417a", 10, "20010db80000000000080800200c417a"],
    ["1:2:3:4:5:6:7:8", 10, "00010002000300040005000600070008"],
    ["fe80::", 10, `fe80${"0".repeat(28)}`],
    ["::ffff:192.0.2.128", 10, "00000000000000000000ffffc0000280"],
  ])("writes the address %s", (host, family, address) => {
    const { values, objects } = make({ host });
    expect(values.get("hostFamily")).toEqual({ kind: "integer", value: BigInt(family) });
    const object = objects.get("host address");
    expect(object && Buffer.from(object.bytes).toString("hex")).toBe(address);
  });

  it.each([
    { port: 0 },
    { port: 65_536 },
    { port: 80.5 },
    { idleSeconds: 0 },
    { stallSeconds: 256 },
    { maxConnections: 0 },
    { bufferBytes: 5000 },
    { host: "localhost" },
    { host: "1.2.3" },
  ])("refuses %j", (options) => {
    expect(() => make(options)).toThrow(Object.keys(options)[0]);
  });

  it("refuses buffers that do not lie below 2 GiB, and takes those that do", () => {
    const message = "1000000 connections with 8192 bytes for a request need more than 2 GiB of memory";
    expect(() => make({ maxConnections: 1_000_000 })).toThrow(message);
    expect(make({ maxConnections: 1_000_000, bufferBytes: 1024 }).values.get("descriptors")).toEqual({
      kind: "integer",
      value: 1_000_024n,
    });
  });
});
