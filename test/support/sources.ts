/**
 * The repository's own sources, read as the parser sees them: for tests about how the code is laid out.
 */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

export const repository: string = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

export interface ImportedModule {
  readonly specifier: string;
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
}

export interface ReadSource {
  /** From the repository's root, with slashes: `src/lang/checker.ts`. */
  readonly path: string;
  readonly imports: readonly ImportedModule[];
  /** Members of global objects that it names: `process.exit`, `console.log`. */
  readonly globals: ReadonlySet<string>;
}

/** Every file of `folder` (from the root) that ends in .ts and is not a test. */
export function readSources(folder: string): readonly ReadSource[] {
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(repository.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort()
    .map((path) => readSource(path, readFileSync(join(repository, path), "utf8")));
}

export function readSource(path: string, text: string): ReadSource {
  const imports: ImportedModule[] = [];
  const globals = new Set<string>();
  visit(parseSync(path, text).program, (node) => {
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration": {
        const typeOnly = node.importKind === "type" || node.exportKind === "type";
        if (isNode(node.source)) imports.push({ specifier: String(node.source.value), typeOnly });
        break;
      }
      case "ImportExpression":
      case "TSImportType": {
        const specifier = node.source ?? node.argument;
        const typeOnly = node.type === "TSImportType";
        if (isNode(specifier)) imports.push({ specifier: String(specifier.value), typeOnly });
        break;
      }
      case "MemberExpression":
        if (isNode(node.object) && isNode(node.property)) {
          globals.add(`${String(node.object.name)}.${String(node.property.name ?? node.property.value)}`);
        }
        break;
    }
  });
  return { path, imports, globals };
}

/** The path, from the root, of the file that a relative `specifier` in `importer` names. */
export function importedPath(importer: string, specifier: string): string {
  return posix.join(posix.dirname(importer), specifier);
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

function visit(value: unknown, enter: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, enter);
  } else if (isNode(value)) {
    enter(value);
    for (const item of Object.values(value)) visit(item, enter);
  }
}
