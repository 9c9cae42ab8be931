/**
 * The same input on three machines' worth of differences: is it the same digest?
 */

import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ground, toolPath } from "./tool.ts";

export interface DigestResults {
  readonly differences: readonly string[];
  readonly distinct: number;
}

export function measureDigests(ground: Ground, nodes: readonly string[]): DigestResults {
  const one = join(ground.folder, "one");
  const two = join(ground.folder, "another place", "two");
  mkdirSync(one);
  mkdirSync(two, { recursive: true });
  const source = join(ground.root, "examples", "site");
  const names = readdirSync(source).sort();
  for (const name of names) cpSync(join(source, name), join(one, name), { recursive: true });
  for (const name of names.reverse()) cpSync(join(source, name), join(two, name), { recursive: true });
  chmodSync(join(two, "index.html"), 0o600);
  utimesSync(join(two, "index.html"), 1_000_000_000, 1_000_000_000);
  // Larger than what is compressed as a whole, so that every way of compressing is taken.
  const large = Buffer.from("The same input gives the same bytes, everywhere. ".repeat(60_000));
  for (const folder of [one, two]) writeFileSync(join(folder, "large.txt"), large);

  const build = (
    node: string,
    site: string,
    umask: string,
    env: Readonly<Record<string, string>>,
  ): string => {
    const output = join(ground.folder, "same.tar");
    const args = [toolPath(ground), "build", site, "-o", output, "--platform", "all", "--json"];
    const text = execFileSync("sh", ["-c", `umask ${umask}; exec "$0" "$@"`, node, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
      encoding: "utf8",
    });
    const made: { readonly index: string } = JSON.parse(text);
    return made.index;
  };
  const versions = [process.execPath, ...nodes];
  const digests = versions.flatMap((node) => [
    build(node, one, "022", { LANG: "C", TZ: "UTC" }),
    build(node, two, "077", { LANG: "tr_TR.UTF-8", TZ: "Asia/Tokyo" }),
  ]);
  const named = versions.map((node) => execFileSync(node, ["--version"], { encoding: "utf8" }).trim());
  return {
    differences: ["path", "time", "mode", "umask", "locale", "order of files", `Node ${named.join(" and ")}`],
    distinct: new Set(digests).size,
  };
}
