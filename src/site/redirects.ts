/**
 * Reads `_redirects`, in the syntax of Netlify and Cloudflare Pages: on each line a path, a destination and maybe a status.
 *
 * What those services decide by host, query, country or cookie is a diagnostic: a rule that is quietly ignored would be
 * worse. A destination never takes its host from the request, so that no rule can be an open redirect.
 */

import type { Diagnostic } from "../lang/diagnostics.ts";
import type { SourceFile, Span } from "../lang/source.ts";
import type { PatternPart } from "./path-pattern.ts";
import {
  linesOf,
  type RuleDiagnosticName,
  type RuleLine,
  ruleDiagnostic,
  spanIn,
} from "./rule-diagnostics.ts";

export type RedirectStatus = 301 | 302 | 303 | 307 | 308;
export type RuleStatus = RedirectStatus | 200 | 404 | 410;

/** Text, percent-encoded, or the name of a part of the rule's path. */
export type TemplatePiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "capture"; readonly name: string };

export interface Destination {
  /** Up to the fragment. */
  readonly pieces: readonly TemplatePiece[];
  /** With its `#`; empty when there is none. */
  readonly fragment: string;
  /** A path of this server. */
  readonly isLocal: boolean;
  /** It has a query of its own, which wins over the request's. */
  readonly hasQuery: boolean;
}

export interface RedirectRule {
  readonly parts: readonly PatternPart[];
  readonly status: RuleStatus;
  /** It goes before a file of that path. */
  readonly forced: boolean;
  readonly destination: Destination | undefined;
  /** Of the destination, or the line. */
  readonly span: Span;
}

const statuses: readonly number[] = [200, 301, 302, 303, 307, 308, 404, 410];
const mostCharacters = 2000;
/** Behind a part of the request: 255 with the end of the head (runtime/modules/site.d.ts). */
const mostText = 250;

export function isRedirect(status: RuleStatus): status is RedirectStatus {
  return status !== 200 && status < 400;
}

export interface ParsedRedirects {
  readonly rules: readonly RedirectRule[];
  readonly diagnostics: readonly Diagnostic[];
}

export function parseRedirects(file: SourceFile): ParsedRedirects {
  const rules: RedirectRule[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const line of linesOf(file)) {
    const words = wordsOf(line);
    if (words.length === 0) continue;
    const rule = parseRule(line, words);
    if ("number" in rule) diagnostics.push(rule);
    else rules.push(rule);
  }
  return { rules, diagnostics };
}

interface Word {
  readonly text: string;
  readonly span: Span;
}

/** A `#` at the start of a word begins a comment. */
function wordsOf(line: RuleLine): readonly Word[] {
  const words: Word[] = [];
  for (const { 0: text, index } of line.text.matchAll(/\S+/g)) {
    if (text.startsWith("#")) break;
    words.push({ text, span: spanIn(line, index, index + text.length) });
  }
  return words;
}

function parseRule(line: RuleLine, words: readonly Word[]): RedirectRule | Diagnostic {
  const [source, ...rest] = words;
  if (source === undefined || line.text.length > mostCharacters)
    return ruleDiagnostic(spanIn(line), "tooLong");
  const parts = parseSource(source);
  if ("number" in parts) return parts;
  const query = rest.find(({ text }) => /^[^/:]+=/.test(text));
  const statusAt = rest.findIndex(({ text }) => /^\d+!?$/.test(text));
  if (query !== undefined && (statusAt < 0 || rest.indexOf(query) < statusAt)) {
    return ruleDiagnostic(query.span, "query", query.text);
  }
  const condition = rest[statusAt < 0 ? 1 : statusAt + 1];
  if (condition !== undefined) return ruleDiagnostic(condition.span, "condition", condition.text);
  const [, code = "301", force] = /^(\d+)(!?)$/.exec(rest[statusAt]?.text ?? "301") ?? [];
  const status = Number(code);
  if (!statuses.includes(status)) return ruleDiagnostic(rest[statusAt]?.span ?? source.span, "status", code);
  const [to] = rest;
  const rule = { parts, status: status as RuleStatus, forced: force === "!" };
  if (to === undefined || statusAt === 0) {
    if (status < 400) return ruleDiagnostic(spanIn(line), "destination");
    return { ...rule, destination: undefined, span: source.span };
  }
  if (statusAt > 1) return ruleDiagnostic((rest[1] ?? to).span, "condition", rest[1]?.text);
  const destination = parseDestination(to, parts, rule.status);
  if ("number" in destination) return destination;
  return { ...rule, destination, span: to.span };
}

