/**
 * Random sites with random options, asked at random and judged by a model after the documents (test/server/combinations): what only shows
 * where options meet. The same requests go to the same server as C, under the sanitizers. COMBINATION_SEED is the first seed,
 * COMBINATION_COUNT how many follow.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/microlith.ts";
import { commandPath, needs } from "../support/require-tool.ts";
import { chosen } from "../support/server.ts";
import { buildSimulated, runCases, sanitizers } from "../support/simulated.ts";
import { makeSlowReader } from "../support/slow-reader.ts";
import { emitCase, makeCase } from "./combinations/build.ts";
import { runCase } from "./combinations/run.ts";

const first = Number(process.env.COMBINATION_SEED ?? 1);
const count = Number(process.env.COMBINATION_COUNT ?? 8);
const simulatedCount = Number(process.env.COMBINATION_SIMULATED ?? 2);
const connections = 12;
const seeds = Array.from({ length: count }, (_, index) => first + index);
const target = chosen === "gcc" ? "amd64" : chosen;

describe("a random site with random options", () => {
  const slowReader = commandPath("gcc") === undefined ? undefined : makeSlowReader(temporaryFolder());

  test.each(seeds)("answers as the documents say: seed %i", async (seed) => {
    const sent = await runCase(seed, { target, connections, slowReader });
    expect(sent.length).toBeGreaterThan(connections);
  });
});

/** What the simulated kernel has room for. */
const mostInput = 60_000;
const mostOutput = 1_000_000;

// The C is the same for every target.
if (target === "amd64")
  needs("gcc")("a random site with random options, under the sanitizers", () => {
    test.each(seeds.slice(0, simulatedCount))("does no harm: seed %i", async (seed) => {
      const folder = temporaryFolder();
      const sent = await runCase(seed, { target: "amd64", connections });
      const cases = sent
        .filter(({ text, receivedBytes }) => text.length < mostInput && receivedBytes < mostOutput)
        .map(({ text }, index) => {
          const path = join(folder, `case-${index}`);
          writeFileSync(path, Buffer.from(`${String.fromCharCode(1 + (index % 255))}${text}`, "latin1"));
          return path;
        });
      expect(cases.length).toBeGreaterThan(0);
      const program = buildSimulated(folder, "server", await emitCase(makeCase(seed)), sanitizers);
      expect(runCases(program, cases)).toBe("0");
    });
  });
