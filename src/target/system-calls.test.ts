/**
 * System-call numbers: a wrong one is another call, which no program of the tests need notice. The kernel's headers know
 * those of three tables (386 and amd64; the list that arm64 and riscv64 share); arm's own are in none that is installed
 * beside a compiler.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { needs } from "../../test/support/require-tool.ts";
import { repository } from "../../test/support/sources.ts";
import { genericSystemCalls } from "./generic-system-calls.ts";
import { namesOn32Bits } from "./sandbox.ts";
import { targets } from "./targets.ts";

describe("microlith:target", () => {
  const declared = [
    ...readFileSync(join(repository, "runtime/modules/target.d.ts"), "utf8").matchAll(/ SYS_(\w+): number;/g),
  ].map(([, name]) => name);

  test("declares every system call that a target has, and no other", () => {
    const known = new Set(targets.flatMap(({ systemCalls }) => Object.keys(systemCalls)));
    expect(declared).toEqual([...known].sort());
  });

  test.each(targets)("$id has no number twice", ({ systemCalls }) => {
    const numbers = Object.values(systemCalls);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test("the machines of 32 bits have the same calls, and every one of the newer machines'", () => {
    const [arm, i386] = ["arm", "386"].map((id) => targets.find((target) => target.id === id)?.systemCalls);
    expect(Object.keys(genericSystemCalls).filter((name) => arm?.[name] === undefined)).toEqual([
      "newfstatat",
      "fstat",
    ]);
    // Sockets' first calls went through one number on 386 (socketcall); `accept` never got its own.
    expect(Object.keys(arm ?? {}).filter((name) => i386?.[name] === undefined)).toEqual(["accept"]);
  });
});

needs("gcc")("the numbers of the kernel's headers", () => {
  const tables: readonly (readonly [header: string, id: string])[] = [
    ["asm/unistd_64.h", "amd64"],
    ["asm/unistd_32.h", "386"],
    ["asm-generic/unistd.h", "arm64"],
  ];

  test.each(tables)("%s are those of %s", (header, id) => {
    const { stdout } = spawnSync("gcc", ["-E", "-dM", "-"], {
      // What both newer machines ask of their list; the other headers know nothing of it.
      input: `#define __ARCH_WANT_NEW_STAT\n#define __ARCH_WANT_SET_GET_RLIMIT\n#include <${header}>\n`,
      encoding: "utf8",
    });
    const defined = new Map(
      [...stdout.matchAll(/^#define (__NR\w+) (\w+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
    expect(defined.size).toBeGreaterThan(200);
    const target = targets.find((candidate) => candidate.id === id);
    const kernelName = (name: string): string =>
      target?.wordBytes === 4 ? (namesOn32Bits[name] ?? name) : name;
    for (const [name, number] of Object.entries(target?.systemCalls ?? {})) {
      const value = defined.get(`__NR_${kernelName(name)}`) ?? "";
      // The list of the newer machines names some by way of a name for both widths of words.
      expect([name, defined.get(value) ?? value]).toEqual([name, String(number)]);
    }
  });
});
