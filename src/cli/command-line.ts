/**
 * Runs the command line, and turns what is thrown into words and an exit code.
 */

import { renderFailure } from "./errors.ts";
import { program } from "./program.ts";

// A reader that goes away (`microlith … | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

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
