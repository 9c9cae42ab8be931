/**
 * The programs of `test/programs/`: each is one file whose header comments say what it must do. `// expect: TEXT` is a
 * line of its output, `// exit: N` its exit code (0 when absent), `// args: …` its arguments, quoted like a shell's.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ParsedSources, parseProgram } from "../../src/compile.ts";
import { check } from "../../src/lang/check.ts";
import type { CheckedProgram } from "../../src/lang/checked.ts";
import type { SourceFile } from "../../src/lang/source.ts";
import type { VirtualModule, VirtualValue } from "../../src/lang/virtual-module.ts";
import type { Machine } from "./machines.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(repository, "test/programs");

export interface TestProgram {
  /** Its file's name without the suffix. */
  readonly name: string;
  readonly entry: SourceFile;
  readonly args: readonly string[];
  /** All of standard output. */
  readonly output: string;
  readonly exitCode: number;
}

/** By name. */
export function testPrograms(): readonly TestProgram[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => {
      const entry = readSource(join(folder, file));
      return { name: file.slice(0, -".ts".length), entry, ...readHeader(entry.text) };
    });
}

function readHeader(text: string): Pick<TestProgram, "args" | "output" | "exitCode"> {
  const lines = text.split("\n");
  const values = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`// ${key}: `)).map((line) => line.slice(key.length + 5));
  const [exit = "0"] = values("exit");
  const [args = ""] = values("args");
  return {
    args: Array.from(args.matchAll(/"([^"]*)"|\S+/g), ([whole, quoted]) => quoted ?? whole),
    output: values("expect")
      .map((line) => `${line}\n`)
      .join(""),
    exitCode: Number(exit),
  };
}

const arithmetic = readSource(join(repository, "runtime/support/arithmetic.ts"));
const targetDeclarations = readSource(join(repository, "runtime/modules/target.d.ts"));

/** Reads a program's files; `entry.path` is where its imports are looked for. */
export function parseTestProgram(entry: SourceFile): ParsedSources {
  const resolve = (specifier: string, importer: SourceFile): SourceFile | undefined => {
    if (specifier === "microlith/arithmetic") return arithmetic;
    const path = join(dirname(importer.path), specifier);
    return existsSync(path) ? readSource(path) : undefined;
  };
  return parseProgram({ entry, resolve, modules: targetModules() });
}

/** `microlith:target` as declared, without values. */
export function targetModules(): ReadonlyMap<string, VirtualModule> {
  const declared = { declarations: targetDeclarations, values: new Map(), objects: new Map() };
  return new Map([["microlith:target", declared]]);
}

/** The typed tree of a program on `machine`. */
export function checkTestProgram(entry: SourceFile, machine: Machine): CheckedProgram {
  const { wordBits } = machine;
  const modules = new Map([["microlith:target", targetValues(machine)]]);
  return check(parseTestProgram(entry), { wordBits, modules });
}

function targetValues({ wordBits, systemCalls }: Machine): VirtualModule {
  const integer = (value: number): VirtualValue => ({ kind: "integer", value: BigInt(value) });
  const values = new Map<string, VirtualValue>([["wordBytes", integer(wordBits / 8)]]);
  for (const [name, number] of Object.entries(systemCalls)) values.set(`SYS_${name}`, integer(number));
  return { declarations: targetDeclarations, values, objects: new Map() };
}

function readSource(path: string): SourceFile {
  return { path, text: readFileSync(path, "utf8") };
}
