/**
 * INPUT on the command line: a folder of static files or a program in the subset.
 */

import { statSync } from "node:fs";
import { UserError } from "../base/errors.ts";
import { quote } from "./options.ts";

export type Input =
  | { readonly kind: "site"; readonly path: string }
  | { readonly kind: "program"; readonly path: string };

/** @throws UserError (exit code 1) when it is neither */
export function findInput(path: string): Input {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry === undefined) {
    throw new UserError(`there is no ${quote(path)}`, {
      exitCode: 1,
      help: "The input is a folder of static files or a .ts program.",
    });
  }
  if (entry.isDirectory()) return { kind: "site", path };
  if (entry.isFile() && path.endsWith(".ts")) return { kind: "program", path };
  throw new UserError(`${quote(path)} is neither a folder nor a .ts program`, { exitCode: 1 });
}
