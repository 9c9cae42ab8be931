/** The tool as a user runs it. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";

export interface Ground {
  /** The repository. */
  readonly root: string;
  /** For everything that is written. */
  readonly folder: string;
}

export interface BuiltImage {
  readonly pullBytes: number;
  readonly index: string;
}

export function toolPath(ground: Ground): string {
  return join(ground.root, "dist", "cli", "main.js");
}

/** Its standard output. */
export function tool(ground: Ground, args: readonly string[]): string {
  const stdio = ["ignore", "pipe", "inherit"] as const;
  return execFileSync(process.execPath, [toolPath(ground), ...args], { encoding: "utf8", stdio: [...stdio] });
}

/** The image for the first platform, with the options' defaults. */
export function buildImage(ground: Ground, input: string): BuiltImage {
  const text = tool(ground, ["build", input, "-o", join(ground.folder, "image.tar"), "--json"]);
  const made: { readonly index: string; readonly platforms: readonly { readonly pullBytes: number }[] } =
    JSON.parse(text);
  return { index: made.index, pullBytes: made.platforms[0]?.pullBytes ?? Number.NaN };
}
