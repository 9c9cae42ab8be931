/**
 * `microlith run PROGRAM [-- ARGS]`: compiles a program for this machine and runs it, as if it had been there: its input and
 * output are ours, its exit status becomes ours, and nothing else is said.
 */

import { constants } from "node:os";
import { UserError } from "../base/errors.ts";
import { type ProcessEnd, startNative } from "../engine/native-process.ts";
import { findInput } from "./input.ts";
import { makeFor, requireNativePlatform, stopOnSignals } from "./native.ts";
import { quote } from "./options.ts";

export interface RunOptions {
  readonly json?: boolean;
}

/** Returns the exit code. @throws DiagnosticError or UserError */
export async function run(path: string, args: readonly string[], options: RunOptions): Promise<number> {
  if (options.json === true) {
    throw new UserError("what run prints is what the program prints, and no JSON", {
      help: "Try microlith build PROGRAM -o OUT --json, or put -- before the program's own options.",
    });
  }
  const input = findInput(path);
  if (input.kind === "site") {
    throw new UserError(`${quote(path)} is a folder, and a folder is served`, {
      help: `Try: microlith serve ${path}`,
    });
  }
  const made = await makeFor(requireNativePlatform(input), input);
  const program = await startNative(made.executable.file, args);
  stopOnSignals(program);
  return exitCodeOf(await program.ended);
}

/** As a shell has it: 128 plus the signal's number. */
function exitCodeOf(end: ProcessEnd): number {
  if (end.kind === "status") return end.status;
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return 128 + (numbers[end.signal] ?? 0);
}
