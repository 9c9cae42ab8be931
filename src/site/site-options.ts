/**
 * What the owner of a site can choose about how its files are served, with the defaults. All of it is decided when the
 * executable is made; docs/site.md says what each means.
 */

/** Content codings (RFC 9110, section 8.4.1), and the content as it is. */
export type Coding = "br" | "gzip" | "zstd" | "identity";
export const codings: readonly Coding[] = ["br", "gzip", "zstd", "identity"];

/** Whether `/about` is `about.html`: both answer; only `/about.html` does; `/about.html` redirects to `/about`. */
export type CleanUrls = "on" | "off" | "redirect";
export const cleanUrls: readonly CleanUrls[] = ["on", "off", "redirect"];

/** Where pages live: folders with a slash and pages without, everything with, everything without. */
export type TrailingSlash = "auto" | "always" | "never";
export const trailingSlashes: readonly TrailingSlash[] = ["auto", "always", "never"];

/** Which names that begin with a dot are served. */
export type Dotfiles = "none" | "well-known" | "all";
export const dotfiles: readonly Dotfiles[] = ["none", "well-known", "all"];

export type SecurityHeaders = "none" | "basic" | "strict";
export const securityHeaders: readonly SecurityHeaders[] = ["none", "basic", "strict"];

/** A value of Cache-Control for paths; the pattern is written as in `_headers`. */
export interface CacheRule {
  readonly match: string;
  readonly value: string;
}

export interface SiteOptions {
  /** What is stored of each file, where it saves. Without `identity`, files that have a coding are stored in it only. */
  readonly codings: readonly Coding[];
  /** The path that the site lies under: empty, or `/prefix` without a slash at its end. */
  readonly base: string;
  /** The name of the file that answers for its folder. */
  readonly index: string;
  /** Makes an index page for folders that have none. */
  readonly listing: boolean;
  readonly cleanUrls: CleanUrls;
  readonly trailingSlash: TrailingSlash;
  /** The path of the file that answers, with status 200, for paths that name nothing. */
  readonly fallback: string | undefined;
  readonly dotfiles: Dotfiles;
  /** Lines as in an ignore file of git. */
  readonly exclude: readonly string[];
  /** The last one that matches counts. */
  readonly cacheControl: readonly CacheRule[];
  /** The value of Access-Control-Allow-Origin. */
  readonly cors: string | undefined;
  readonly securityHeaders: SecurityHeaders;
  /** When the whole site is from; absent: nothing is said about time. */
  readonly lastModified: Date | undefined;
}

export const defaultSiteOptions: SiteOptions = {
  codings: ["br", "identity"],
  base: "",
  index: "index.html",
  listing: false,
  cleanUrls: "on",
  trailingSlash: "auto",
  fallback: undefined,
  dotfiles: "well-known",
  exclude: [],
  cacheControl: [],
  cors: undefined,
  securityHeaders: "none",
  lastModified: undefined,
};
