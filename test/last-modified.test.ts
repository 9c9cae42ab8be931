/**
 * Where the time comes from that an executable says its site is from: the flag, the configuration, the environment, or nowhere.
 */

import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorLines, microlith, temporaryFolder } from "./support/microlith.ts";
import { repository } from "./support/sources.ts";

const folder = temporaryFolder();
const site = join(folder, "site");
mkdirSync(site);
writeFileSync(join(site, "index.html"), "<title>page</title>");
const config = join(folder, "dated.json");
writeFileSync(config, JSON.stringify({ lastModified: "2026-02-02" }));
const epoch = { SOURCE_DATE_EPOCH: "1767225600" };

/** What the executable says, or what is wrong. */
function timeIn(flags: readonly string[], env: Readonly<Record<string, string>> = {}): string | undefined {
  const output = join(folder, "server");
  const run = microlith(["build", site, "-o", output, ...flags], {
    env: { SOURCE_DATE_EPOCH: "", ...env },
  });
  if (run.status !== 0) return errorLines(run).join(" ");
  return /Last-Modified: ([^\r\0]+ GMT)/.exec(readFileSync(output, "latin1"))?.[1];
}

test("nowhere, whatever the files' times are", () => {
  const plain = timeIn([]);
  const bytes = readFileSync(join(folder, "server"));
  utimesSync(join(site, "index.html"), 1_500_000_000, 1_500_000_000);
  expect([plain, timeIn([])]).toEqual([undefined, undefined]);
  expect(readFileSync(join(folder, "server")).equals(bytes)).toBe(true);
});

test("the environment", () => {
  expect(timeIn([], epoch)).toBe("Thu, 01 Jan 2026 00:00:00 GMT");
});

test("the configuration, before the environment", () => {
  expect(timeIn(["--config", config], epoch)).toBe("Mon, 02 Feb 2026 00:00:00 GMT");
});

test("the flag, before both", () => {
  const flags = ["--config", config, "--last-modified"];
  expect(timeIn([...flags, "2026-03-05T09:08:07Z"], epoch)).toBe("Thu, 05 Mar 2026 09:08:07 GMT");
  expect(timeIn([...flags, "none"], epoch)).toBeUndefined();
});

test("a wrong one is an error of the command line", () => {
  expect(timeIn(["--last-modified", "tomorrow"])).toMatch(/--last-modified "tomorrow" is not a time/);
});

test("what has no Last-Modified takes no notice of the environment", () => {
  expect(timeIn(["--minimal"], { SOURCE_DATE_EPOCH: "8000000000" })).toBeUndefined();
  const hello = join(repository, "examples", "hello", "hello.ts");
  const env = { SOURCE_DATE_EPOCH: "8000000000" };
  expect(microlith(["build", hello, "-o", join(folder, "hello")], { env }).status).toBe(0);
});
