/**
 * The front end on programs written in a test.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "../../src/lang/check.ts";
import type { CheckedProgram } from "../../src/lang/checked.ts";
import { type Diagnostic, DiagnosticError } from "../../src/lang/diagnostics.ts";
import { parse } from "../../src/lang/parse.ts";
import type { SourceFile } from "../../src/lang/source.ts";
import type { VirtualModule } from "../../src/lang/virtual-module.ts";
import { repository } from "./sources.ts";

export interface CheckOptions {
  readonly wordBits?: 32 | 64;
  /** Files that the program imports, by specifier. */
  readonly files?: Readonly<Record<string, string>>;
  readonly modules?: ReadonlyMap<string, VirtualModule>;
}

/** The checked program, or a DiagnosticError. `microlith:target` has the system calls that programs here use. */
export function checkText(text: string, options: CheckOptions = {}): CheckedProgram {
  const wordBits = options.wordBits ?? 64;
  const modules = new Map([
    ...(options.modules ?? []),
    ["microlith:target", targetModule(wordBits)] as const,
  ]);
  const files = new Map(
    Object.entries(options.files ?? {}).map(([path, body]) => [path, { path, text: body }]),
  );
  const resolve = (specifier: string): SourceFile | undefined => files.get(specifier);
  return check(parse({ path: "main.ts", text }, resolve, modules), { wordBits, modules });
}

/** What is wrong with a program. */
export function reportsOf(text: string, options: CheckOptions = {}): readonly Diagnostic[] {
  try {
    checkText(text, options);
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}

function targetModule(wordBits: 32 | 64): VirtualModule {
  const path = "runtime/modules/target.d.ts";
  return {
    declarations: { path, text: readFileSync(join(repository, path), "utf8") },
    values: new Map([
      ["wordBytes", { kind: "integer", value: BigInt(wordBits / 8) }],
      ["SYS_write", { kind: "integer", value: 1n }],
      ["SYS_exit", { kind: "integer", value: 60n }],
    ]),
    objects: new Map(),
  };
}
