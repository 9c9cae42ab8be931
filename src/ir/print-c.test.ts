import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DataObject } from "../base/data-object.ts";
import type { Span } from "../lang/source.ts";
import { createFunction } from "./build.ts";
import type { IrProgram } from "./ir.ts";
import { cFlags, printC } from "./print-c.ts";
import { SsaBuilder } from "./ssa.ts";
import { validateProgram } from "./validate.ts";

const span: Span = { file: { path: "test.ts", text: "" }, start: 0, end: 0 };
const hello = new TextEncoder().encode("Hello\n");

/** Writes what a pointer in a table points to, then exits with 7 from a global. */
function helloProgram(wordType: "i32" | "i64", write: number, exit: number): IrProgram {
  const text: DataObject = {
    name: "the text",
    kind: "constant",
    bytes: hello,
    alignment: 1,
    relocations: [],
  };
  const table: DataObject = {
    name: "table",
    kind: "table",
    bytes: new Uint8Array(8),
    alignment: 4,
    relocations: [{ offset: 4, target: "the text", addend: 0 }],
  };
  const fn = createFunction("start", [], "void", false, undefined);
  const builder = new SsaBuilder(fn);
  const word = (value: number) => builder.constant(wordType, BigInt(value), span);
  const widen = (value: ReturnType<typeof word>) =>
    wordType === "i64" ? builder.emit("zext32", "i64", [value], span) : value;
  const address = builder.emit("load32", "i32", [builder.address("table", 0, span)], span);
  address.offset = 4;
  builder.emit("syscall", wordType, [word(write), word(1), widen(address), word(hello.length)], span);
  const status = builder.emit("load32", "i32", [builder.address("status", 0, span)], span);
  builder.emit("syscall", wordType, [word(exit), widen(status)], span);
  builder.finish();
  const status4 = { name: "status", size: 4, alignment: 4, bytes: Uint8Array.of(7, 0, 0, 0) };
  return { functions: [fn], globals: [status4], data: [text, table], wordType };
}

/** What runs on the machine that tests run on; the others are the programs suite's matter. */
const isHost =
  process.platform === "linux" && process.arch === "x64" && spawnSync("gcc", ["--version"]).status === 0;

describe("printC", () => {
  it.runIf(isHost || process.env.CI === "true")("writes what gcc makes the same program of", () => {
    const program = helloProgram("i64", 1, 231);
    validateProgram(program);
    const folder = mkdtempSync(join(tmpdir(), "microlith-c-"));
    writeFileSync(join(folder, "hello.c"), printC(program));
    execFileSync("gcc", [
      ...cFlags,
      "-Werror",
      "-o",
      join(folder, "hello"),
      join(folder, "hello.c"),
      "-lgcc",
    ]);
    const run = spawnSync(join(folder, "hello"), { encoding: "utf8" });
    expect([run.stdout, run.status]).toEqual(["Hello\n", 7]);
  });
});
