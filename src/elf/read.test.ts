import { describe, expect, it } from "vitest";
import { amd64, exitZero386, hello, i386, withStorage } from "../../test/support/hello.ts";
import { UserError } from "../base/errors.ts";
import { amd64 as target } from "../target/amd64/amd64.ts";
import { link } from "./link.ts";
import { isElf, readElf } from "./read.ts";

const plain = link(withStorage(100, 1), {
  layout: "plain",
  machine: amd64,
  debug: true,
  unwinding: target.unwinding,
}).bytes;
const tight = link(hello, { layout: "tight", machine: amd64 }).bytes;
const smallest = link(exitZero386, { layout: "tight", machine: i386 }).bytes;

function patched(changes: Readonly<Record<number, number>>, bytes: Uint8Array = plain): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [at, value] of Object.entries(changes)) copy[Number(at)] = value;
  return copy;
}

describe("readElf", () => {
  it("reads segments as we wrote them", () => {
    const { segments, type } = readElf(plain, "x");
    expect(type).toBe(2);
    expect(segments.map(({ kind, access }) => `${kind} ${access}`)).toEqual([
      "load r-x",
      "load rw-",
      "stack rw-",
    ]);
    // Nothing else of it is read by Linux; what lies there is another header's.
    expect(segments[2]).toMatchObject({ address: 0, memorySize: 0, offset: 0, fileSize: 0, alignment: 0 });
  });

  it("reads overlapped headers, be the class what it may", () => {
    expect(readElf(tight, "x").segments).toMatchObject([{ kind: "load", access: "r-x", address: 0x40_0001 }]);
    expect(readElf(smallest, "x").segments).toMatchObject([
      { kind: "load", access: "r--", address: 0x1_0000 },
    ]);
  });

  it("reads the executable that runs this test", async () => {
    const { readFileSync } = await import("node:fs");
    const file = readElf(readFileSync(process.execPath), process.execPath);
    expect(file.segments.some(({ kind }) => kind === "load")).toBe(true);
    expect(file.sections.map(({ name }) => name)).toContain(".text");
  });

  it.each([
    ["nothing", new Uint8Array(0), "does not begin with the ELF magic"],
    ["text", Buffer.from("#!/bin/sh\n"), "does not begin with the ELF magic"],
    ["the magic alone", plain.slice(0, 4), "ends inside the ELF header"],
    ["half a header", plain.slice(0, 40), "ends inside the ELF header"],
    ["header without program headers", plain.slice(0, 64), "program headers lie outside"],
    ["program headers beyond the end", patched({ 34: 0xff }), "program headers lie outside"],
    ["program headers beyond all numbers", patched({ 39: 0xff }), "program headers lie outside"],
    ["too many program headers", patched({ 57: 0xff }), "program headers lie outside"],
    ["program headers of no size", patched({ 54: 0 }), "program headers lie outside"],
    ["big-endian", patched({ 18: 0, 19: 22, 5: 2 }), "big-endian"],
    ["unknown class", patched({ 18: 243, 4: 7 }), "unknown class 7"],
  ])("%s: a UserError", (_, bytes, message) => {
    expect(() => readElf(bytes, "file")).toThrow(UserError);
    expect(() => readElf(bytes, "file")).toThrow(message);
  });

  it("never fails otherwise, whatever the bytes are", () => {
    let state = 12345;
    const next = (below: number): number => {
      state = (state * 48271) % 0x7fffffff;
      return state % below;
    };
    let read = 0;
    for (let round = 0; round < 20_000; round++) {
      const source = [plain, tight, smallest][next(3)] ?? plain;
      const bytes = Uint8Array.from(source.subarray(0, next(4) === 0 ? next(source.length) : source.length));
      for (let i = next(6); i >= 0; i--) bytes[next(bytes.length) || 4] = next(256);
      try {
        readElf(bytes, "file");
        read += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
    expect(read).toBeGreaterThan(1000);
    expect(isElf(plain)).toBe(true);
  });
});
