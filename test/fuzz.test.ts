/** Changed programs: the compiler refuses or compiles them, and does nothing else. `npm run fuzz` runs as many as one likes. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./support/sources.ts";

function fuzz(...args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const script = join(repository, "scripts", "fuzz.mjs");
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  return { status, stdout };
}

test("no changed program makes the compiler crash or hang", { timeout: 180_000 }, () => {
  const { status, stdout } = fuzz("--seed", "1", "--count", "1000");
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^1000 programs: \d+ compiled, \d+ refused\n$/),
  });
  // Changes that nothing gets past the parser with would prove little.
  expect(Number(stdout.match(/(\d+) compiled/)?.[1])).toBeGreaterThan(100);
});

test("a seed gives the same program each time, and others others", () => {
  const printed = ["1", "1", "2"].map((seed) => fuzz("--seed", seed, "--count", "1", "--print").stdout);
  expect(printed[0]).toBe(printed[1]);
  expect(printed[0]).not.toBe(printed[2]);
});
