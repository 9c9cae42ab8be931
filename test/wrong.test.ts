/**
 * Wrong programs: test/wrong/ has one file for each diagnostic or more. The first lines of a file are the reports
 * that it must get, each as `// ML1204 12:7` with the line and column below the header. UPDATE_GOLDEN=1 rewrites
 * them, and the rendered reports in test/wrong/golden/, to be read before they are committed.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check } from "../src/lang/check.ts";
import { diagnosticTable } from "../src/lang/diagnostic-table.ts";
import { type Diagnostic, DiagnosticError, renderDiagnostics } from "../src/lang/diagnostics.ts";
import { parse } from "../src/lang/parse.ts";
import { lineAndColumn, type SourceFile } from "../src/lang/source.ts";
import type { VirtualModule } from "../src/lang/virtual-module.ts";

const folder = join(import.meta.dirname, "wrong");
const isUpdate = process.env.UPDATE_GOLDEN === "1";
const header = /^\/\/ ML\d{4} \d+:\d+\n/;

/** Rendered in full: the forms that a report can have. */
const rendered = ["newcomer", "several", "syntax", "narrowing", "unknown-name", "too-deep", "missing-main"];

const target: VirtualModule = {
  declarations: {
    path: "target.d.ts",
    text: `declare module "microlith:target" {
      export const wordBytes: number;
      export const SYS_write: number;
      export const SYS_nothing: number;
    }`,
  },
  values: new Map([
    ["wordBytes", { kind: "integer", value: 8n }],
    ["SYS_write", { kind: "integer", value: 1n }],
  ]),
  objects: new Map(),
};
const modules = new Map([["microlith:target", target]]);

const names = readdirSync(folder)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -".ts".length));

interface Program {
  readonly expected: readonly string[];
  readonly body: string;
}

function readProgram(name: string): Program {
  let body = readFileSync(join(folder, `${name}.ts`), "utf8");
  const expected: string[] = [];
  for (let line = header.exec(body); line; line = header.exec(body)) {
    expected.push(line[0].slice("// ".length, -1));
    body = body.slice(line[0].length);
  }
  return { expected, body };
}

function reportsOf(entry: SourceFile): readonly Diagnostic[] {
  const resolve = (specifier: string): SourceFile | undefined => {
    if (specifier !== "./support/module.ts") return undefined;
    return { path: "support/module.ts", text: readFileSync(join(folder, specifier), "utf8") };
  };
  try {
    check(parse(entry, resolve, modules), { wordBits: 64, modules });
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}

function formatReport({ number, span }: Diagnostic): string {
  const { line, column } = lineAndColumn(span.file, span.start);
  return `${number} ${line}:${column}`;
}

describe("a wrong program", () => {
  test.each(names)("%s", (name) => {
    const { expected, body } = readProgram(name);
    const reports = reportsOf({ path: `${name}.ts`, text: body });
    const found = reports.map(formatReport);
    if (isUpdate) {
      const lines = found.map((line) => `// ${line}\n`).join("");
      writeFileSync(join(folder, `${name}.ts`), lines + body);
    } else expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThan(0);
  });

  test.each(rendered)("%s is shown with its line and what to do", (name) => {
    const { body } = readProgram(name);
    const text = renderDiagnostics(reportsOf({ path: `${name}.ts`, text: body }));
    const golden = join(folder, "golden", `${name}.txt`);
    if (isUpdate) writeFileSync(golden, text);
    else expect(text).toBe(readFileSync(golden, "utf8"));
  });
});

test("every diagnostic has a number of its own and a wrong program", () => {
  const numbers = Object.values(diagnosticTable).map(({ number }) => `ML${number}`);
  expect(new Set(numbers).size).toBe(numbers.length);
  const covered = new Set(
    names.flatMap((name) => readProgram(name).expected.map((line) => line.split(" ")[0])),
  );
  expect(numbers.filter((number) => !covered.has(number))).toEqual([]);
});

test("messages leave no word open", () => {
  const texts = names.flatMap((name) => {
    const reports = reportsOf({ path: `${name}.ts`, text: readProgram(name).body });
    return reports.map(({ message, help }) => `${message} ${help ?? ""}`);
  });
  expect(texts.filter((text) => /\{\w+\}|undefined is|``| {2}/.test(text))).toEqual([]);
});
