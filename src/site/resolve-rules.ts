/**
 * Files and rules together: what each path leads to, and what is left for the server to match.
 *
 * Everything that can be decided now becomes an entry of the table: rules for one path, forced rules for paths that exist,
 * rewrites that move a whole folder. The server has only the rest to match, and only for paths that are not in the
 * table: patterns in order, then what answers for everything else.
 */

import { UserError } from "../base/errors.ts";
import type { Diagnostic } from "../lang/diagnostics.ts";
import { type Captures, escapeExpression, matchPath, type PatternPart } from "./path-pattern.ts";
import { type Destination, isRedirect, nameOf, type RedirectRule } from "./redirects.ts";
import {
  type Claim,
  encodePath,
  fileRoutes,
  isNotFoundPage,
  type LocationPiece,
  notFoundName,
  redirectRank,
  redirectTo,
  type Target,
} from "./routes.ts";
import { ruleDiagnostic } from "./rule-diagnostics.ts";
import { compareBytes, type SiteFile } from "./scan.ts";
import type { SiteOptions } from "./site-options.ts";

export interface Route {
  /** Decoded, with the site's base. */
  readonly path: string;
  readonly target: Target;
}

/** For paths that are no route. The parts of the path, but for its texts, are numbered from 1 for `Target.location`. */
export interface Pattern {
  readonly parts: readonly PatternPart[];
  readonly target: Target;
}

export interface Routes {
  /** Sorted by path, bytewise. */
  readonly routes: readonly Route[];
  /** The first that matches counts. */
  readonly patterns: readonly Pattern[];
  /** For every other path. */
  readonly notFound: Target;
}

export interface Resolution extends Routes {
  readonly diagnostics: readonly Diagnostic[];
}

/** @throws UserError (exit code 1) when two files lead to one path, or the fallback is no file */
export function resolveRoutes(
  files: readonly SiteFile[],
  rules: readonly RedirectRule[],
  options: SiteOptions,
): Resolution {
  const claims = fileRoutes(files, options);
  const diagnostics: Diagnostic[] = [];
  const resolved = rules.flatMap((rule) => {
    const made = resolveRule(rule, claims, files);
    if ("number" in made) {
      diagnostics.push(made);
      return [];
    }
    const bare = withoutRest(rule);
    const other = bare === undefined ? undefined : resolveRule(bare, claims, files);
    return other === undefined || "number" in other ? [made] : [made, other];
  });
  const routes = applyRules(claims, resolved);
  const patterns = resolved.flatMap(({ rule, pattern }) =>
    isExact(rule) || pattern === undefined ? [] : [pattern],
  );
  return {
    ...withBase(options.base, {
      routes: [...routes].map(([path, target]) => ({ path, target })),
      ...endings([...patterns, ...folderPages(files)], lastTarget(files, options)),
    }),
    diagnostics,
  };
}

/** `/:year/x/*` also stands for `/:year/x`: a rule of its own, in which nothing is left of the rest. See `basePath` for one without segments. */
function withoutRest(rule: RedirectRule): RedirectRule | undefined {
  const text = rule.parts.at(-2);
  const isFolder = rule.parts.at(-1)?.kind === "splat" && text?.kind === "text" && text.text.endsWith("/");
  if (!isFolder || rule.parts.length === 2) return undefined;
  const bare = text.text.slice(0, -1);
  const last: readonly PatternPart[] = bare === "" ? [] : [{ kind: "text", text: bare }];
  const { destination } = rule;
  const pieces = destination?.pieces.filter((piece) => piece.kind === "text" || piece.name !== "splat") ?? [];
  return {
    ...rule,
    parts: [...rule.parts.slice(0, -2), ...last],
    destination: destination === undefined ? undefined : { ...destination, pieces },
  };
}

interface ResolvedRule {
  readonly rule: RedirectRule;
  /** What it does for a path with these captures; undefined: nothing, another rule or file is asked. */
  readonly apply: (captures: Captures) => Target | undefined;
  /** What the server does for paths that are not known now; undefined: nothing is left to do. */
  readonly pattern: Pattern | undefined;
  /** The paths that it adds. */
  readonly paths: readonly string[];
}

function resolveRule(
  rule: RedirectRule,
  claims: ReadonlyMap<string, Claim>,
  files: readonly SiteFile[],
): ResolvedRule | Diagnostic {
  const { destination, status, parts } = rule;
  const exact = exactPath(parts);
  const own = exact === undefined ? basePath(parts) : [exact];
  if (isRedirect(status) && destination !== undefined) {
    const names = parts.flatMap((part) => nameOf(part) ?? []);
    const target: Target = {
      kind: "redirect",
      status,
      location: destination.pieces.map((piece) =>
        piece.kind === "text" ? piece.text : names.indexOf(piece.name) + 1,
      ),
      fragment: destination.fragment,
      keepsQuery: !destination.hasQuery,
    };
    const apply = (captures: Captures): Target => ({
      ...target,
      location: [fillLocation(destination, captures)],
    });
    return { rule, apply, pattern: { parts, target }, paths: own };
  }
  const always = (target: Target): ResolvedRule => ({
    rule,
    apply: () => target,
    pattern: { parts, target },
    paths: own,
  });
  if (destination === undefined) return always({ kind: "text", status: status === 410 ? 410 : 404 });
  const captured = new Set(
    destination.pieces.flatMap((piece) => (piece.kind === "capture" ? [piece.name] : [])),
  );
  if (captured.size === 0) {
    const path = decodedText(destination);
    const file = findFile(path, claims, files);
    if (file === undefined) return ruleDiagnostic(rule.span, "target", path);
    return always({ kind: "file", file, status: status === 200 ? 200 : status === 410 ? 410 : 404 });
  }
  const unused = parts.map(nameOf).find((name) => name !== undefined && !captured.has(name));
  if (unused !== undefined) return ruleDiagnostic(rule.span, "rewriteCaptures", unused);
  return rewriteEach(rule, destination, claims);
}

