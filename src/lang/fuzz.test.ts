/**
 * No input makes the front end crash or hang: seeded mutations of real and of wrong programs either check or end in
 * diagnostics whose spans lie inside their file.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reportsOf } from "../../test/support/checked.ts";
import { repository } from "../../test/support/sources.ts";
import { renderDiagnostics } from "./diagnostics.ts";

const rounds = 3_000;
const seeds = readdirSync(join(repository, "test/wrong"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(repository, "test/wrong", name), "utf8"));

const tokens =
  '( ) { } [ ] < > , ; : . = + - * / % & | ^ ~ ! ? ?. => ... 0 1 -1 0xffffffff 5n 1.5 "text" `t` null this u8 u64 Ptr Fixed Inline zeroed scratch table sizeof bytes byte address load store syscall class enum const let function return if while for switch case default break continue export import from as const typeof never void bool string static readonly new main'.split(
    " ",
  );

/** A small generator with a known sequence (Marsaglia's xorshift, 2003). */
function makeRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

function mutate(text: string, random: (limit: number) => number): string {
  const words = text.split(/(\s+|\b)/);
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(words.length);
    const token = tokens[random(tokens.length)] ?? "";
    switch (random(4)) {
      case 0:
        words.splice(at, 1);
        break;
      case 1:
        words.splice(at, 0, ` ${token} `);
        break;
      case 2:
        words[at] = token;
        break;
      default:
        words.splice(at, 0, ...words.slice(random(words.length)).slice(0, 1 + random(20)));
    }
  }
  return words.join("");
}

test("mutated programs end in a result or in diagnostics", () => {
  const random = makeRandom(0x5eed);
  let wrong = 0;
  for (let round = 0; round < rounds; round++) {
    const text = mutate(seeds[random(seeds.length)] ?? "", random);
    let reports: ReturnType<typeof reportsOf>;
    try {
      reports = reportsOf(text, { files: { "./support/module.ts": "export const answer = 42;" } });
    } catch (error) {
      throw new Error(`round ${round} crashes the front end:\n${text}`, { cause: error });
    }
    if (reports.length > 0) wrong++;
    for (const { span } of reports) {
      if (span.start < 0 || span.end < span.start || span.end > span.file.text.length) {
        expect.fail(`round ${round}: a span outside of its file in\n${text}`);
      }
    }
    renderDiagnostics(reports);
  }
  expect(wrong).toBeGreaterThan(rounds / 2);
});

test.each([
  ["parentheses", (n: number) => `export function main(): i32 { return ${"(".repeat(n)}1${")".repeat(n)}; }`],
  ["blocks", (n: number) => `export function main(): void { ${"{".repeat(n)}${"}".repeat(n)} }`],
  ["sums", (n: number) => `export function main(): i32 { return ${"1 + ".repeat(n)}1; }`],
  [
    "types",
    (n: number) =>
      `function f(p: ${"Ptr<".repeat(n)}u8${">".repeat(n)}): void {} export function main(): void {}`,
  ],
  ["members", (n: number) => `export function main(): void { x${".x".repeat(n)} = 1; }`],
  [
    "else",
    (n: number) =>
      `function f(a: u32): void { ${"if (a === 1) f(1); else ".repeat(n)} f(2); } export function main(): void {}`,
  ],
])("%s thousands deep are no crash", (_, make) => {
  expect(() => reportsOf(make(5_000))).not.toThrow();
});
