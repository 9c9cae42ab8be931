/**
 * What the functions of the parser adapter share: the file, the list of reports, and a guard against trees so deep
 * that walking them would exhaust the stack.
 */

import type { Name } from "./ast.ts";
import type { DiagnosticName } from "./diagnostic-table.ts";
import { type Diagnostic, type DiagnosticValues, makeDiagnostic } from "./diagnostics.ts";
import type { SourceFile, Span } from "./source.ts";

export interface ParseContext {
  readonly file: SourceFile;
  readonly diagnostics: Diagnostic[];
  /** Of expressions, statements and types inside each other. */
  depth: number;
  /** Names of type parameters, which were refused: types that name one need no report of their own. */
  readonly typeParameters: Set<string>;
}

export function parseContext(file: SourceFile, diagnostics: Diagnostic[]): ParseContext {
  return { file, diagnostics, depth: 0, typeParameters: new Set() };
}

/** Offsets as the parser library gives them: UTF-16 units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const deepest = 400;

export function spanOf(context: ParseContext, range: Range): Span {
  return { file: context.file, start: range.start, end: range.end };
}

export function nameOf(context: ParseContext, node: Range & { readonly name: string }): Name {
  // An annotated binding's range covers its type; the name is at the start.
  return {
    text: node.name,
    span: { file: context.file, start: node.start, end: node.start + node.name.length },
  };
}

/** Reports a construct outside the subset and gives the node that stands for it. */
export function refuse(
  context: ParseContext,
  range: Range,
  name: DiagnosticName,
  values?: DiagnosticValues,
): { readonly kind: "error"; readonly span: Span } {
  const span = spanOf(context, range);
  context.diagnostics.push(makeDiagnostic(span, name, values));
  return { kind: "error", span };
}

/** Runs `parse` one level deeper; at the limit it reports and gives an error node instead. */
export function nested<T>(context: ParseContext, range: Range, parse: () => T): T | ErrorNode {
  if (context.depth >= deepest) return refuse(context, range, "tooDeep");
  context.depth += 1;
  const node = parse();
  context.depth -= 1;
  return node;
}

export interface ErrorNode {
  readonly kind: "error";
  readonly span: Span;
}
