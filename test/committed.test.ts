/**
 * What must not be committed: paths of somebody's machine, and addresses that packages were downloaded from
 * (the lock file pins them by digest, so that any registry can deliver them). And what must be: the packages of platforms
 * other than the one that the lock file was made on.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./support/sources.ts";

/** A top-level work folder, a home, a temporary folder with somebody's number. Each but this file's own text. */
const machinePaths: readonly RegExp[] = [
  /(?<![\w.$}~/-])\/work\/\w/,
  /(?<![\w.$}~/-])\/(home|Users)\/[a-z]\w*\//,
  /(?<![\w.$}~/-])\/root\/\w/,
];

test("no committed file names a path of somebody's machine", () => {
  const found = committedFiles().flatMap((path) =>
    readFileSync(join(repository, path), "utf8")
      .split("\n")
      .flatMap((line, index) =>
        machinePaths.some((pattern) => pattern.test(line)) ? [`${path}:${index + 1}`] : [],
      ),
  );
  expect(found).toEqual([]);
});

test("the patterns find what they look for", () => {
  const named = ["/wo", "rk/main"].join("");
  expect(machinePaths.some((pattern) => pattern.test(`cd ${named}`))).toBe(true);
});

test("the lock file records no download addresses", () => {
  const lock = readFileSync(join(repository, "package-lock.json"), "utf8");
  expect(lock.match(/"resolved":.*/g)).toBeNull();
  expect(lock.match(/"integrity"/g)?.length).toBeGreaterThan(10);
  expect(readFileSync(join(repository, ".npmrc"), "utf8")).toBe("omit-lockfile-registry-resolved=true\n");
});

test("the lock file names the packages of every platform, which `npm ci` asks for on each of them", () => {
  const lock: {
    readonly packages: Readonly<
      Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
    >;
  } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8"));
  const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !(`node_modules/${name}` in lock.packages || `${place}/node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing).toEqual([]);
});

function committedFiles(): readonly string[] {
  const listing = execFileSync("git", ["ls-files", "-z"], { cwd: repository, encoding: "utf8" });
  return listing
    .split("\0")
    .filter((path) => path !== "" && !/\.(png|ico|woff2?|br|gz|zst|tar|bin)$/.test(path));
}
