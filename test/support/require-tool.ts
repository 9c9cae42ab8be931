/**
 * Suites that run a program of the system. On a laptop without it the suite is skipped and its name
 * says why; in continuous integration (CI=true), where `npm test` installs everything, it fails.
 *
 *     needs("skopeo", "umoci")("image archives", () => { … });
 */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { packages } from "../../scripts/packages.mjs";

/** Superuser programs (dockerd, iptables) are not on every PATH. */
const searched: readonly string[] = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];

/** `describe`, for suites that run all these commands. */
export function needs(...commands: readonly string[]): (name: string, body: () => void) => void {
  const missing = commands.filter((command) => commandPath(command) === undefined);
  if (missing.length === 0) return (name, body) => void describe(name, body);
  return without(missing.map(explain).join("; "));
}

/** `describe`, for suites that need `condition` of the machine: `needsThat(process.getuid?.() === 0, "not root")`. */
export function needsThat(condition: boolean, otherwise: string): (name: string, body: () => void) => void {
  return condition ? (name, body) => void describe(name, body) : without(otherwise);
}

/** Where `command` is, or undefined. */
export function commandPath(command: string): string | undefined {
  return searched.map((folder) => join(folder, command)).find(isExecutable);
}

function without(reason: string): (name: string, body: () => void) => void {
  if (process.env.CI !== "true") {
    return (name, body) => void describe.skip(`${name} (left out: ${reason})`, body);
  }
  return (name) =>
    void describe(name, () => {
      test("has what it needs", () => {
        expect.fail(reason);
      });
    });
}

function explain(command: string): string {
  const owner = packages.find((entry) => entry.commands.includes(command));
  return `${command} is missing${owner === undefined ? "" : `, Debian package ${owner.name}`}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
