/**
 * A site of 60,000 files, 500 MiB together: what is kept of each while the executable is made, which is its fields, its path and
 * where it is, has to stay small beside what is in it.
 */

import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildTool } from "../../scripts/setup.mjs";
import { microlith, temporaryFolder } from "../support/microlith.ts";
import { mostMebibytes, peakOfBuild } from "../support/peak.ts";

const fileCount = 60_000;
const fileBytes = 8738;
const mostSeconds = 120;
/** Milliseconds to write so many files, or to take them away, on a machine that does other things as well. */
const mostPreparing = 600_000;

const folder = temporaryFolder();
const site = join(folder, "site");

beforeAll(() => {
  buildTool();
  const content = randomBytes(fileBytes);
  for (let number = 0; number < fileCount; number++) {
    const below = join(site, `${number % 300}`);
    if (number < 300) mkdirSync(below, { recursive: true });
    content.writeUInt32LE(number, 0);
    writeFileSync(join(below, `picture-${number}.jpg`), content);
  }
  writeFileSync(join(site, "index.html"), "<!doctype html><title>Many</title>");
}, mostPreparing);
afterAll(() => rmSync(site, { recursive: true, force: true }), mostPreparing);

test.each([
  ["an archive", "site.tar"],
  ["an executable", "server"],
])("%s", (_, name) => {
  const output = join(folder, name);
  const start = performance.now();
  expect(peakOfBuild(site, "-o", output)).toBeLessThan(mostMebibytes);
  expect((performance.now() - start) / 1000).toBeLessThan(mostSeconds);
  expect(statSync(output).size).toBeGreaterThan(fileCount * fileBytes);
});

test("the archive is whole", () => {
  expect(microlith(["validate", join(folder, "site.tar")])).toMatchObject({ status: 0 });
});
