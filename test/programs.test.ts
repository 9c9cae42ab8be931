/**
 * Every program of `test/programs/` through every implementation: output and exit code are what its header says.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { native, nativeForSpeed, runProgram, throughC } from "./support/implementations.ts";
import { testPrograms } from "./support/programs.ts";
import { needs } from "./support/require-tool.ts";

const folder = mkdtempSync(join(tmpdir(), "microlith-programs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programs = testPrograms();

for (const { name, tools, build } of [...native, ...nativeForSpeed, ...throughC("-Os")]) {
  needs(...tools)(name, () => {
    it.each(programs)("$name", async ({ entry, args, output, exitCode }) => {
      expect(await runProgram(await build(entry, folder), args)).toEqual({ output, exitCode });
    });
  });
}
