/**
 * One file's text to its syntax tree. The parsing is oxc-parser's; here its ESTree becomes ours, and everything
 * outside the subset a diagnostic. A file that is not TypeScript at all gives its syntax errors and no tree.
 */

import type * as Tree from "@oxc-project/types";
import { parseSync } from "oxc-parser";
import type { Declaration, Export, Import, Name } from "./ast.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { nameOf, type ParseContext, parseContext, refuse, spanOf } from "./parse-context.ts";
import { parseAlias, parseClass, parseEnum, parseFunction, parseGroup } from "./parse-declarations.ts";
import { parseVariables } from "./parse-statements.ts";
import type { SourceFile } from "./source.ts";

export interface ParsedFile {
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  readonly declarations: readonly Declaration[];
  /** The file has syntax errors: what it declares is not known. */
  readonly isBroken: boolean;
}

interface Lists {
  readonly imports: Import[];
  readonly exports: Export[];
  readonly declarations: Declaration[];
}

/** The tree of a file of the program. Reports go to `diagnostics`. */
export function parseModule(file: SourceFile, diagnostics: Diagnostic[]): ParsedFile {
  const context = parseContext(file, diagnostics);
  const body = parseText(context, "ts");
  const lists: Lists = { imports: [], exports: [], declarations: [] };
  for (const node of body ?? []) parseTopLevel(context, node, lists, false);
  return { ...lists, isBroken: body === undefined };
}

/** The tree of `declare module "name" { … }` in a declaration file: types, classes, and constants without values. */
export function parseVirtualModule(file: SourceFile, name: string, diagnostics: Diagnostic[]): ParsedFile {
  const context = parseContext(file, diagnostics);
  const body = parseText(context, "dts");
  const lists: Lists = { imports: [], exports: [], declarations: [] };
  for (const node of body ?? []) {
    if (node.type !== "TSModuleDeclaration" || node.id.type !== "Literal" || node.id.value !== name) continue;
    for (const inner of node.body?.body ?? []) parseTopLevel(context, inner, lists, true);
  }
  return { ...lists, isBroken: body === undefined };
}

type TopLevel = Tree.Program["body"][number];

function parseText(context: ParseContext, lang: "ts" | "dts"): readonly TopLevel[] | undefined {
  const { file } = context;
  const tooDeep = deepBracket(file.text);
  if (tooDeep !== undefined) {
    refuse(context, { start: tooDeep, end: tooDeep + 1 }, "tooDeep");
    return undefined;
  }
  const parsed = parseSync(file.path, file.text, { lang, sourceType: "module", preserveParens: false });
  if (parsed.errors.length === 0) return parsed.program.body;
  for (const { message, labels, helpMessage } of parsed.errors) {
    const { start, end } = labels[0] ?? { start: 0, end: 0 };
    // The parser's advice for a constant without a value is `= undefined`, which the language has not.
    const help = helpMessage?.includes("undefined") ? "write its value behind it: `= …`" : helpMessage;
    const note: Record<string, string> = help === null ? {} : { note: help };
    refuse(context, { start, end }, "syntax", { message: plainSentence(message), ...note });
  }
  return undefined;
}

const deepestBracket = 1_000;

/**
 * Where brackets lie so deep inside each other that the library would exhaust its stack, which no exception tells.
 * Brackets in strings and comments count too: a program that a person wrote has nowhere near that many.
 */
function deepBracket(text: string): number | undefined {
  // Most files have not even so many.
  if (text.split(/[([{]/, deepestBracket + 2).length <= deepestBracket + 1) return undefined;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x28: // (
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > deepestBracket) return at;
        break;
      case 0x29: // )
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return undefined;
}

/** In the manner of our own messages: no capital, no full stop. */
function plainSentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, "");
}

function parseTopLevel(context: ParseContext, node: TopLevel, lists: Lists, isVirtual: boolean): void {
  switch (node.type) {
    case "ImportDeclaration":
      parseImport(context, node, lists);
      return;
    case "ExportNamedDeclaration":
      if (node.declaration) parseDeclaration(context, node.declaration, lists, true, isVirtual);
      else parseExports(context, node, lists);
      return;
    case "ExportDefaultDeclaration":
    case "ExportAllDeclaration":
    case "TSExportAssignment":
      refuse(context, node, "wholeImport");
      return;
    default:
      parseDeclaration(context, node, lists, isVirtual, isVirtual);
      return;
  }
}

function parseDeclaration(
  context: ParseContext,
  node: TopLevel,
  lists: Lists,
  exported: boolean,
  isVirtual: boolean,
): void {
  const { declarations } = lists;
  const add = (declaration: Declaration | undefined): void => {
    if (declaration) declarations.push(declaration);
  };
  switch (node.type) {
    case "FunctionDeclaration":
    case "TSDeclareFunction":
      add(parseFunction(context, node, exported));
      return;
    case "ClassDeclaration":
      if (node.declare && !isVirtual) refuse(context, node, "declare");
      add(parseClass(context, node, exported));
      return;
    case "TSEnumDeclaration":
      add(parseEnum(context, node, exported));
      return;
    case "TSTypeAliasDeclaration":
      add(parseAlias(context, node, exported));
      return;
    case "VariableDeclaration": {
      const [only] = node.declarations;
      const group =
        node.kind === "const" && only && node.declarations.length === 1
          ? parseGroup(context, only, exported)
          : undefined;
      if (group) declarations.push(group);
      else declarations.push(...parseVariables(context, node, exported, isVirtual));
      return;
    }
    case "TSInterfaceDeclaration":
      refuse(context, node, "interface");
      return;
    case "TSModuleDeclaration":
      refuse(context, node, "namespace");
      return;
    case "TSImportEqualsDeclaration":
      refuse(context, node, "wholeImport");
      return;
    case "EmptyStatement":
      return;
    default:
      refuse(context, node, "topLevelStatement");
  }
}

function parseImport(context: ParseContext, node: Tree.ImportDeclaration, lists: Lists): void {
  const names: { imported: Name; local: Name }[] = [];
  for (const specifier of node.specifiers) {
    if (specifier.type !== "ImportSpecifier" || specifier.imported.type !== "Identifier") {
      refuse(context, specifier, "wholeImport");
      continue;
    }
    names.push({ imported: nameOf(context, specifier.imported), local: nameOf(context, specifier.local) });
  }
  if (node.specifiers.length === 0) refuse(context, node, "emptyImport");
  lists.imports.push({ specifier: node.source.value, names, span: spanOf(context, node.source) });
}

function parseExports(context: ParseContext, node: Tree.ExportNamedDeclaration, lists: Lists): void {
  const specifier = node.source?.value;
  for (const { local, exported } of node.specifiers) {
    if (local.type !== "Identifier" || exported.type !== "Identifier") {
      refuse(context, node, "wholeImport");
      continue;
    }
    const names = { local: nameOf(context, local), exported: nameOf(context, exported) };
    lists.exports.push(specifier === undefined ? names : { ...names, specifier });
  }
  if (node.source) {
    lists.imports.push({ specifier: node.source.value, names: [], span: spanOf(context, node.source) });
  }
}