/** A rewrite of many paths to as many files: each file's path tells the path that leads to it. */
function rewriteEach(
  rule: RedirectRule,
  destination: Destination,
  claims: ReadonlyMap<string, Claim>,
): ResolvedRule | Diagnostic {
  const expression = templateExpression(destination, rule.parts);
  const targets = new Map<string, Target>();
  for (const [path, { target }] of claims) {
    const found = target.kind === "file" ? expression.exec(path)?.groups : undefined;
    if (found !== undefined) targets.set(fillParts(rule.parts, found), target);
  }
  if (targets.size === 0) return ruleDiagnostic(rule.span, "target", decodedText(destination));
  const apply = (captures: Captures): Target | undefined =>
    targets.get(fillParts(rule.parts, Object.fromEntries(captures)));
  return { rule, apply, pattern: undefined, paths: [...targets.keys(), ...basePath(rule.parts)] };
}

/** Rules in their order, over the paths that exist or that a rule names. */
function applyRules(
  claims: ReadonlyMap<string, Claim>,
  rules: readonly ResolvedRule[],
): ReadonlyMap<string, Target> {
  const routes = new Map([...claims].map(([path, { target }]) => [path, target]));
  if (rules.length === 0) return routes;
  const candidates = rulesByPath(rules);
  const decide = (path: string): Target | undefined => {
    const claim = claims.get(path);
    for (const { rule, apply } of candidates(path)) {
      const captures = matchPath(rule.parts, path);
      const target = captures === undefined ? undefined : apply(captures);
      if (target === undefined) continue;
      // A file goes before a rule that is not forced; a redirect that nobody wrote does not.
      return claim !== undefined && claim.rank < redirectRank && !rule.forced ? claim.target : target;
    }
    return claim?.target;
  };
  const named = rules.flatMap(({ paths }) => paths);
  for (const path of [...claims.keys(), ...named]) {
    const target = decide(path);
    if (target !== undefined) routes.set(path, target);
  }
  // `/old` is meant to match `/old/` too, and the other way round. No file is there: what is at `/old` does not matter.
  const decideOther = (path: string, other: string): Target | undefined => {
    for (const { rule, apply, pattern } of candidates(path)) {
      const own = matchPath(rule.parts, other);
      const captures = own ?? matchPath(rule.parts, path);
      const target = captures === undefined ? undefined : apply(captures);
      if (target === undefined || leadsTo(target, other)) continue;
      // The server matches it by itself.
      return own !== undefined && pattern !== undefined && !isExact(rule) ? undefined : target;
    }
    return undefined;
  };
  for (const path of named) {
    const other = path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
    const target = other === "" || routes.has(other) ? undefined : decideOther(path, other);
    if (target !== undefined) routes.set(other, target);
  }
  return routes;
}

/** The rules that can match a path, in their order: most are for one path only, and are found by it. */
function rulesByPath(rules: readonly ResolvedRule[]): (path: string) => readonly ResolvedRule[] {
  const dynamic = rules.filter(({ rule }) => !isExact(rule));
  const first = new Map<string, ResolvedRule>();
  for (const rule of rules) {
    const path = exactPath(rule.rule.parts);
    if (path !== undefined && !first.has(path)) first.set(path, rule);
  }
  return (path) => {
    const exact = first.get(path);
    if (exact === undefined) return dynamic;
    const at = rules.indexOf(exact);
    const before = dynamic.filter((rule) => rules.indexOf(rule) < at);
    return [...before, exact, ...dynamic.slice(before.length)];
  };
}

function leadsTo(target: Target, path: string): boolean {
  return target.kind === "redirect" && target.location[0] === encodePath(path);
}

/** Patterns for the pages of folders, the deepest first. */
function folderPages(files: readonly SiteFile[]): readonly Pattern[] {
  return files
    .filter((file) => isNotFoundPage(file) && file.path !== `/${notFoundName}`)
    .map(
      (file): Pattern => ({
        parts: [{ kind: "text", text: file.path.slice(0, -notFoundName.length) }, { kind: "splat" }],
        target: { kind: "file", file, status: 404 },
      }),
    )
    .sort((a, b) => depthOf(b) - depthOf(a));
}

function depthOf({ parts: [first] }: Pattern): number {
  return first?.kind === "text" ? first.text.split("/").length : 0;
}

