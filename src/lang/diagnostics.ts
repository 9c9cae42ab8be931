/**
 * Diagnostics: what is wrong with the user's program, and where. They are collected, never thrown one by one; a
 * phase that cannot go on throws all of them in one `DiagnosticError`.
 *
 * A report names its row in the table; the record holds the finished sentences.
 */

import { type DiagnosticName, diagnosticTable } from "./diagnostic-table.ts";
import { lineAndColumn, type SourceFile, type Span } from "./source.ts";

export interface Diagnostic {
  /** `ML1204`. */
  readonly number: string;
  readonly message: string;
  /** What to do, when we know. */
  readonly help: string | undefined;
  readonly span: Span;
}

/** The values of a row's `{words}`. */
export type DiagnosticValues = Readonly<Record<string, string>>;

/** A program at fault, with everything that is wrong with it. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => renderDiagnostic(diagnostic)).join("\n"));
    this.name = "DiagnosticError";
    this.diagnostics = diagnostics;
  }
}

/**
 * The finished record for a row of the table. A help text that comes out empty is left out; the value `note` is a
 * help text that goes before the row's.
 */
export function makeDiagnostic(span: Span, name: DiagnosticName, values: DiagnosticValues = {}): Diagnostic {
  const row: { readonly number: number; readonly message: string; readonly help?: string } =
    diagnosticTable[name];
  const help = values.note || (row.help === undefined ? "" : fill(row.help, values));
  return {
    number: `ML${row.number}`,
    message: fill(row.message, values),
    help: help === "" ? undefined : help,
    span,
  };
}

/** `{{` stands for a brace. */
function fill(template: string, values: DiagnosticValues): string {
  return template.replace(/\{\{|\{(\w+)\}/g, (_, word: string | undefined) =>
    word === undefined ? "{" : (values[word] ?? ""),
  );
}

/** By file in the order of `files`, then by place; one report of a kind at a place is enough. */
export function sortDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[] = [],
): readonly Diagnostic[] {
  const fileOrder = new Map<SourceFile, number>();
  for (const file of [...files, ...diagnostics.map(({ span }) => span.file)]) {
    if (!fileOrder.has(file)) fileOrder.set(file, fileOrder.size);
  }
  const order = ({ span }: Diagnostic): number => fileOrder.get(span.file) ?? 0;
  const seen = new Set<string>();
  return [...diagnostics]
    .sort((a, b) => order(a) - order(b) || a.span.start - b.span.start || a.span.end - b.span.end)
    .filter((diagnostic) => {
      const key = `${order(diagnostic)}:${diagnostic.span.start}:${diagnostic.number}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

const longestLine = 160;

/** Several lines of text: the place, the sentence, the source line with the place underlined, the help. */
export function renderDiagnostic(diagnostic: Diagnostic, options: { readonly color?: boolean } = {}): string {
  const { span, number, message, help } = diagnostic;
  const paint = (code: string, text: string): string =>
    options.color === true ? `\u001b[${code}m${text}\u001b[0m` : text;
  const { line, column } = lineAndColumn(span.file, span.start);
  const { shown, caretColumn, caretLength } = sourceLine(span, column);
  const gutter = String(line);
  // Tabs stay tabs, so that the caret stands below its character whatever their width.
  const indent = shown.slice(0, caretColumn - 1).replace(/[^\t]/g, " ");
  const lines = [
    `${paint("1", `${withoutControls(span.file.path)}:${line}:${column}:`)} ${paint("1;31", "error")} ${number}: ${withoutControls(message)}`,
    `  ${gutter} | ${shown}`,
    `  ${" ".repeat(gutter.length)} | ${indent}${paint("1;31", "^".repeat(caretLength))}`,
  ];
  if (help !== undefined) lines.push(`  ${paint("1;36", "help")}: ${help}`);
  return lines.join("\n");
}

/** All of them, with a line that counts. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: { readonly color?: boolean } = {},
): string {
  const count = diagnostics.length === 1 ? "1 error" : `${diagnostics.length} errors`;
  return `${diagnostics.map((diagnostic) => `${renderDiagnostic(diagnostic, options)}\n`).join("\n")}\n${count}\n`;
}

/** The line that holds the span's start, cut to a window around it when it is very long. */
function sourceLine(
  span: Span,
  column: number,
): { readonly shown: string; readonly caretColumn: number; readonly caretLength: number } {
  const { text } = span.file;
  const lineStart = span.start - (column - 1);
  const newline = text.indexOf("\n", lineStart);
  let line = text.slice(lineStart, newline < 0 ? text.length : newline);
  if (line.endsWith("\r")) line = line.slice(0, -1);
  let caretColumn = column;
  if (line.length > longestLine) {
    const from = Math.max(0, Math.min(column - 1 - longestLine / 2, line.length - longestLine));
    line = line.slice(from, from + longestLine);
    caretColumn = column - from;
  }
  const room = Math.max(1, line.length - caretColumn + 1);
  return {
    shown: withoutControls(line),
    caretColumn,
    caretLength: Math.max(1, Math.min(span.end - span.start, room)),
  };
}

/** What would move the cursor or give the terminal orders is not repeated; a tab is, and is as long in the line below. */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\t]/gu, "\ufffd");
}
