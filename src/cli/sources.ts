/**
 * Source files for the compiler: the user's, and those of runtime/ that ship with the tool. A file is read
 * once, whoever imports it.
 */

import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../base/errors.ts";
import type { SourceFile } from "../lang/source.ts";
import { quote } from "./options.ts";

/** The folder that runtime/ lies in: two above both src/cli and dist/cli. */
const packageFolder = fileURLToPath(new URL("../../", import.meta.url));

export interface Sources {
  /** The file at `path`, which is relative to where the user stands. @throws UserError when it cannot be read */
  read(path: string): SourceFile;
  /** A file of the tool, by its path in the package: `runtime/server/main.ts`. */
  readOwn(path: string): SourceFile;
  /** The file that `specifier` names in `importer`; undefined when there is none. */
  resolve(specifier: string, importer: SourceFile): SourceFile | undefined;
}

/** Modules of runtime/ that programs import by name. */
const namedModules: Readonly<Record<string, string>> = {
  "microlith/std": "runtime/std/std.ts",
  "microlith/arithmetic": "runtime/support/arithmetic.ts",
};

export function makeSources(): Sources {
  const files = new Map<string, SourceFile>();
  const places = new Map<SourceFile, string>();

  const load = (place: string): SourceFile => {
    const known = files.get(place);
    if (known !== undefined) return known;
    const file: SourceFile = { path: shownPath(place), text: readText(place) };
    files.set(place, file);
    places.set(file, place);
    return file;
  };

  return {
    read: (path) => load(join(process.cwd(), relative(process.cwd(), path))),
    readOwn: (path) => load(join(packageFolder, path)),
    resolve: (specifier, importer) => {
      const named = namedModules[specifier];
      if (named !== undefined) return load(join(packageFolder, named));
      const place = places.get(importer);
      if (place === undefined || !specifier.startsWith(".")) return undefined;
      const target = join(dirname(place), specifier);
      return statSync(target, { throwIfNoEntry: false })?.isFile() === true ? load(target) : undefined;
    },
  };
}

/** As the user would name it; the tool's own files by their place in the package. */
function shownPath(place: string): string {
  const own = relative(packageFolder, place);
  const path = own.startsWith(`runtime${sep}`) ? own : relative(process.cwd(), place);
  return path.replaceAll(sep, "/");
}

function readText(place: string): string {
  try {
    return readFileSync(place, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new UserError(`${quote(shownPath(place))} could not be read (${code})`, {
      exitCode: 1,
      cause: error,
    });
  }
}
