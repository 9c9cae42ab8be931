/**
 * What features cost: the tables of the documents are what the tool builds, and all features together stay within their budget.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { everything, measureFeatures, overheadOf, renderMinimal } from "../scripts/feature-sizes.mjs";
import { buildTool } from "../scripts/setup.mjs";
import { repository } from "./support/sources.ts";

const minutes = 60_000;

beforeAll(buildTool, minutes);

describe("the table of", () => {
  let measured: ReturnType<typeof measureFeatures>;
  beforeAll(() => {
    measured = measureFeatures();
  }, 5 * minutes);

  test.each([
    ["docs/server.md", "operation"],
    ["docs/site.md", "site"],
  ] as const)("%s says what features cost", (path, kind) => {
    const document = readFileSync(join(repository, path), "utf8");
    const [, table = ""] = /<!-- sizes -->\n([\s\S]*)<!-- \/sizes -->/.exec(document) ?? [];
    const rows = new Map(
      [...table.matchAll(/^\| (.*) \| (-?[\d,]+) \|$/gm)].map(([, label = "", bytes = ""]) => [
        label,
        Number(bytes.replaceAll(",", "")),
      ]),
    );
    expect([...rows.keys()]).toEqual(measured[kind].map(([label]) => label));
    // Every change of the compiler moves some of them by a few bytes.
    const stale = measured[kind].filter(
      ([label, bytes]) => Math.abs(bytes - (rows.get(label) ?? Number.NaN)) > Math.max(24, bytes / 10),
    );
    expect(stale, "run `npm run sizes` and look at what changed").toEqual([]);
  });
});

test("docs/server.md says what the smallest server costs", { timeout: minutes }, () => {
  const document = readFileSync(join(repository, "docs/server.md"), "utf8");
  expect(document, "run `npm run sizes`").toContain(
    `<!-- minimal -->\n\n${renderMinimal()}\n\n<!-- /minimal -->`,
  );
});

test("every feature at once, amd64: at most 9,013 bytes around the content", { timeout: minutes }, () => {
  expect(overheadOf(everything)).toBeLessThanOrEqual(9_013);
});
