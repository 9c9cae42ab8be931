/** How much memory a build needs, as the kernel counts it. */

import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import { script } from "./microlith.ts";

/** What docs/specification.md promises for a site of 500 MiB, in MiB. */
export const mostMebibytes = 400;

/** Tells the peak of resident memory, in KiB, when it ends. */
const telling =
  'data:text/javascript,process.on("exit",()=>console.error("peak="+process.resourceUsage().maxRSS))';

/** Builds the site, and returns the peak of resident memory in MiB. */
export function peakOfBuild(site: string, ...args: readonly string[]): number {
  const command = ["--import", telling, script, "build", site, ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return Number(/^peak=(\d+)$/m.exec(stderr)?.[1]) / 1024;
}
