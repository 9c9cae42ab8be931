/**
 * Random programs: gcc's result for the C that was made beside the program, gcc's for our IR, and our machine code's must
 * agree. `MICROLITH_RANDOM=500` tries that many; a failure names its seed.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type Implementation, native, runProgram, throughC } from "./support/implementations.ts";
import { randomProgram } from "./support/random-program.ts";
import { needs } from "./support/require-tool.ts";

const count = Number(process.env.MICROLITH_RANDOM ?? 30);
const folder = mkdtempSync(join(tmpdir(), "microlith-random-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Before simplification, so that a failure tells lowering's fault from that of what follows. */
const implementations: readonly Implementation[] = [...throughC.slice(0, 1), ...native];

needs(...implementations.flatMap(({ tools }) => tools))("random programs", () => {
  it.each(Array.from({ length: count }, (_, index) => index + 1))("seed %i", (seed) => {
    const { source, c } = randomProgram(seed);
    const entry = { path: join(folder, `random-${seed}.ts`), text: source };
    const reference = runProgram(buildReference(c), []);
    expect(reference.output).toMatch(/^[0-9a-f]{8}\n$/);
    for (const { name, build } of implementations) {
      expect({ name, ...runProgram(build(entry, folder), []) }).toEqual({ name, ...reference });
    }
  });
});

function buildReference(c: string): readonly string[] {
  const source = join(folder, "reference.c");
  const path = join(folder, "reference");
  writeFileSync(source, c);
  execFileSync("gcc", ["-O0", "-w", "-fwrapv", "-o", path, source], { stdio: "pipe" });
  return [path];
}
