/**
 * docs/command-line.md says what the commands' definitions say.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { renderCommandLine } from "../scripts/command-line.mjs";
import { program } from "../src/cli/program.ts";
import { repository } from "./support/sources.ts";

test("the document is what npm run docs writes", () => {
  const written = readFileSync(join(repository, "docs", "command-line.md"), "utf8");
  expect(written === renderCommandLine(program), "run: npm run docs").toBe(true);
});

const commands: readonly (readonly [string, Command])[] = program.commands.map((command) => [
  command.name(),
  command,
]);

test.each(commands)("%s has a description, examples and --json where it has a result", (name, command) => {
  expect(command.description()).not.toBe("");
  expect(renderCommandLine(program)).toContain(`\n## microlith ${name}\n`);
  const options = command.options.map((option) => option.long);
  if (!["run", "new"].includes(name)) expect(options).toContain("--json");
});

test("a flag means the same in every command", () => {
  const meanings = new Map<string, Set<string>>();
  // What is waited for, or written, differs by command.
  const own = [
    "--json",
    "--port",
    "--host",
    "--output",
    "--format",
    "--platform",
    "--tag",
    "--referrers",
    "--engine",
  ];
  for (const [, command] of commands) {
    for (const { long, flags, description } of command.options) {
      if (long === undefined || long === null || own.includes(long)) continue;
      meanings.set(long, (meanings.get(long) ?? new Set()).add(`${flags} ${description}`));
    }
  }
  const torn = [...meanings].filter(([, texts]) => texts.size > 1).map(([flag]) => flag);
  // build writes a map, inspect reads it.
  expect(torn).toEqual(["--map"]);
});
