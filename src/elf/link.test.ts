/** What the linker makes runs, is read by the platform's tools and by our own reader, and every byte has one owner. */

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { block, imm, instruction, mem, reg, sym } from "../../test/support/amd64.ts";
import {
  amd64,
  data,
  exit,
  exitZero,
  exitZero386,
  hello,
  hello386,
  i386,
  print,
  program,
  syscall,
  waiting,
  withStorage,
} from "../../test/support/hello.ts";
import { collectBytes } from "../base/byte-source.ts";
import { heldContent } from "../base/content.ts";
import type { DataObject } from "../base/data-object.ts";
import { amd64 as target } from "../target/amd64/amd64.ts";
import { assemble } from "../target/assemble.ts";
import type { Executable } from "./executable.ts";
import { link } from "./link.ts";
import type { ObjectCode } from "./object.ts";
import { readElf } from "./read.ts";
import { orderStorage } from "./storage.ts";

const { encode } = target;

const folder = mkdtempSync(join(tmpdir(), "microlith-elf-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function save(bytes: Uint8Array): string {
  const path = join(folder, `program-${files++}`);
  writeFileSync(path, bytes, { mode: 0o755 });
  return path;
}

function run({ bytes }: Executable): { status: number | null; output: string } {
  const { status, stdout } = spawnSync(save(bytes), { encoding: "utf8", timeout: 10_000 });
  return { status, output: stdout };
}

function expectAttributed({ bytes, items }: Executable): void {
  let end = 0;
  for (const item of items) {
    expect(item.offset, item.name).toBe(end);
    end += item.size;
  }
  expect(end).toBe(bytes.length);
}

describe("small programs", () => {
  it.each([
    ["hello", hello, amd64, "plain", 154, "Hello World\n"],
    ["hello", hello, amd64, "tight", 106, "Hello World\n"],
    ["true", exitZero, amd64, "plain", 127, ""],
    ["true", exitZero, amd64, "tight", 80, ""],
    ["hello 386", hello386, i386, "plain", 135, "Hello World\n"],
    ["hello 386", hello386, i386, "tight", 75, "Hello World\n"],
    ["true 386", exitZero386, i386, "plain", 119, ""],
    ["true 386", exitZero386, i386, "tight", 45, ""],
  ] as const)("%s %#: runs, %s", (_, object, machine, layout, budget, output) => {
    const executable = link(object, { layout, machine });
    expect(executable.bytes.length).toBeLessThanOrEqual(budget);
    expect(executable).toMatchObject({ layout, note: undefined });
    expectAttributed(executable);
    expect(run(executable)).toEqual({ status: 0, output });
    const file = readElf(executable.bytes, "file");
    expect(file).toMatchObject({
      wordBytes: machine.wordBytes,
      machine: machine.elfMachine,
      entry: executable.entry,
    });
    expect(file.segments[0]).toMatchObject({ kind: "load" });
    expect(file.segments.some(({ access }) => /w.*x/.test(access))).toBe(false);
  });

  it("gives the same bytes twice", () => {
    for (const layout of ["plain", "tight"] as const) {
      const [a, b] = [1, 2].map(() => link(hello, { layout, machine: amd64 }).bytes);
      expect(a).toEqual(b);
    }
  });
});

describe("tight", () => {
  it("leaves a program with storage plain and says why", () => {
    const executable = link(withStorage(8, 2), { layout: "tight", machine: amd64 });
    expect(executable).toMatchObject({ layout: "plain", note: expect.stringContaining("writable storage") });
    expect(run(executable).status).toBe(42);
  });

  it("leaves an unknown machine plain", () => {
    const executable = link(hello, {
      layout: "tight",
      machine: { ...amd64, elfMachine: 22, pageBytes: 65_536 },
    });
    expect(executable).toMatchObject({ layout: "plain", note: expect.stringContaining("no tight layout") });
  });

  it.each([1, 5000])("lays content of %i bytes behind its head", async (size) => {
    const content = Buffer.alloc(size, "y");
    const page = data("page", "head", { kind: "content", body: heldContent(content) });
    const site = program([...print("page", 4 + size), ...exit(3)], { data: [page, data("text", "small")] });
    const executable = link(site, { layout: "tight", machine: amd64 });
    expect(executable.layout).toBe("tight");
    const whole = await collectBytes(executable.file.read(), 1 << 20, "the file");
    expectAttributed({ ...executable, bytes: whole });
    expect(run({ ...executable, bytes: whole })).toEqual({ status: 3, output: `head${content}` });
  });

  it("keeps a program that cannot be cut, or that is large, together behind the headers", () => {
    const text = "x".repeat(5000);
    const large = program([...print("text", 100), ...exit(3)], { data: [data("text", text)] });
    const executable = link(large, { layout: "tight", machine: amd64 });
    expectAttributed(executable);
    expect(executable.bytes.length).toBeLessThanOrEqual(96 + 22 + 5000);
    expect(run(executable)).toEqual({ status: 3, output: "x".repeat(100) });
    const whole = link({ ...hello, cuts: [] }, { layout: "tight", machine: amd64 });
    expect(whole.bytes.length).toBe(118);
    expect(run(whole)).toEqual({ status: 0, output: "Hello World\n" });
  });

  it("is made of no code at all", () => {
    const executable = link(program([]), { layout: "tight", machine: amd64 });
    expectAttributed(executable);
    expect(executable.bytes.length).toBeLessThanOrEqual(104);
  });

  it("takes the smallest headers only for code without addresses, and keeps the magic's prefixes from it", () => {
    // With the prefix 46 the first would be `xor edi, r15d`.
    const prefixed = program([
      instruction("xor", 32, [reg(7), reg(7)]),
      instruction("push", 64, [imm(60)]),
      instruction("pop", 64, [reg(0)]),
      syscall,
    ]);
    const padded = link(prefixed, { layout: "tight", machine: amd64 });
    expect(padded.bytes.length).toBe(80);
    expect(padded.bytes[4]).toBe(0x90);
    expect(run(padded).status).toBe(0);
    const relative = program([
      instruction("push", 64, [{ kind: "immediate", value: 60n }]),
      instruction("pop", 64, [reg(0)]),
      instruction("movzx8", 32, [reg(7), mem({ symbol: "answer" })]),
      syscall,
    ]);
    const executable = link(
      { ...relative, data: [data("answer", "\x2a")] },
      { layout: "tight", machine: amd64 },
    );
    expect(executable.entry).toBe(0x5_0000_0001);
    expectAttributed(executable);
    expect(run(executable).status).toBe(42);
  });
});

describe("plain", () => {
  it("begins the code in the stack header of 32-bit machines when that leaves less behind it", () => {
    const long = {
      ...hello386,
      data: hello386.data.map((each) => ({ ...each, bytes: Buffer.alloc(21, "z") })),
    };
    for (const object of [hello386, long]) {
      const [whole, cut] = [[], object.cuts].map((cuts) =>
        link({ ...object, cuts }, { layout: "plain", machine: i386 }),
      );
      if (!whole || !cut) throw new Error("two executables");
      expectAttributed(cut);
      expect(cut.text.length).toBe(2);
      expect(cut.bytes.length).toBeLessThan(whole.bytes.length);
      expect(run(cut)).toEqual(run(whole));
      expect(run(cut).status).toBe(0);
    }
    const debug = link(hello386, {
      layout: "plain",
      machine: i386,
      debug: true,
      unwinding: target.unwinding,
    });
    expect(debug.text.length).toBe(1);
  });

  it.each([
    ["zeros only", 70_000, undefined, 40],
    ["zeros and initial bytes", 70_000, 2, 42],
    ["a little of each", 1, 5, 45],
  ])("storage: %s", (_, zeros, initial, status) => {
    const object = withStorage(zeros, initial);
    const ordered = { ...object, storage: orderStorage(object.storage, new Map()) };
    const executable = link(ordered, { layout: "plain", machine: amd64 });
    expectAttributed(executable);
    expect(run(executable).status).toBe(status);
    const storage = executable.segments.find(({ access }) => access === "rw-");
    expect(storage?.fileSize).toBe(initial === undefined ? 0 : 4);
  });

  it.each([4096, 65_536])("segments are congruent and disjoint for pages of %i bytes", (pageBytes) => {
    for (const object of [hello, withStorage(100, undefined), withStorage(100_000, 7)]) {
      const { segments, bytes } = link(object, { layout: "plain", machine: { ...amd64, pageBytes } });
      for (const { address, offset, fileSize, memorySize } of segments) {
        expect(address % pageBytes).toBe(offset % pageBytes);
        expect(offset + fileSize).toBeLessThanOrEqual(bytes.length);
        expect(fileSize).toBeLessThanOrEqual(memorySize);
      }
      const [code, storage] = segments;
      if (code === undefined || storage === undefined) continue;
      const pageOf = (address: number): number => Math.floor(address / pageBytes);
      expect(pageOf(storage.address)).toBeGreaterThan(pageOf(code.address + code.memorySize - 1));
    }
  });

  it("is never writable and executable at once, stack included", async () => {
    const child = spawn(save(link(waiting, { layout: "plain", machine: amd64 }).bytes), { stdio: "ignore" });
    try {
      let maps = "";
      for (let i = 0; i < 200 && !maps.includes("program-"); i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        maps = readFileSync(`/proc/${child.pid}/maps`, "utf8");
      }
      const accesses = maps
        .trim()
        .split("\n")
        .map((line) => line.split(/ +/)[1] ?? "");
      expect(maps).toContain("program-");
      expect(accesses.filter((access) => access.includes("w") && access.includes("x"))).toEqual([]);
      expect(accesses.some((access) => access.startsWith("rw"))).toBe(true);
      expect(maps).toMatch(/rw-p .*\[stack\]/);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("needs no stack header on 64 bits without storage: the kernel's default is not executable", async () => {
    const object = { ...waiting, storage: [] };
    const child = spawn(save(link(object, { layout: "plain", machine: amd64 }).bytes), { stdio: "ignore" });
    try {
      let maps = "";
      for (let i = 0; i < 200 && !maps.includes("program-"); i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        maps = readFileSync(`/proc/${child.pid}/maps`, "utf8");
      }
      expect(maps).toMatch(/rw-p .*\[stack\]/);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is what readelf and objdump understand", () => {
    const path = save(link(withStorage(70_000, 2), { layout: "plain", machine: amd64 }).bytes);
    const result = spawnSync("readelf", ["-hlW", path], { encoding: "utf8" });
    expect(result.stderr).toBe("");
    expect(result.stdout).toMatch(/Type: +EXEC/);
    expect(result.stdout).toMatch(/LOAD +0x000000 0x0000000000400000 .* R E 0x1000/);
    expect(result.stdout).toMatch(/LOAD +0x\w+ 0x\w+ .* RW +0x1000/);
    expect(result.stdout).toMatch(/GNU_STACK .* RW /);
    expect(execFileSync("objdump", ["-f", path], { encoding: "utf8" })).toContain("i386:x86-64");
  });

  it("has symbols for a debugger on demand", () => {
    const executable = link(hello, {
      layout: "plain",
      machine: amd64,
      debug: true,
      unwinding: target.unwinding,
    });
    expectAttributed(executable);
    expect(run(executable)).toEqual({ status: 0, output: "Hello World\n" });
    const path = save(executable.bytes);
    const listing = spawnSync("objdump", ["-d", path], { encoding: "utf8" });
    expect(listing.stderr).toBe("");
    expect(listing.stdout).toContain("<start>:");
    expect(listing.stdout.match(/syscall/g)?.length).toBe(2);
    const file = readElf(executable.bytes, path);
    expect(file.sections.map(({ name }) => name)).toEqual([
      ...[
        "",
        ".text",
        ".symtab",
        ".strtab",
        ".debug_abbrev",
        ".debug_info",
        ".debug_line",
        ".debug_frame",
        ".shstrtab",
      ],
    ]);
    expect(file.symbols).toEqual([
      { name: "start", address: executable.addresses.get("start"), size: 22 },
      { name: "text", address: executable.addresses.get("text"), size: 12 },
    ]);
    expect(() =>
      link(hello, { layout: "tight", machine: amd64, debug: true, unwinding: target.unwinding }),
    ).toThrow("debug");
  });
});

describe("data", () => {
  const linked = (objects: readonly ReturnType<typeof data>[]): Executable =>
    link(
      { ...hello, data: [data("text", "Hello World\n"), ...objects] },
      { layout: "plain", machine: amd64 },
    );
  const textAt = ({ bytes, addresses }: Executable, name: string, length: number): string => {
    const at = (addresses.get(name) ?? 0) - 0x40_0000;
    return Buffer.from(bytes.subarray(at, at + length)).toString();
  };

  it("shares constants that are equal or inside another, and nothing else", () => {
    const executable = linked([
      data("world", "World\n"),
      data("same", "Hello World\n"),
      data("ell", "ell"),
      data("empty", ""),
      data("table", "World\n", { kind: "table" }),
      data("aligned", "Worl", { alignment: 4 }),
    ]);
    expectAttributed(executable);
    const at = (name: string): number => executable.addresses.get(name) ?? 0;
    expect(at("same")).toBe(at("text"));
    expect(at("world")).toBe(at("text") + 6);
    expect(at("ell")).toBe(at("text") + 1);
    expect(at("aligned") % 4).toBe(0);
    expect(
      [at("table"), at("aligned")].every((address) => address >= at("text") + 12 || address < at("text")),
    ).toBe(true);
    expect(textAt(executable, "table", 6)).toBe("World\n");
    expect(executable.items.filter(({ name }) => ["same", "world", "ell"].includes(name))).toEqual([]);
  });

  it("orders so that alignment costs nothing when it can", () => {
    const executable = linked([
      data("wide", new Uint8Array(16), { kind: "table", alignment: 8 }),
      data("narrow", new Uint8Array(8), { kind: "table", alignment: 4 }),
      data("a", "1"),
      data("b", "22"),
      data("c", "333"),
      data("page", "<html>", { kind: "content" }),
    ]);
    expect(executable.items.filter(({ kind }) => kind === "padding")).toEqual([]);
    expect(executable.addresses.get("wide")).toSatisfy((address: number) => address % 8 === 0);
    expect(executable.items.at(-1)?.name).toBe("page");
  });

  it("leaves no gaps between content on machines that load from anywhere", () => {
    const pages = ["12345", "123", "1"].map((text) => data(text, text, { kind: "content", alignment: 4 }));
    const gaps = (loadsUnaligned: boolean): number => {
      const object = { ...hello, data: [...hello.data, ...pages] };
      const executable = link(object, { layout: "plain", machine: { ...amd64, loadsUnaligned } });
      expectAttributed(executable);
      return executable.items.filter(({ kind }) => kind === "padding").length;
    };
    expect(gaps(false)).toBeGreaterThanOrEqual(2);
    expect(gaps(true)).toBe(0);
  });

  it.each([false, true])(
    "leaves bodies out of memory, and puts them in their places; debug: %s",
    async (debug) => {
      const page = (name: string, head: string, body: string): DataObject =>
        data(name, head, {
          kind: "content",
          alignment: 4,
          body: heldContent(Buffer.from(body)),
          relocations: [{ offset: 0, target: "text", addend: 0 }],
        });
      const pages = [page("a", "....a", "first"), page("b", "....bb", ""), page("c", "....ccc", "the third")];
      const object = { ...withStorage(70_000, 2), data: [data("text", "Hello World\n"), ...pages] };
      const executable = link(object, {
        layout: "plain",
        machine: amd64,
        debug,
        unwinding: target.unwinding,
      });
      const { file, bytes, bodies, items, addresses } = executable;
      expect(file.size - bytes.length).toBe("first".length + "the third".length);
      expect(bodies.map(({ offset, content }) => [offset % 4, content.size])).toEqual([
        [1, 5],
        [3, 9],
      ]);
      const whole = await collectBytes(file.read(), 1 << 20, "the file");
      expect(whole.length).toBe(file.size);
      expect(Buffer.from(await collectBytes(file.read(100), 1 << 20, "it"))).toEqual(
        Buffer.from(whole.subarray(100)),
      );
      for (const { name, bytes: head, body } of pages) {
        const at = (addresses.get(name) ?? 0) - 0x40_0000;
        const text = Buffer.concat([head.subarray(4), body?.bytes ?? new Uint8Array(0)]).toString();
        expect(Buffer.from(whole.subarray(at + 4, at + 4 + text.length)).toString()).toBe(text);
        expect(new DataView(whole.buffer).getUint32(at, true)).toBe(addresses.get("text"));
        expect(items.filter((item) => item.name === name).map(({ kind, size }) => [kind, size])).toEqual([
          ["table", head.length],
          ["content", body?.size],
        ]);
      }
      expectAttributed({ ...executable, bytes: whole });
      const { status } = spawnSync(save(whole));
      expect(status).toBe(42);
      expect(readElf(whole, "file").symbols.some(({ name, size }) => name === "c" && size === 16)).toBe(
        debug,
      );
    },
  );

  it("writes addresses into data", () => {
    const pointers = data("pointers", new Uint8Array(8), {
      kind: "table",
      alignment: 4,
      relocations: [
        { offset: 0, target: "text", addend: 6 },
        { offset: 4, target: "start", addend: 0 },
      ],
    });
    const { bytes, addresses } = linked([pointers]);
    const view = new DataView(bytes.buffer, (addresses.get("pointers") ?? 0) - 0x40_0000);
    expect(view.getUint32(0, true)).toBe((addresses.get("text") ?? 0) + 6);
    expect(view.getUint32(4, true)).toBe(addresses.get("start"));
  });

  it("resolves calls between functions, and addresses relative to the instruction with an immediate behind", () => {
    const functions = [
      { name: "start", blocks: [block(0, [instruction("call", 64, [sym("check")]), ...exit(1)])] },
      {
        name: "check",
        blocks: [
          block(1, [
            instruction("cmp", 32, [
              mem({ symbol: "word", displacement: 4 }),
              { kind: "immediate", value: 1000n },
            ]),
            instruction("setcc", 8, [reg(7)], "e"),
            instruction("movzx8", 32, [reg(7), reg(7)]),
            instruction("add", 32, [reg(7), { kind: "immediate", value: 6n }]),
            instruction("mov", 32, [reg(0), { kind: "immediate", value: 60n }]),
            syscall,
          ]),
        ],
      },
    ].map((fn) => ({ ...fn, parameters: [], result: undefined, registers: 64, frameBytes: 0 }));
    const word = data("word", Uint8Array.of(0, 0, 0, 0, 0xe8, 3, 0, 0), { alignment: 4 });
    const object: ObjectCode = {
      ...assemble(functions, { encode }),
      data: [word],
      storage: [],
      entry: "start",
    };
    expect(run(link(object, { layout: "plain", machine: amd64 })).status).toBe(7);
    expect(run(link(object, { layout: "tight", machine: amd64 })).status).toBe(7);
  });
});

describe("mistakes", () => {
  it("a symbol that is missing, or there twice, is a bug", () => {
    expect(() => link({ ...hello, data: [] }, { layout: "plain", machine: amd64 })).toThrow(
      "undefined symbol: text",
    );
    const twice = { ...hello, data: [data("text", "a"), data("text", "b")] };
    expect(() => link(twice, { layout: "plain", machine: amd64 })).toThrow("twice");
  });

  it("more than 2 GiB is the input's fault", () => {
    const bytes = new Uint8Array(2 ** 30);
    const content = ["a", "b"].map((name) => data(name, bytes, { kind: "content" }));
    const object = { ...hello, data: [...hello.data, ...content] };
    for (const layout of ["plain", "tight"] as const) {
      expect(() => link(object, { layout, machine: amd64 })).toThrow(
        expect.objectContaining({
          name: "UserError",
          exitCode: 1,
          message: expect.stringContaining("2 GiB"),
        }),
      );
    }
  });
});
