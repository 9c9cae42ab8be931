/**
 * The flags about a site, which `build` and `serve` share, and what becomes of them: flags win over the configuration file,
 * and both over the defaults.
 */

import type { Command } from "commander";
import { UserError } from "../base/errors.ts";
import type { MicrolithConfig } from "../site/config.ts";
import { wrongField } from "../site/headers.ts";
import {
  type CacheRule,
  type Coding,
  cleanUrls,
  codings,
  defaultSiteOptions,
  dotfiles,
  type SiteOptions,
  securityHeaders,
  trailingSlashes,
} from "../site/site-options.ts";
import { parseChoice, quote } from "./options.ts";

/** As commander hands them over. */
export interface SiteFlags {
  readonly config?: string;
  readonly codings?: string;
  readonly base?: string;
  readonly index?: string;
  readonly listing?: boolean;
  readonly cleanUrls?: string;
  readonly trailingSlash?: string;
  readonly spa?: boolean;
  readonly fallback?: string;
  readonly dotfiles?: string;
  readonly exclude?: readonly string[];
  readonly cacheControl?: readonly string[];
  readonly cors?: boolean | string;
  readonly securityHeaders?: string;
  readonly lastModified?: string;
}

const rows: readonly (readonly [flags: string, description: string])[] = [
  [
    "--config <path>",
    "configuration file (default: microlith.config.ts, .js or .json here, if there is one)",
  ],
  [
    "--codings <list>",
    "content codings to store where they save: br, gzip, zstd, identity (default: br,identity)",
  ],
  [
    "--base <path|image>",
    "path that the site lies under, such as /docs; or an image to put it on top of: a reference, oci:PATH, archive:PATH, docker:NAME, …",
  ],
  ["--index <name>", "file that answers for its folder (default: index.html)"],
  ["--listing", "make a page for folders that have no index"],
  ["--no-listing", "make none, whatever the configuration says"],
  ["--clean-urls <mode>", "whether /about is about.html: on, off, or redirect (default: on)"],
  ["--trailing-slash <mode>", "where pages live: auto (folders with a slash, pages without), always, never"],
  ["--spa", "the index answers, with 200, for paths that name nothing"],
  ["--no-spa", "it does not, whatever the configuration says"],
  ["--fallback <file>", "a file that answers, with 200, for paths that name nothing"],
  ["--dotfiles <mode>", "which hidden files are served: none, well-known, all (default: well-known)"],
  ["--cors [origin]", "let pages of every other site, or of one origin, read the content"],
  ["--security-headers <set>", "none, basic or strict (default: none)"],
  [
    "--last-modified <time>",
    "when the site is from: a date, seconds since 1970, SOURCE_DATE_EPOCH, git (the commit's) or none (default: SOURCE_DATE_EPOCH if it is set, or else none)",
  ],
];

const repeated: typeof rows = [
  ["--exclude <pattern>", "leave files out, as .microlithignore does; may be repeated"],
  ["--cache-control <path=value>", "Cache-Control for paths, such as '/api/*=no-store'; may be repeated"],
];