function lastTarget(files: readonly SiteFile[], { fallback }: SiteOptions): Target {
  if (fallback !== undefined) {
    const file = files.find(({ path }) => path === fallback);
    if (file !== undefined) return { kind: "file", file, status: 200 };
    throw new UserError(`the fallback ${fallback} is not a file of the site`, {
      exitCode: 1,
      help: "Name a file by its path in the folder, such as index.html.",
    });
  }
  const page = files.find(({ path }) => path === `/${notFoundName}`);
  return page === undefined ? { kind: "text", status: 404 } : { kind: "file", file: page, status: 404 };
}

/** A pattern that matches everything is the last that counts, and what answers for the rest unless it says something about the path. */
function endings(patterns: readonly Pattern[], notFound: Target): Pick<Routes, "patterns" | "notFound"> {
  const last = patterns.findIndex(
    ({ parts: [first, second] }) => first?.kind === "text" && first.text === "/" && second?.kind === "splat",
  );
  const rest = patterns[last];
  if (rest === undefined) return { patterns, notFound };
  const { target } = rest;
  const isFixed = target.kind !== "redirect" || target.location.every((piece) => typeof piece === "string");
  return isFixed
    ? { patterns: patterns.slice(0, last), notFound: target }
    : { patterns: patterns.slice(0, last + 1), notFound };
}

function withBase(base: string, { routes, patterns, notFound }: Routes): Routes {
  const sort = (all: readonly Route[]): readonly Route[] =>
    [...all].sort((a, b) => compareBytes(a.path, b.path));
  if (base === "") return { routes: sort(routes), patterns, notFound };
  const moved = (target: Target): Target =>
    target.kind === "redirect" ? { ...target, location: moveLocation(base, target.location) } : target;
  const own: readonly Route[] = [{ path: base, target: redirectTo(`${base}/`) }];
  return {
    routes: sort([
      ...own,
      ...routes.map(({ path, target }) => ({ path: base + path, target: moved(target) })),
    ]),
    patterns: patterns.map(({ parts, target }) => ({ parts: moveParts(base, parts), target: moved(target) })),
    notFound: moved(notFound),
  };
}

function moveLocation(base: string, location: readonly LocationPiece[]): readonly LocationPiece[] {
  const [first, ...rest] = location;
  return typeof first === "string" && first.startsWith("/") ? [encodePath(base) + first, ...rest] : location;
}

function moveParts(base: string, parts: readonly PatternPart[]): readonly PatternPart[] {
  const [first, ...rest] = parts;
  return first?.kind === "text" ? [{ kind: "text", text: base + first.text }, ...rest] : parts;
}

function isExact(rule: RedirectRule): boolean {
  return exactPath(rule.parts) !== undefined;
}

function exactPath(parts: readonly PatternPart[]): string | undefined {
  const [only, ...rest] = parts;
  return only?.kind === "text" && rest.length === 0 ? only.text : undefined;
}

/** `/blog/*` also stands for `/blog`. */
function basePath(parts: readonly PatternPart[]): readonly string[] {
  const [first, second] = parts;
  const isFolder =
    first?.kind === "text" && first.text.endsWith("/") && first.text !== "/" && second?.kind === "splat";
  return isFolder ? [first.text.slice(0, -1)] : [];
}

function findFile(
  path: string,
  claims: ReadonlyMap<string, Claim>,
  files: readonly SiteFile[],
): SiteFile | undefined {
  const target = claims.get(path)?.target;
  if (target?.kind === "file") return target.file;
  // A page for what is not found has no path that leads to it; rules call it by either name.
  return files.find((file) => file.path === path || (isNotFoundPage(file) && file.path === `${path}.html`));
}

function decodedText({ pieces }: Destination): string {
  const text = pieces.map((piece) => (piece.kind === "text" ? piece.text : `:${piece.name}`)).join("");
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Slashes at the start of a captured part would make a host of it. The server strips them too. */
function fillLocation({ pieces }: Destination, captures: Captures): string {
  return pieces
    .map((piece) =>
      piece.kind === "text"
        ? piece.text
        : encodePath((captures.get(piece.name) ?? "").replace(/^[/\\]+/, "")),
    )
    .join("");
}

function fillParts(parts: readonly PatternPart[], values: Readonly<Record<string, string>>): string {
  return parts
    .map((part) => (part.kind === "text" ? part.text : (values[nameOf(part) ?? ""] ?? "")))
    .join("");
}

/** Finds the captures in a decoded path that the destination names. */
function templateExpression({ pieces }: Destination, parts: readonly PatternPart[]): RegExp {
  const seen = new Set<string>();
  const source = pieces.map((piece) => {
    if (piece.kind === "text") return escapeExpression(decodeURIComponent(piece.text));
    if (seen.has(piece.name)) return `\\k<${piece.name}>`;
    seen.add(piece.name);
    const isSplat = parts.some((part) => part.kind === "splat") && piece.name === "splat";
    return isSplat ? `(?<${piece.name}>.*)` : `(?<${piece.name}>[^/]+)`;
  });
  return new RegExp(`^${source.join("")}$`, "su");
}
