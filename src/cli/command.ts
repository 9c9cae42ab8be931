/**
 * Small pieces of command definitions: options that may be repeated, and examples behind the help.
 */

import type { Command } from "commander";

/** An option that may be given several times; its value is the list of them. */
export function repeatable(command: Command, flags: string, description: string): Command {
  const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];
  return command.option(flags, `${description}; may be repeated`, collect, []);
}

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join("")}`;
}
