/**
 * What a name stands for: the blocks from the inside out, then the file's declarations and imports, then the
 * intrinsics. Importing resolves through re-exports to the declaring file.
 */

import type { SyntaxModule } from "./ast.ts";
import {
  type BlockScope,
  type Checker,
  type Context,
  errorSymbol,
  type ImportedName,
  type ModuleScope,
  type NameSymbol,
  report,
} from "./checker.ts";
import { intrinsics } from "./intrinsics.ts";
import type { Span } from "./source.ts";
import { suggestion } from "./suggest.ts";

/** The symbol of a name, or undefined when nothing has it. */
export function lookUp(context: Context, name: string): NameSymbol | undefined {
  for (let block = context.block; block; block = block.parent) {
    const symbol = block.names.get(name);
    if (symbol) return symbol;
  }
  const symbol = moduleSymbol(context.checker, context.scope, name);
  if (symbol) return symbol;
  const intrinsic = intrinsics.get(name);
  return intrinsic && { kind: "intrinsic", intrinsic };
}

/** What a file's top level gives a name: a declaration of its own or an import. */
function moduleSymbol(checker: Checker, scope: ModuleScope, name: string): NameSymbol | undefined {
  const entry = scope.entries.get(name);
  if (entry) return checker.resolveEntry(checker, scope, entry);
  const imported = scope.imports.get(name);
  if (!imported) return undefined;
  return resolveImport(checker, imported);
}

/** The symbol of an import; one that is missing is reported once. */
export function resolveImport(checker: Checker, imported: ImportedName): NameSymbol {
  const { from, specifier, name, span } = imported;
  imported.symbol ??= importedSymbol(checker, from, specifier, name, span);
  return imported.symbol;
}

/** The symbol that `from`, imported as `specifier`, exports as `name`; when there is none, that is reported at `span`. */
export function importedSymbol(
  checker: Checker,
  from: SyntaxModule | undefined,
  specifier: string,
  name: string,
  span: Span,
): NameSymbol {
  if (!from) return errorSymbol;
  const symbol = exportedSymbol(checker, from, name, new Set());
  if (symbol) return symbol;
  report(checker, span, "notExported", {
    module: specifier,
    name,
    note: checker.scopes.get(from.name)?.entries.has(name)
      ? `write \`export\` before its declaration in ${from.name}`
      : suggestion(name, exportedNames(from)),
  });
  return errorSymbol;
}

function exportedSymbol(
  checker: Checker,
  from: SyntaxModule,
  name: string,
  visited: Set<SyntaxModule>,
): NameSymbol | undefined {
  const scope = checker.scopes.get(from.name);
  if (!scope || visited.has(from)) return undefined;
  visited.add(from);
  const entry = scope.entries.get(name);
  if (entry?.declaration.exported) return checker.resolveEntry(checker, scope, entry);
  for (const { local, exported, specifier } of from.exports) {
    if (exported.text !== name) continue;
    if (specifier === undefined) {
      const own = scope.entries.get(local.text);
      if (own) return checker.resolveEntry(checker, scope, own);
      const imported = scope.imports.get(local.text);
      return imported?.from && exportedSymbol(checker, imported.from, imported.name, visited);
    }
    const target = from.dependencies.get(specifier);
    return target ? exportedSymbol(checker, target, local.text, visited) : errorSymbol;
  }
  return undefined;
}

function exportedNames(module: SyntaxModule): string[] {
  const names = module.declarations.filter(({ exported }) => exported).map(({ name }) => name.text);
  return [...names, ...module.exports.map(({ exported }) => exported.text)];
}

/** Everything that could have been meant, for a suggestion. */
export function visibleNames(context: Context): string[] {
  const names: string[] = [];
  for (let block: BlockScope | undefined = context.block; block; block = block.parent) {
    names.push(...block.names.keys());
  }
  names.push(...context.scope.entries.keys(), ...context.scope.imports.keys(), ...intrinsics.keys());
  return names;
}

/** The name of a function, global or table in the executable: unique, with the file's name only where it must. */
export function uniqueName(checker: Checker, scope: ModuleScope, name: string): string {
  const [first = name] = name.split(".");
  const stem = scope.module.name.replace(/^.*\//, "").replace(/\.ts$/, "");
  const plain = (checker.nameCounts.get(first) ?? 0) > 1 ? `${stem}.${name}` : name;
  let unique = plain;
  for (let count = 2; checker.takenNames.has(unique); count++) unique = `${plain}.${count}`;
  checker.takenNames.add(unique);
  return unique;
}
