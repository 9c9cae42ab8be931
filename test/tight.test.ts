/**
 * The tight layout on every target: how small it is, that it reads as what it is, and when a plain one is made instead. That
 * kernels load it is shown by examples.test.ts for amd64 and 386, and by kernel/boot.test.ts for all.
 */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readElf } from "../src/elf/read.ts";
import { targets } from "../src/target/targets.ts";
import { compileProgram } from "./support/compile-program.ts";
import { emulatorOf } from "./support/emulators.ts";
import { microlith, temporaryFolder } from "./support/microlith.ts";
import { needs } from "./support/require-tool.ts";

/** Bytes, at most. The least that the headers allow is 104 for 64 bits, 80 on amd64, and 45 for 32. */
const budgets = {
  hello: { amd64: 112, arm64: 128, arm: 96, riscv64: 136, "386": 73 },
  true: { amd64: 80, arm64: 108, arm: 60, riscv64: 106, "386": 45 },
} as const;

const folder = temporaryFolder();
const withStorage = `import { print } from "microlith/std";
let count: u32 = 0;
export function main(stack: usize): i32 {
  for (let i = load<usize>(stack); i > 0; i--) count += 42;
  print("counted\\n");
  return count as i32;
}
`;

describe.each(targets)("$id", (target) => {
  const { id, platform, wordBytes, elfMachine } = target;

  test.each(["hello", "true"] as const)("%s is small, and one segment to read and execute", (name) => {
    const { executable } = compileProgram(`examples/${name}/${name}.ts`, { target: id, layout: "tight" });
    expect(executable).toMatchObject({ layout: "tight", note: undefined });
    expect(executable.bytes.length).toBeLessThanOrEqual(budgets[name][id]);
    const { segments, entry, ...file } = readElf(executable.bytes, name);
    expect(file).toMatchObject({ wordBytes, machine: elfMachine });
    expect(segments).toMatchObject([{ kind: "load" }]);
    expect(entry).toBe(executable.entry);
  });

  needs(...emulatorOf(id).slice(0, 1))("with writable storage", () => {
    test("is plain, and a note says why", () => {
      const source = join(folder, "storage.ts");
      const output = join(folder, id);
      writeFileSync(source, withStorage);
      const built = microlith(["build", source, "-o", output, "--platform", platform, "--layout", "tight"]);
      expect(built).toMatchObject({ status: 0 });
      expect(built.stderr).toContain(
        `microlith: ${platform}: the program has writable storage, which the tight layout has no room for\n`,
      );
      const [command = "", ...before] = [...emulatorOf(id), output];
      const { status, stdout } = spawnSync(command, before, { encoding: "utf8" });
      expect({ status, stdout }).toEqual({ status: 42, stdout: "counted\n" });
    });
  });
});
