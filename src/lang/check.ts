/**
 * The checker: from syntax trees to the typed tree of one target. Its phases are those of `check`, in order; all
 * reports are collected, those of the parser adapter included.
 */

import type { DataObject } from "../base/data-object.ts";
import type { Declaration, SyntaxModule } from "./ast.ts";
import { completeClass, resolveEntry } from "./check-declarations.ts";
import { checkExpression } from "./check-expressions.ts";
import { checkBody } from "./check-statements.ts";
import { layOutClass } from "./check-types.ts";
import type { CheckedFunction, CheckedProgram } from "./checked.ts";
import { type Checker, errorSymbol, type FunctionSymbol, type ModuleScope, report } from "./checker.ts";
import { DiagnosticError, sortDiagnostics } from "./diagnostics.ts";
import { importedSymbol, resolveImport } from "./names.ts";
import type { ParsedProgram } from "./parse.ts";
import { cycleThrough, reachableFrom, type Uses, usesOf } from "./reachable.ts";
import { errorType, integerTypes } from "./type-relations.ts";
import type { VirtualModule } from "./virtual-module.ts";

/** What the checker must know of a target. */
export interface TargetFacts {
  /** Bits of a machine word: the width of usize and isize. */
  readonly wordBits: 32 | 64;
  /** By name, `microlith:target` included. A constant without a value does not exist on the target. */
  readonly modules: ReadonlyMap<string, VirtualModule>;
}

/**
 * Checks a program for one target.
 *
 * @throws DiagnosticError with everything that is wrong with the program.
 */
export function check(parsed: ParsedProgram, target: TargetFacts): CheckedProgram {
  const checker = makeChecker(parsed, target);
  declareNames(checker, parsed.modules);
  resolveNames(checker);
  for (const fn of checker.functions) checkBody(checker, fn);
  for (const symbol of checker.classes.values()) layOutClass(checker, symbol);
  const uses = rememberUses();
  const main = findMain(checker, parsed.entry);
  checkScratch(checker, uses);
  const live = main && reachableFrom(main.checked, uses, allObjects(target));
  if (live) reportAbsent(checker, live.functions);
  if (!main || !live || checker.diagnostics.length > 0) {
    const files = parsed.modules.map(({ file }) => file);
    throw new DiagnosticError(sortDiagnostics(checker.diagnostics, files));
  }
  return { ...live, main: main.checked };
}

function makeChecker(parsed: ParsedProgram, target: TargetFacts): Checker {
  return {
    types: integerTypes(target.wordBits),
    virtualModules: target.modules,
    diagnostics: [...parsed.diagnostics],
    scopes: new Map(),
    functions: [],
    classes: new Map(),
    nameCounts: new Map(),
    strings: new Map(),
    takenNames: new Set(allObjects(target).keys()),
    resolveEntry,
    checkExpression,
  };
}

/** The top-level names of every file: declarations and imports. */
function declareNames(checker: Checker, modules: readonly SyntaxModule[]): void {
  for (const module of modules) {
    const scope: ModuleScope = { module, entries: new Map(), imports: new Map() };
    checker.scopes.set(module.name, scope);
    for (const declaration of module.declarations) declareName(checker, scope, declaration);
    for (const { specifier, names } of module.imports) {
      const from = module.dependencies.get(specifier);
      for (const { imported, local } of names) {
        if (scope.entries.has(local.text) || scope.imports.has(local.text)) {
          report(checker, local.span, "duplicate", { name: local.text });
        } else scope.imports.set(local.text, { from, specifier, name: imported.text, span: imported.span });
      }
    }
  }
}

function declareName(checker: Checker, scope: ModuleScope, declaration: Declaration): void {
  const { text, span } = declaration.name;
  if (scope.entries.has(text)) {
    report(checker, span, "duplicate", { name: text });
    return;
  }
  scope.entries.set(text, { declaration, state: "unresolved", symbol: errorSymbol });
  if (scope.module.isVirtual || declaration.kind === "alias") return;
  checker.nameCounts.set(text, (checker.nameCounts.get(text) ?? 0) + 1);
}

/** Every declaration of the program's own files, used or not: errors show where they are. */
function resolveNames(checker: Checker): void {
  for (const scope of checker.scopes.values()) {
    if (scope.module.isVirtual) continue;
    for (const imported of scope.imports.values()) resolveImport(checker, imported);
    for (const { local, specifier } of scope.module.exports) {
      if (specifier !== undefined) {
        const from = scope.module.dependencies.get(specifier);
        importedSymbol(checker, from, specifier, local.text, local.span);
      } else if (!scope.entries.has(local.text) && !scope.imports.has(local.text)) {
        report(checker, local.span, "unknownName", { name: local.text });
      }
    }
    for (const entry of scope.entries.values()) {
      const symbol = resolveEntry(checker, scope, entry);
      if (symbol.kind !== "class") continue;
      completeClass(checker, symbol.class);
      for (const constant of symbol.class.constants.values()) resolveEntry(checker, scope, constant);
    }
  }
}

function rememberUses(): (fn: CheckedFunction) => Uses {
  const known = new Map<CheckedFunction, Uses>();
  return (fn) => {
    let uses = known.get(fn);
    if (!uses) {
      uses = usesOf(fn);
      known.set(fn, uses);
    }
    return uses;
  };
}

/** `main` of the main file, when it is as it must be. */
function findMain(checker: Checker, entry: SyntaxModule): FunctionSymbol | undefined {
  const found = checker.scopes.get(entry.name)?.entries.get("main");
  if (found?.declaration.kind === "function" && !found.declaration.exported) {
    report(checker, found.declaration.name.span, "missingMain", {
      note: "write `export` before `function main`",
    });
    return undefined;
  }
  if (found?.declaration.kind !== "function") {
    report(checker, { file: entry.file, start: 0, end: 0 }, "missingMain");
    return undefined;
  }
  if (found.symbol.kind !== "function") return undefined;
  const { checked, declaration } = found.symbol.fn;
  const [stack, ...others] = checked.parameters;
  const takesStack = !stack || stack.type === errorType || stack.type === checker.types.usize;
  const { result } = checked;
  const returnsStatus = result.kind === "void" || (result.kind === "integer" && result.name === "i32");
  if (!takesStack || others.length > 0 || !returnsStatus) {
    report(checker, declaration.name.span, "mainSignature");
    return undefined;
  }
  return found.symbol.fn;
}

/** Calls in a circle would share their scratch storage. */
function checkScratch(checker: Checker, uses: (fn: CheckedFunction) => Uses): void {
  for (const { checked, declaration, scratch } of checker.functions) {
    const [first] = scratch;
    const cycle = first && cycleThrough(checked, uses);
    if (!cycle) continue;
    const path = cycle.map(({ name }) => name).join(" → ");
    report(checker, first.span, "scratchCycle", { name: declaration.name.text, path });
  }
}

/** What the target does not have matters only in functions that run. */
function reportAbsent(checker: Checker, functions: readonly CheckedFunction[]): void {
  const live = new Set(functions);
  for (const fn of checker.functions) if (live.has(fn.checked)) checker.diagnostics.push(...fn.deferred);
}

/** The data of the virtual modules, by name. */
function allObjects(target: TargetFacts): ReadonlyMap<string, DataObject> {
  const all = new Map<string, DataObject>();
  for (const { objects, values } of target.modules.values()) {
    for (const [name, object] of objects) all.set(name, object);
    for (const value of values.values()) if (value.kind === "data") all.set(value.object.name, value.object);
  }
  return all;
}
