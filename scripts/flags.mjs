// The flags of a script. Its first lines say what they are for.

import { parseArgs } from "node:util";

/**
 * Their values. Ends the process when there is another one.
 * @template {NonNullable<import("node:util").ParseArgsConfig["options"]>} Options
 * @param {Options} options
 */
export function parseFlags(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const known = Object.entries(options).map(([name, { type }]) =>
      type === "string" ? `--${name} VALUE` : `--${name}`,
    );
    process.stderr.write(
      `microlith: error: ${/** @type {Error} */ (error).message}\n  help: there are ${known.join(", ")}\n`,
    );
    process.exit(2);
  }
}
