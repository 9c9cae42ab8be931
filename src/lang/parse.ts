/**
 * From the main file to the syntax trees of everything it imports. This is independent of the target: a program is
 * parsed once and checked for each.
 */

import type { SyntaxModule } from "./ast.ts";
import { type Diagnostic, DiagnosticError, makeDiagnostic, sortDiagnostics } from "./diagnostics.ts";
import { type ParsedFile, parseModule, parseVirtualModule } from "./parse-module.ts";
import type { SourceFile } from "./source.ts";
import type { VirtualModule } from "./virtual-module.ts";

export interface ParsedProgram {
  /** The module of the main file. */
  readonly entry: SyntaxModule;
  /** The main file first, then in the order in which imports name them. */
  readonly modules: readonly SyntaxModule[];
  /** What the subset does not have; the checker reports them together with its own. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The file that `specifier` names in `importer`; undefined when there is none. */
export type Resolve = (specifier: string, importer: SourceFile) => SourceFile | undefined;

/**
 * Parses `entry` and every file that it imports, directly or not; files may import each other.
 * Of the virtual modules, which are given by name, only the declarations are read.
 *
 * @throws DiagnosticError when a file has syntax errors. Everything else waits for the checker.
 */
export function parse(
  entry: SourceFile,
  resolve: Resolve,
  virtualModules: ReadonlyMap<string, Pick<VirtualModule, "declarations">>,
): ParsedProgram {
  const diagnostics: Diagnostic[] = [];
  const modules: SyntaxModule[] = [];
  const byName = new Map<string, SyntaxModule>();
  let isBroken = false;

  const load = (name: string, file: SourceFile, isVirtual: boolean): SyntaxModule => {
    const known = byName.get(name);
    if (known) return known;
    const parsed: ParsedFile = isVirtual
      ? parseVirtualModule(file, name, diagnostics)
      : parseModule(file, diagnostics);
    isBroken ||= parsed.isBroken;
    const dependencies = new Map<string, SyntaxModule>();
    const { imports, exports, declarations } = parsed;
    const module: SyntaxModule = { name, file, isVirtual, imports, exports, declarations, dependencies };
    byName.set(name, module);
    modules.push(module);
    for (const { specifier, span } of imports) {
      const virtual = virtualModules.get(specifier)?.declarations;
      const target = virtual ?? resolve(specifier, file);
      if (target)
        dependencies.set(specifier, load(virtual ? specifier : target.path, target, virtual !== undefined));
      else diagnostics.push(makeDiagnostic(span, "unknownModule", { specifier }));
    }
    return module;
  };

  const entryModule = load(entry.path, entry, false);
  if (isBroken) throw new DiagnosticError(sortDiagnostics(diagnostics));
  return { entry: entryModule, modules, diagnostics };
}