function parseSource(word: Word): readonly PatternPart[] | Diagnostic {
  const { text, span } = word;
  const wrong = (name: RuleDiagnosticName, what: string): Diagnostic => ruleDiagnostic(span, name, what);
  if (/^(https?:)?\/\//i.test(text)) return wrong("sourceHost", text);
  if (!text.startsWith("/")) return wrong("source", text);
  if (text.includes("?") || text.includes("#")) return wrong("query", text.slice(text.search(/[?#]/)));
  const parts: PatternPart[] = [];
  const names = new Set<string>();
  const addText = (part: string): void => {
    const last = parts.at(-1);
    if (last?.kind === "text") parts[parts.length - 1] = { kind: "text", text: last.text + part };
    else parts.push({ kind: "text", text: part });
  };
  const segments = text.slice(1).split("/");
  for (const [index, segment] of segments.entries()) {
    addText("/");
    if (segment.startsWith(":")) {
      const name = segment.slice(1);
      if (!/^[A-Za-z]\w*$/.test(name)) return wrong("placeholder", segment);
      if (names.has(name)) return wrong("duplicatePlaceholder", name);
      names.add(name);
      parts.push({ kind: "segment", name });
      continue;
    }
    const star = segment.indexOf("*");
    if (star >= 0 && (index < segments.length - 1 || star < segment.length - 1))
      return wrong("splat", segment);
    const decoded = decode(star < 0 ? segment : segment.slice(0, star));
    if (decoded === undefined) return wrong("encoding", segment);
    if (decoded !== "") addText(decoded);
    if (star >= 0) parts.push({ kind: "splat" });
  }
  return parts;
}

/** Control characters are not part of any path here: the server's table of patterns uses some as marks. */
function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return /\p{Cc}/u.test(decoded) || decoded.includes("/") ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function parseDestination(
  { text, span }: Word,
  source: readonly PatternPart[],
  status: RuleStatus,
): Destination | Diagnostic {
  const wrong = (name: RuleDiagnosticName, what: string): Diagnostic => ruleDiagnostic(span, name, what);
  const isLocal = text.startsWith("/") && !/^\/[/\\]/.test(text);
  // Scheme and host, up to what can follow them.
  const host = isLocal ? "" : (/^https?:\/\/([^/?#]*)/i.exec(text)?.[0] ?? "");
  if (!isLocal) {
    const capture = /^https?:\/\/.*:([A-Za-z]\w*)/i.exec(host);
    if (capture !== null) return wrong("destinationHost", capture[1] ?? "");
    if (!/^https?:\/\/([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i.test(host))
      return wrong("destinationForm", text);
    if (!isRedirect(status)) return wrong("proxy", text);
  }
  const hash = text.indexOf("#");
  const main = hash < 0 ? text : text.slice(0, hash);
  const pieces: TemplatePiece[] = [];
  let before = host;
  for (const part of main.slice(host.length).split(/(:[A-Za-z]\w*)/)) {
    if (!/^:[A-Za-z]/.test(part)) {
      before += encodeKept(part);
      continue;
    }
    const name = part.slice(1);
    if (!source.some((each) => nameOf(each) === name)) return wrong("unknownPlaceholder", part);
    if (before !== "") pieces.push({ kind: "text", text: before });
    pieces.push({ kind: "capture", name });
    before = "";
  }
  if (before !== "") pieces.push({ kind: "text", text: before });
  if (isLocal && beginsLikeHost(pieces)) return wrong("emptySplat", text);
  const fragment = hash < 0 ? "" : encodeKept(text.slice(hash));
  const isLong = pieces
    .slice(1)
    .some((piece) => piece.kind === "text" && piece.text.length + fragment.length > mostText);
  if (isLong || fragment.length > mostText) return wrong("tooLong", text);
  return {
    pieces,
    fragment,
    isLocal,
    hasQuery: main.includes("?"),
  };
}

/** `/:splat/x`: the splat may stand for nothing, and what follows the two slashes would be a host. */
function beginsLikeHost([slash, splat, rest]: readonly TemplatePiece[]): boolean {
  return (
    slash?.kind === "text" &&
    slash.text === "/" &&
    splat?.kind === "capture" &&
    splat.name === "splat" &&
    rest?.kind === "text" &&
    /^[/\\]/.test(rest.text)
  );
}

/** What a destination calls a part of the path. */
export function nameOf(part: PatternPart): string | undefined {
  return part.kind === "text" ? undefined : part.kind === "splat" ? "splat" : part.name;
}

/** Percent-encodes what a URI cannot have and keeps what is encoded. */
function encodeKept(text: string): string {
  return encodeURI(text).replaceAll("%25", "%");
}
