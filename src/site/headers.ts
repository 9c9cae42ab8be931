/**
 * Reads `_headers`, in the syntax of Netlify and Cloudflare Pages: paths at the start of lines, below each the fields for them.
 *
 * Rules are matched on the file that answers, by any of its names, when the executable is made; the server knows nothing of
 * them. All rules that match count; a name that several give has their values joined by commas, as both services do, and
 * `! Name` takes back what stands above it.
 */

import type { Diagnostic } from "../lang/diagnostics.ts";
import type { SourceFile } from "../lang/source.ts";
import { patternExpression } from "./path-pattern.ts";
import { linesOf, type RuleLine, ruleDiagnostic, spanIn } from "./rule-diagnostics.ts";

export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

export interface HeaderRule {
  readonly pattern: RegExp;
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
  const rules: { readonly pattern: RegExp; readonly fields: HeaderRule["fields"][number][] }[] = [];
  const diagnostics: Diagnostic[] = [];
  let path = "";
  for (const line of linesOf(file)) {
    const text = line.text.trim();
    if (text === "" || text.startsWith("#")) continue;
    if (/^\S/.test(line.text)) {
      const wrong = checkPath(line, text);
      if (wrong !== undefined) diagnostics.push(wrong);
      path = text;
      // Its fields are checked all the same.
      rules.push({ pattern: patternExpression(decoded(text)), fields: [] });
      continue;
    }
    const field = parseField(line, text, path);
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
    return decodeURI(text);
  } catch {
    return text;
  }
}

function parseField(line: RuleLine, text: string, path: string): HeaderRule["fields"][number] | Diagnostic {
  const [, removed] = /^!\s*(\S+)$/.exec(text) ?? [];
  const colon = text.indexOf(":");
  if (removed === undefined && colon < 0) return ruleDiagnostic(spanIn(line), "headerForm");
  const name = removed ?? text.slice(0, colon).trimEnd();
  const value = removed === undefined ? text.slice(colon + 1).trim() : undefined;
  const wrong = wrongField(name, value);
  if (wrong !== undefined) return ruleDiagnostic(spanIn(line), wrong, name);
  const placeholder = placeholderIn(value ?? "", path);
  if (placeholder !== undefined) return ruleDiagnostic(spanIn(line), "headerPlaceholder", placeholder);
  return { name, value };
}

/** Cloudflare fills in what a rule's path stands for: `/movies/:title` with `X-Movie: :title`. */
function placeholderIn(value: string, path: string): string | undefined {
  const names: readonly string[] = [
    ...(path.match(/:[A-Za-z]\w*/g) ?? []),
    ...(path.includes("*") ? [":splat"] : []),
  ];
  return value.match(/:[A-Za-z]\w*/g)?.find((word) => names.includes(word));
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
 * The fields that the rules give to a file, by any of its paths. A name in `taken` had a value by default and the rules take
 * it back.
 */
export function matchHeaders(
  rules: readonly HeaderRule[],
  paths: readonly string[],
): { readonly fields: readonly HeaderField[]; readonly taken: ReadonlySet<string> } {
  const found = new Map<string, HeaderField[]>();
  const taken = new Set<string>();
  for (const { pattern, fields } of rules) {
    if (!paths.some((path) => pattern.test(path))) continue;
    for (const { name, value } of fields) {
      const key = name.toLowerCase();
      if (value === undefined) {
        found.delete(key);
        taken.add(key);
      } else found.set(key, join(found.get(key) ?? [], { name, value }));
    }
  }
  return { fields: [...found.values()].flat(), taken };
}

/** Cookies are the one field that cannot be joined (RFC 9110, section 5.3). */
function join(fields: readonly HeaderField[], field: HeaderField): HeaderField[] {
  const [first] = fields;
  if (first === undefined || field.name.toLowerCase() === "set-cookie") return [...fields, field];
  return [{ name: first.name, value: `${first.value}, ${field.value}` }];
}
