/**
 * What can be wrong in `_headers` and `_redirects`: a numbered row for each, reported with file, line and a remedy in the
 * same form as mistakes in a program. 20xx: redirects; 21xx: headers; numbers are never reused.
 */

import { type Diagnostic, DiagnosticError } from "../lang/diagnostics.ts";
import type { SourceFile, Span } from "../lang/source.ts";

const rows = {
  source: {
    number: 2001,
    message: "a rule begins with a path, and `{text}` is none",
    help: "write it with its first slash: `/old /new 301`",
  },
  sourceHost: {
    number: 2002,
    message: "a rule for one host is not supported: the server answers alike under every name",
    help: "leave scheme and host out, or let the proxy in front of the server decide by host",
  },
  destination: {
    number: 2003,
    message: "a rule needs a destination",
    help: "write `/old /new 301`; only 404 and 410 can do without",
  },
  destinationForm: {
    number: 2004,
    message: "`{text}` is not a destination",
    help: "write a path with its first slash, or a URL that begins with https:// or http://",
  },
  destinationHost: {
    number: 2005,
    message: "the host of a destination cannot come from the request: anybody could redirect anywhere",
    help: "write the host out, and use `:{text}` behind a slash of the path",
  },
  status: {
    number: 2006,
    message: "`{text}` is not a status that a rule can have",
    help: "use 301, 302, 303, 307 or 308 to redirect, 200 to rewrite, 404 or 410 for what is gone; `!` behind it forces the rule",
  },
  condition: {
    number: 2007,
    message: "the condition `{text}` is not supported: the server looks at the path only",
    help: "leave it out, or decide this in the proxy in front of the server",
  },
  query: {
    number: 2008,
    message: "a rule for the query `{text}` is not supported: the server looks at the path only",
    help: "leave it out; a redirect keeps the query",
  },
  proxy: {
    number: 2009,
    message: "`{text}` is on another server, and this one does not pass requests on",
    help: "redirect with 301 or 302, or let the proxy in front of the server do this",
  },
  splat: {
    number: 2010,
    message: "`*` stands at the end of a path only",
    help: "use `:name` for one segment: `/:year/archive /archive/:year`",
  },
  placeholder: {
    number: 2011,
    message: "a placeholder is a whole segment with a name of letters, digits and `_`, and `{text}` is none",
    help: "write `/:name/`",
  },
  duplicatePlaceholder: { number: 2012, message: "the path has two placeholders `:{text}`" },
  unknownPlaceholder: {
    number: 2013,
    message: "the rule's path has no `{text}`",
    help: "`:splat` is what `*` stands for, `:name` what `:name` does",
  },
  target: {
    number: 2014,
    message: "nothing answers for {text}",
    help: "a rewrite leads to a file of the site: write its path as a browser would ask for it",
  },
  rewriteCaptures: {
    number: 2015,
    message: "a rewrite uses all parts of its path or none, and this leaves out `:{text}`",
    help: "use `:{text}` in the destination, or redirect with 301",
  },
  tooLong: {
    number: 2016,
    message: "the rule is too long",
    help: "a line may have 2,000 characters, and what follows a placeholder 250",
  },
  encoding: {
    number: 2017,
    message: "the percent-encoding of `{text}` is wrong",
    help: "write %25 for a percent sign",
  },

  emptySplat: {
    number: 2018,
    message: "`:splat` may be empty, and then `{text}` leads to another host",
    help: "put a folder before it: `/all/:splat/x`",
  },

  headerPath: {
    number: 2101,
    message: "a field stands below a path, and there is none above this line",
    help: "write a line such as `/*` first; fields are indented",
  },
  headerForm: {
    number: 2102,
    message: "this is neither a path nor a field",
    help: "write `/path` at the start of a line, and fields as `  Name: value`",
  },
  headerName: {
    number: 2103,
    message: "`{text}` is not a name of a field",
    help: "use letters, digits and `-`",
  },
  headerValue: {
    number: 2104,
    message: "the value of `{text}` has a character that a field cannot have",
    help: "use visible ASCII characters, spaces and tabs",
  },
  headerOwned: {
    number: 2105,
    message: "`{text}` is the server's own: another value would break the framing of responses",
    help: "leave it out",
  },
  headerAuth: {
    number: 2106,
    message: "`{text}` does not protect anything here: the server does not ask for passwords",
    help: "let the proxy in front of the server do this",
  },
} as const;

export type RuleDiagnosticName = keyof typeof rows;

/** A report of row `name` at `span`; `text` fills the row's `{text}`. */
export function ruleDiagnostic(span: Span, name: RuleDiagnosticName, text = ""): Diagnostic {
  const row: { readonly number: number; readonly message: string; readonly help?: string } = rows[name];
  const fill = (template: string): string => template.replaceAll("{text}", text);
  return {
    number: `ML${row.number}`,
    message: fill(row.message),
    help: row.help === undefined ? undefined : fill(row.help),
    span,
  };
}

/** @throws DiagnosticError when there are any */
export function throwDiagnostics(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
}

/** A line of a file of rules. */
export interface RuleLine {
  readonly file: SourceFile;
  /** Offset of the line's first character. */
  readonly start: number;
  /** Without its end. */
  readonly text: string;
}

export function linesOf(file: SourceFile): readonly RuleLine[] {
  let start = 0;
  return file.text.split("\n").map((each) => {
    const line: RuleLine = { file, start, text: each.replace(/\r$/, "") };
    start += each.length + 1;
    return line;
  });
}

/** Columns `from` to `to` of a line, counted from 0; the whole line without its indentation when left out. */
export function spanIn(line: RuleLine, from?: number, to?: number): Span {
  const first = from ?? line.text.length - line.text.trimStart().length;
  const last = to ?? line.text.trimEnd().length;
  return { file: line.file, start: line.start + first, end: line.start + Math.max(last, first + 1) };
}