/** Adds the flags to a command. */
export function addSiteFlags(command: Command): Command {
  command.optionsGroup("How the site is served:");
  for (const [flags, description] of rows) command.option(flags, description);
  for (const [flags, description] of repeated) command.option(flags, description, collect);
  return command;
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/**
 * `lastModified` is what last-modified.ts makes of its flag.
 * @throws UserError that names the flag, the value and what would be right
 */
export function chooseSiteOptions(
  flags: SiteFlags,
  config: MicrolithConfig,
  lastModified?: Date | undefined,
): SiteOptions {
  const index = parseIndex(flags.index ?? config.index ?? defaultSiteOptions.index);
  const choice = <T extends string>(
    flag: string,
    text: string | undefined,
    allowed: readonly T[],
    otherwise: T,
  ): T => (text === undefined ? otherwise : parseChoice(flag, text, allowed));
  const defaults = { ...defaultSiteOptions, ...withoutUndefined(config) };
  return {
    codings:
      flags.codings === undefined
        ? (config.codings ?? defaultSiteOptions.codings)
        : parseCodings(flags.codings),
    base: parseBase((isPath(flags.base) ? flags.base : undefined) ?? config.base ?? ""),
    index,
    listing: flags.listing ?? config.listing ?? false,
    cleanUrls: choice("--clean-urls", flags.cleanUrls, cleanUrls, defaults.cleanUrls),
    trailingSlash: choice("--trailing-slash", flags.trailingSlash, trailingSlashes, defaults.trailingSlash),
    fallback: chooseFallback(flags, config, index),
    dotfiles: choice("--dotfiles", flags.dotfiles, dotfiles, defaults.dotfiles),
    exclude: [...(config.exclude ?? []), ...(flags.exclude ?? [])],
    cacheControl: [...(config.cacheControl ?? []), ...(flags.cacheControl ?? []).map(splitCacheRule)].map(
      checkCacheRule,
    ),
    cors: parseCors(flags.cors ?? config.cors ?? false),
    securityHeaders: choice(
      "--security-headers",
      flags.securityHeaders,
      securityHeaders,
      defaults.securityHeaders,
    ),
    lastModified,
  };
}

function withoutUndefined(config: MicrolithConfig): MicrolithConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

/** In the order of `codings`, each once. */
function parseCodings(text: string): readonly Coding[] {
  const wanted = text.split(",").map((name) => parseChoice("--codings", name.trim(), codings));
  return codings.filter((coding) => wanted.includes(coding));
}

/** Of --base: a path, which begins or ends with a slash, and not an image. */
export function isPath(base: string | undefined): boolean {
  return base?.startsWith("/") === true || base?.endsWith("/") === true;
}

/** `docs`, `/docs` and `/docs/` are `/docs`; `/` is no base. */
function parseBase(text: string): string {
  const segments = text.split("/").filter((segment) => segment !== "");
  if (/[?#%\\]|\p{Cc}/u.test(text) || segments.some((segment) => segment === "." || segment === "..")) {
    throw new UserError(`--base ${quote(text)} is not a path`, { help: "Write it as in /docs." });
  }
  return segments.map((segment) => `/${segment}`).join("");
}

function parseIndex(text: string): string {
  if (text !== "" && !text.includes("/") && text !== "404.html") return text;
  throw new UserError(`--index ${quote(text)} is not the name of a file`, {
    help: "Write it as in index.html.",
  });
}

/** A flag wins over everything that the file says. */
function chooseFallback(flags: SiteFlags, config: MicrolithConfig, index: string): string | undefined {
  if (flags.fallback !== undefined && flags.spa === true) {
    throw new UserError("--spa and --fallback name two files for paths that name nothing", {
      help: "Leave one of them out: --spa means the index.",
    });
  }
  if (flags.fallback !== undefined) return filePath(flags.fallback);
  if (flags.spa !== undefined) return flags.spa ? `/${index}` : undefined;
  if (config.fallback !== undefined) return filePath(config.fallback);
  return config.spa === true ? `/${index}` : undefined;
}

function filePath(text: string): string {
  return `/${text.replace(/^(\.?\/)+/, "")}`;
}

function splitCacheRule(text: string): CacheRule {
  const at = text.indexOf("=");
  return { match: at < 0 ? text : text.slice(0, at), value: at < 0 ? "" : text.slice(at + 1).trim() };
}

function checkCacheRule(rule: CacheRule): CacheRule {
  const isRight = rule.match.startsWith("/") && wrongField("Cache-Control", rule.value) === undefined;
  if (isRight) return rule;
  throw new UserError(
    `--cache-control ${quote(rule.value === "" ? rule.match : `${rule.match}=${rule.value}`)} is not a rule`,
    {
      help: "Write a path, = and a value: '/assets/*=max-age=3600'.",
    },
  );
}

function parseCors(value: boolean | string): string | undefined {
  if (typeof value === "boolean") return value ? "*" : undefined;
  if (value === "*" || /^https?:\/\/[\w.-]+(:\d{1,5})?$/.test(value)) return value;
  throw new UserError(`--cors ${quote(value)} is not an origin`, {
    help: "Write scheme and host, as in https://app.example.org, or nothing for everybody.",
  });
}
