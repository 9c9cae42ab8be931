/**
 * What each path of a site leads to, before any rules.
 *
 * A file is named by its path, a folder by its index, a page also by its path without `.html`. Where the site lives by
 * the other form (with or without the slash at the end) there is a redirect. Several may claim a path: a file goes before a
 * page under its clean name, that before a list that we made of a folder, and that before a redirect.
 */

import { UserError } from "../base/errors.ts";
import type { RedirectStatus } from "./redirects.ts";
import type { SiteFile } from "./scan.ts";
import type { SiteOptions } from "./site-options.ts";

/** Text, percent-encoded, or the number of a part of the request's path, counted from 1. */
export type LocationPiece = string | number;

export interface RedirectTarget {
  readonly kind: "redirect";
  readonly status: RedirectStatus;
  readonly location: readonly LocationPiece[];
  /** With its `#`, behind the query. */
  readonly fragment: string;
  readonly keepsQuery: boolean;
}

export type Target =
  | { readonly kind: "file"; readonly file: SiteFile; readonly status: 200 | 404 | 410 }
  /** A line of text that says what the status does. */
  | { readonly kind: "text"; readonly status: 404 | 410 }
  | RedirectTarget;

export interface Claim {
  readonly target: Target;
  /** The lower goes first: a file, a page under another name, a list of a folder, a redirect. */
  readonly rank: 0 | 1 | 2 | typeof redirectRank;
}

export const redirectRank = 3;

export const notFoundName = "404.html";

/**
 * The claims of the site's files on paths, all begin with a slash and are decoded.
 * @throws UserError (exit code 1) when two files lead to one path
 */
export function fileRoutes(files: readonly SiteFile[], options: SiteOptions): ReadonlyMap<string, Claim> {
  const claims = new Map<string, Claim>();
  const add = (path: string, target: Target, rank: Claim["rank"]): void => {
    const other = claims.get(path);
    if (other === undefined || rank < other.rank) claims.set(path, { target, rank });
    else if (rank === other.rank && rank < redirectRank) {
      throw new UserError(
        `${describeTarget(other.target)} and ${describeTarget(target)} both lead to ${path}`,
        {
          exitCode: 1,
          help: "Rename one of them.",
        },
      );
    }
  };
  for (const file of files) {
    if (isNotFoundPage(file)) continue;
    const names = namesOf(file, options);
    const target: Target = { kind: "file", file, status: 200 };
    const home = names.home ?? file.path;
    if (names.home !== undefined) add(names.home, target, file.content === undefined ? 1 : 2);
    if (names.other !== undefined) add(names.other, redirectTo(home), redirectRank);
    if (file.content !== undefined) continue;
    if (names.home !== undefined && options.cleanUrls === "redirect") add(file.path, redirectTo(home), 1);
    else add(file.path, target, 0);
  }
  return claims;
}

export function isNotFoundPage({ path }: SiteFile): boolean {
  return path.endsWith(`/${notFoundName}`);
}

/** 301, to a decoded path. */
export function redirectTo(path: string): RedirectTarget {
  return { kind: "redirect", status: 301, location: [encodePath(path)], fragment: "", keepsQuery: true };
}

/** The paths under which a page is meant to be found, besides its file's: where it lives, and what leads there. */
export function namesOf(
  { path }: SiteFile,
  options: SiteOptions,
): { readonly home?: string; readonly other?: string } {
  const { index, trailingSlash, cleanUrls } = options;
  if (path.endsWith(`/${index}`)) {
    const folder = path.slice(0, -index.length);
    if (folder === "/") return { home: folder };
    const bare = folder.slice(0, -1);
    return trailingSlash === "never" ? { home: bare, other: folder } : { home: folder, other: bare };
  }
  // A hidden file that is called `.html` is no page: nothing would be left of its name but the folder's.
  if (cleanUrls === "off" || !/[^/]\.html$/.test(path)) return {};
  const clean = path.slice(0, -".html".length);
  switch (trailingSlash) {
    case "auto":
      return { home: clean };
    case "never":
      return { home: clean, other: `${clean}/` };
    case "always":
      return { home: `${clean}/`, other: clean };
  }
}

/** For messages. */
export function describeTarget(target: Target): string {
  return target.kind === "file" ? target.file.source : target.kind === "redirect" ? "a redirect" : "a rule";
}

/** A path as a URI carries it: everything but pchar and slashes percent-encoded (RFC 3986, section 3.3). */
export function encodePath(path: string): string {
  return encodeURI(path).replace(
    /[?#[\]]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
