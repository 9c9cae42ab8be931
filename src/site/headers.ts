/**
 * Reads `_headers`, in the syntax of Netlify and Cloudflare Pages: paths at the start of lines, below each the fields for them.
 *
 * Rules are matched on the file that answers, by any of its names, when the executable is made; the server knows nothing of
 * them. What `:name` and `*` of a path stand for is put where a value has `:name` or `:splat`, as Cloudflare does. All rules that match count; a
 * name that several give has their values joined by commas, as both services do, and `! Name` takes back what stands above it.
 */

import type { Diagnostic } from "../lang/diagnostics.ts";
import type { SourceFile } from "../lang/source.ts";
import { capturedNames, patternExpression } from "./path-pattern.ts";
import { encodePath } from "./routes.ts";
import { linesOf, type RuleLine, ruleDiagnostic, spanIn } from "./rule-diagnostics.ts";

export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

export interface HeaderRule {
  readonly pattern: RegExp;
  /** Of what the pattern captures, in order. */
  readonly names: readonly string[];
  /** In order; without a value: the field is taken back. */
  readonly fields: readonly { readonly name: string; readonly value: string | undefined }[];
}

export interface ParsedHeaders {
  readonly rules: readonly HeaderRule[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What frames a response, or describes the bytes that the server chose. */
const owned: ReadonlySet<string> = new Set([
  "accept-ranges",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "date",
  "etag",
  "keep-alive",
  "last-modified",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export function parseHeaders(file: SourceFile): ParsedHeaders {
  const rules: (HeaderRule & { readonly fields: HeaderRule["fields"][number][] })[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const line of linesOf(file)) {
    const text = line.text.trim();
    if (text === "" || text.startsWith("#")) continue;
    if (/^\S/.test(line.text)) {
      const wrong = checkPath(line, text);
      if (wrong !== undefined) diagnostics.push(wrong);
      // Its fields are checked all the same.
      rules.push({ pattern: patternExpression(text, decoded), names: capturedNames(text), fields: [] });
      continue;
    }
    const field = parseField(line, text);
    const rule = rules.at(-1);
    if ("number" in field) diagnostics.push(field);
    else if (rule === undefined) diagnostics.push(ruleDiagnostic(spanIn(line), "headerPath"));
    else rule.fields.push(field);
  }
  return { rules, diagnostics };
}

function checkPath(line: RuleLine, text: string): Diagnostic | undefined {
  if (/^(https?:)?\/\//i.test(text)) return ruleDiagnostic(spanIn(line), "sourceHost");
  if (!text.startsWith("/")) return ruleDiagnostic(spanIn(line), "headerForm");
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseField(line: RuleLine, text: string): HeaderRule["fields"][number] | Diagnostic {
  const [, removed] = /^!\s*(\S+)$/.exec(text) ?? [];
  const colon = text.indexOf(":");
  if (removed === undefined && colon < 0) return ruleDiagnostic(spanIn(line), "headerForm");
  const name = removed ?? text.slice(0, colon).trimEnd();
  const value = removed === undefined ? text.slice(colon + 1).trim() : undefined;
  const wrong = wrongField(name, value);
  if (wrong !== undefined) return ruleDiagnostic(spanIn(line), wrong, name);
  return { name, value };
}

/** Why a field cannot be sent. */
export function wrongField(
  name: string,
  value: string | undefined,
): "headerName" | "headerOwned" | "headerAuth" | "headerValue" | undefined {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return "headerName";
  if (owned.has(name.toLowerCase())) return "headerOwned";
  if (/^(basic-auth|www-authenticate)$/i.test(name)) return "headerAuth";
  if (value !== undefined && (value === "" || !/^[\x20-\x7e\t]*$/.test(value))) return "headerValue";
  return undefined;
}

/**
 * The fields that the rules give to a file, by any of its paths, of which the last is the one that links have. A name in
 * `taken` had a value by default and the rules take it back.
 */
export function matchHeaders(
  rules: readonly HeaderRule[],
  paths: readonly string[],
): { readonly fields: readonly HeaderField[]; readonly taken: ReadonlySet<string> } {
  const found = new Map<string, HeaderField[]>();
  const taken = new Set<string>();
  for (const { pattern, names, fields } of rules) {
    const match = lastMatch(pattern, paths);
    if (match === undefined) continue;
    for (const { name, value } of fields) {
      const key = name.toLowerCase();
      if (value === undefined) {
        found.delete(key);
        taken.add(key);
      } else found.set(key, join(found.get(key) ?? [], { name, value: filled(value, names, match) }));
    }
  }
  return { fields: [...found.values()].flat(), taken };
}

/** The whole, then what the pattern captured, of the last path that it matches: a page's clean name rather than its file's. */
function lastMatch(pattern: RegExp, paths: readonly string[]): RegExpExecArray | undefined {
  let match: RegExpExecArray | undefined;
  for (const path of paths) match = pattern.exec(path) ?? match;
  return match;
}

/** The value with what was captured, as a URL has it, in the place of its name. Any other word behind a colon is text. */
function filled(value: string, names: readonly string[], [, ...captured]: RegExpExecArray): string {
  return value.replace(/:([A-Za-z]\w*)/g, (text, name: string) => {
    const part = captured[names.indexOf(name)];
    return part === undefined ? text : encodePath(part);
  });
}

/** Cookies are the one field that cannot be joined (RFC 9110, section 5.3). */
function join(fields: readonly HeaderField[], field: HeaderField): HeaderField[] {
  const [first] = fields;
  if (first === undefined || field.name.toLowerCase() === "set-cookie") return [...fields, field];
  return [{ name: first.name, value: `${first.value}, ${field.value}` }];
}
