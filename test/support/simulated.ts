/**
 * The server as C with the kernel of test/fuzz/kernel.c in one process, so that sanitizers see every access to its storage. A case is a
 * client: the file's first byte says how reluctant it is, the rest is what it sends.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IrProgram } from "../../src/ir/ir.ts";
import { printC } from "../../src/ir/print-c.ts";
import { repository } from "./sources.ts";

export const sanitizers: readonly string[] = [
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=undefined",
];

/** Compiles it as `name` in `folder`: from its IR, or from the C that this is printed as. Needs gcc. */
export function buildSimulated(
  folder: string,
  name: string,
  program: IrProgram | string,
  flags: readonly string[],
): string {
  const source = join(folder, `${name}.c`);
  writeFileSync(source, typeof program === "string" ? program : printC(program));
  const executable = join(folder, name);
  const kernel = join(repository, "test", "fuzz", "kernel.c");
  const common = ["-O1", "-w", "-DSIMULATED", "-fno-pic", "-no-pie"];
  execFileSync("gcc", [...common, ...flags, "-o", executable, source, kernel]);
  return executable;
}

/** Its status and what it said of findings: "0" when there are none. */
export function runCases(program: string, cases: readonly string[]): string {
  const { status, stderr } = spawnSync(program, cases, { encoding: "utf8", maxBuffer: 1 << 26 });
  const lines = stderr.split("\n").filter((line) => line !== "" && !cases.includes(line));
  return `${status} ${lines.slice(0, 30).join("\n")}`.trim();
}
