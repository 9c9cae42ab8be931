/**
 * Functions with more values alive than any machine has registers: frames beyond what an instruction can add to the stack
 * pointer, and slots beyond the reach of an access.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { native, runProgram } from "./support/implementations.ts";
import { temporaryFolder } from "./support/microlith.ts";
import { needs } from "./support/require-tool.ts";

const folder = temporaryFolder();

/** Of 64 bits, alive at once: frames of 2.4 kB and 4.8 kB. */
describe.each([300, 600])("%i values", (count) => {
  for (const { name, tools, build } of native) {
    needs(...tools)(name, () => {
      it("are all there in the end", { timeout: 120_000 }, async () => {
        const place = join(folder, `${count} ${name}`);
        mkdirSync(place);
        const command = await build({ path: join(place, "main.ts"), text: sourceOf(count) }, place);
        expect(await runProgram(command, [], 60)).toEqual({ output: "", exitCode: statusOf(count) });
      });
    });
  }
});

/** The values come from calls and are used in their order; between the two the function calls itself once. */
function sourceOf(count: number): string {
  const indices = Array.from({ length: count }, (_, index) => index);
  const values = indices.map((index) => `  const v${index} = next();`).join("\n");
  const sums = indices
    .map((index) => `  sum = (rotateLeft(sum, 1) ^ (v${index} as u32)) + ((v${index} >>> 32) as u32);`)
    .join("\n");
  return `
let state: u64 = 1;
function next(): u64 {
  state = state * 6364136223846793005 + 1442695040888963407;
  return state;
}
function all(depth: u32): u32 {
${values}
  let sum: u32 = depth === 0 ? 0 : all(depth - 1);
${sums}
  return sum;
}
export function main(): i32 {
  return (all(1) & 127) as i32;
}
`;
}

/** The same in JavaScript. */
function statusOf(count: number): number {
  let state = 1n;
  const values = Array.from({ length: 2 * count }, () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return { low: Number(state & 0xffff_ffffn), high: Number(state >> 32n) };
  });
  let sum = 0;
  for (const { low, high } of [...values.slice(count), ...values.slice(0, count)]) {
    sum = ((((sum << 1) | (sum >>> 31)) ^ low) + high) | 0;
  }
  return sum & 127;
}
