/**
 * Runs the command line, and turns what is thrown into words and an exit code.
 */

import { renderFailure, renderUserError } from "./errors.ts";
import { program } from "./program.ts";
import { reasonOf } from "./reasons.ts";

// A reader that goes away (`microlith … | head`) is no failure; a disk that is full is one, and is told at the end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.once("exit", () => {
    if (process.exitCode) return;
    process.stderr.write(
      renderUserError(`standard output could not be written: ${reasonOf(error)}`, undefined),
    );
    process.exitCode = 2;
  });
});
// What is said beside the result may be lost.
process.stderr.on("error", () => {});

try {
  if (process.argv.length <= 2) {
    program.outputHelp({ error: true });
    process.exitCode = 2;
  } else {
    await program.parseAsync();
  }
} catch (error) {
  const failure = await renderFailure(error);
  process.stderr.write(failure.text);
  process.exitCode = failure.exitCode;
}
