import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { needs } from "../../test/support/require-tool.ts";
import { chooseLastModified } from "./last-modified.ts";

const now = Date.parse("2026-11-21T12:00:00Z");
const choose = async (
  text: string | undefined,
  env: Readonly<Record<string, string>> = {},
  path = "/",
): Promise<string | undefined> => (await chooseLastModified(path, text, env, now))?.toISOString();

test.each([
  ["2026-11-21", "2026-11-21T00:00:00.000Z"],
  ["2026-11-21T10:00Z", "2026-11-21T10:00:00.000Z"],
  ["2026-11-21T10:00:01Z", "2026-11-21T10:00:01.000Z"],
  ["2026-11-21T10:00:01+02:00", "2026-11-21T08:00:01.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["Sat, 21 Nov 2026 10:00:01 GMT", "2026-11-21T10:00:01.000Z"],
  ["1700000000", "2023-11-14T22:13:20.000Z"],
  ["2026-11-21T12:00:00Z", "2026-11-21T12:00:00.000Z"],
  ["none", undefined],
  ["None", undefined],
])("%s", async (text, expected) => {
  expect(await choose(text, { SOURCE_DATE_EPOCH: "1600000000" })).toBe(expected);
});

test.each([
  ...[
    "",
    "0",
    "86400",
    "now",
    "file",
    "yesterday",
    "-1",
    "1e9",
    "1.5",
    "2026",
    "2026-11",
    "2026-13-01",
    "2026-02-30",
  ],
  // Of which zone it is would follow from the machine.
  ...["2026-11-21T10:00:00", "2026-11-21 10:00:00", "Sat, 21 Nov 2026 10:00:00", "21 Nov 2026"],
  ...["Fri, 21 Nov 2026 10:00:00 GMT", "Saturday, 21-Nov-26 10:00:00 GMT", "2026-11-21T24:30Z"],
  ...["1969-12-31", "2026-11-21T10:00:00+99:00"],
])("%j is not a time", async (text) => {
  await expect(choose(text)).rejects.toThrow("is not a time");
});

test.each(["2026-11-21T12:00:01Z", "2027-01-01", "1795262401", "999999999999"])(
  "%s lies in the future",
  async (text) => {
    await expect(choose(text)).rejects.toThrow(/--last-modified .* lies in the future/);
  },
);

describe("SOURCE_DATE_EPOCH", () => {
  test.each([
    ["1700000000", "2023-11-14T22:13:20.000Z"],
    ["", undefined],
    // What build tools say when they know no time.
    ["0", undefined],
    ["1", undefined],
    ["315532800", undefined],
    ["315532801", "1980-01-01T00:00:01.000Z"],
  ])("%j", async (seconds, expected) => {
    expect(await choose(undefined, { SOURCE_DATE_EPOCH: seconds })).toBe(expected);
  });

  test("by its name", async () => {
    expect(await choose("SOURCE_DATE_EPOCH", { SOURCE_DATE_EPOCH: "86400" })).toBe(
      "1970-01-02T00:00:00.000Z",
    );
    await expect(choose("SOURCE_DATE_EPOCH")).rejects.toThrow("that variable is not set");
  });

  test("that is no time, or in the future", async () => {
    await expect(choose(undefined, { SOURCE_DATE_EPOCH: "noon" })).rejects.toThrow("is not a time");
    await expect(choose(undefined, { SOURCE_DATE_EPOCH: "1795262401" })).rejects.toThrow(
      "SOURCE_DATE_EPOCH lies in the future",
    );
  });

  test("absent", async () => {
    expect(await choose(undefined)).toBeUndefined();
  });
});

needs("git")("git", () => {
  const folder = mkdtempSync(join(tmpdir(), "microlith-git-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const site = join(folder, "site");
  const git = (...args: readonly string[]): void => {
    const date = "2026-03-05T09:08:07Z";
    const names = {
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@a",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@a",
    };
    execFileSync("git", ["-C", folder, ...args], {
      stdio: "ignore",
      env: { ...process.env, ...names, GIT_AUTHOR_DATE: "2001-01-01T00:00:00Z", GIT_COMMITTER_DATE: date },
    });
  };

  test("is when the commit was made, and only of what was committed", async () => {
    mkdirSync(site);
    writeFileSync(join(site, "index.html"), "one");
    await expect(choose("git", {}, site)).rejects.toThrow("git knows no commit");
    git("init");
    git("add", ".");
    git("commit", "-m", "one");
    expect(await choose("git", {}, site)).toBe("2026-03-05T09:08:07.000Z");
    writeFileSync(join(site, "index.html"), "two");
    await expect(choose("git", {}, site)).rejects.toThrow("have changed since its commit");
  });
});
