/**
 * Random programs: gcc's result for the C that is made beside a program, gcc's for our IR, and our machine code's for every target
 * must agree. Twenty-five are one executable, and what is not JavaScript runs beside it. Our IR goes through the gcc of one
 * machine and quick code is made for one, each group's for the next; `MICROLITH_RANDOM_C=all` is all. `npm test` tries the first hundred seeds,
 * `MICROLITH_RANDOM=1-2000 npx vitest run test/random-programs.test.ts` those of a release. A failure names its seeds.
 */

import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import {
  type Implementation,
  native,
  nativeForSpeed,
  runProgram,
  throughC,
} from "./support/implementations.ts";
import { temporaryFolder } from "./support/microlith.ts";
import { randomPrograms } from "./support/random-program.ts";
import { needs } from "./support/require-tool.ts";

const [first = 1, last = first] = (process.env.MICROLITH_RANDOM ?? "1-100").split("-").map(Number);
const together = 25;

/** Seeds on which somebody once disagreed. */
const regressions: readonly number[] = [44, 145, 191, 1515, 4065];

const folder = temporaryFolder();
const execute = promisify(execFile);
const oracles = throughC("-O0");

/** All targets, and of quick code and oracles those that are this group's. */
function implementationsOf(group: number): readonly Implementation[] {
  const all = process.env.MICROLITH_RANDOM_C === "all";
  const turn = <T>(items: readonly T[]): readonly T[] =>
    items.filter((_, index) => all || index === group % items.length);
  return [...native, ...turn(nativeForSpeed), ...turn(oracles)];
}

needs("gcc", ...[...native, ...oracles].flatMap(({ tools }) => tools))("random programs", () => {
  it.each(groups())("seeds $name", { timeout: 600_000 }, async ({ name, seeds, number }) => {
    const { files, c } = randomPrograms(seeds);
    const own = join(folder, name);
    mkdirSync(own);
    for (const [file, text] of files) writeFileSync(join(own, file), text);
    const entry = { path: join(own, "main.ts"), text: files.get("main.ts") ?? "" };
    const reference = lines(seeds, await runReference(own, c));
    expect(reference.filter((line) => !/^\d+ [0-9a-f]{8}$/.test(line))).toEqual([]);
    await Promise.all(
      implementationsOf(number).map(async (implementation) => {
        const place = join(own, implementation.name);
        mkdirSync(place);
        const command = await implementation.build(entry, place);
        const { output, exitCode } = await runProgram(command, [], 120);
        const found = lines(seeds, output);
        const wrong = found.filter((line, index) => line !== reference[index]);
        expect({ name: implementation.name, exitCode, wrong }).toEqual({
          name: implementation.name,
          exitCode: 0,
          wrong: [],
        });
      }),
    );
  });
});

interface Group {
  readonly number: number;
  readonly name: string;
  readonly seeds: readonly number[];
}

function groups(): readonly Group[] {
  const made: Group[] = [];
  for (let start = first; start <= last; start += together) {
    const end = Math.min(start + together - 1, last);
    const seeds = Array.from({ length: end - start + 1 }, (_, index) => start + index);
    made.push({ number: Math.floor(start / together), name: `${start} to ${end}`, seeds });
  }
  if (regressions.length === 0) return made;
  return [{ number: 0, name: "of old failures", seeds: regressions }, ...made];
}

async function runReference(place: string, c: string): Promise<string> {
  const source = join(place, "reference.c");
  const path = join(place, "reference");
  writeFileSync(source, c);
  await execute("gcc", ["-O0", "-w", "-fwrapv", "-o", path, source]);
  return (await runProgram([path], [], 120)).output;
}

/** Each line with its seed; every seed has two. */
function lines(seeds: readonly number[], output: string): string[] {
  const checksums = output.split("\n");
  return [...seeds, ...seeds].map((seed, index) => `${seed} ${checksums[index]}`);
}
