import type { Command } from "commander";

/** docs/command-line.md, of the program as commander has it. */
export function renderCommandLine(program: Command): string;
