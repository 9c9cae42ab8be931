/**
 * AFL++ and the sanitizers on the whole server as C, with a kernel of the test's own: test/fuzz/kernel.c says what a finding is.
 * `npm run fuzz -- --server` does the same for as long as one likes.
 */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { needs } from "../support/require-tool.ts";
import { repository } from "../support/sources.ts";

function fuzz(...args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const script = join(repository, "scripts", "fuzz.mjs");
  const { status, stdout } = spawnSync(process.execPath, [script, "--server", ...args], { encoding: "utf8" });
  return { status, stdout };
}

needs(
  "afl-fuzz",
  "afl-clang-fast",
  "gcc",
)("the server under AFL++", () => {
  test("neither the corpus nor what is found from it does harm", { timeout: 180_000 }, () => {
    const { status, stdout } = fuzz("--minutes", "0.25");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^\d+ cases of the corpus, \d+ runs, \d+ new paths: no finding\n$/),
    });
    // A corpus that reaches nothing, or a server that ends at once, would prove little.
    expect(Number(/^(\d+) cases/.exec(stdout)?.[1])).toBeGreaterThan(50);
    expect(Number(/(\d+) runs/.exec(stdout)?.[1])).toBeGreaterThan(1000);
  });

  test.each([
    ["1", "another answer when it comes in pieces"],
    ["2", "a connection is left open for ever"],
  ])("a wrong kernel is noticed: %s", { timeout: 60_000 }, (fault, finding) => {
    const { status, stdout } = fuzz("--minutes", "0.02", "--fault", fault);
    expect(status).toBe(1);
    expect(stdout).toContain(finding);
  });
});
