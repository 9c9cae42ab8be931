/**
 * What a site answers for a path, after docs/site.md and docs/server.md and nothing else: no line of src/site or runtime/server is used.
 * Where the documents leave something open there is more than one answer.
 */

import type { RandomOptions } from "./random-options.ts";
import { isRewrite, type RandomSite, type RedirectRule } from "./random-site.ts";

export type Answer =
  | { readonly kind: "file"; readonly status: number; readonly path: string }
  | { readonly kind: "listing" }
  /** A line of the server's own. */
  | { readonly kind: "line"; readonly status: number }
  /** `location` is decoded; `keepsQuery`: the request's query goes between it and the fragment. */
  | {
      readonly kind: "redirect";
      readonly status: number;
      readonly location: string;
      readonly fragment: string;
      readonly keepsQuery: boolean;
    };

export interface Model {
  /** All paths that name something, decoded, the base before them. */
  readonly paths: readonly string[];
  /** What may be the answer for a decoded path. */
  answers(path: string): readonly Answer[];
  /** The values that rules set for a file, by name in lower case; undefined: it has none. */
  fields(path: string): ReadonlyMap<string, string | undefined>;
}

/** The paths of the files that are served. */
export function servedOf({ content }: RandomSite, { site }: RandomOptions): readonly string[] {
  return [...content.keys()].filter((path) => isServed(path, site.dotfiles, site.exclude));
}

export function modelOf(given: RandomSite, options: RandomOptions): Model {
  const { redirects, headers } = given;
  const { site, spa } = options;
  const { index, base } = site;
  const served = servedOf(given, options);
  const names = namesOf(served, site);
  const errorPages = served.filter((path) => path.endsWith("/404.html"));
  const spaFile = spa && served.includes(`/${index}`) ? `/${index}` : undefined;

  return { paths: [...names.keys()].map((path) => base + path), answers, fields };

  function answers(whole: string): readonly Answer[] {
    const isBelow = whole.startsWith(`${base}/`);
    if (base !== "" && whole === base) return [redirectTo(`${base}/`)];
    // A rule for everything may be one for what lies beside the base, too.
    if (!isBelow) return [notFound(""), ...within("/\0")];
    return within(whole.slice(base.length));
  }

  function within(path: string): readonly Answer[] {
    const known = names.get(path);
    for (const rule of redirects) {
      const captures = match(rule.from, path);
      if (captures === undefined) continue;
      const answer = follow(rule, captures, path);
      // In a circle, or to no file: the next one counts.
      if (answer === undefined) continue;
      // A redirect that nobody wrote is no file, but for a page's that moved to its clean name.
      const isFile = known !== undefined && (known.kind !== "redirect" || served.includes(path));
      if (isFile && !rule.forced) return [known];
      // The rule is for the path without its slash, or a redirect leads there: either may be meant.
      return known !== undefined && path.endsWith("/") ? [answer, known] : [answer];
    }
    return [known ?? notFound(path)];
  }

  function follow(
    rule: RedirectRule,
    captures: ReadonlyMap<string, string>,
    path: string,
  ): Answer | undefined {
    if (rule.to === undefined) return { kind: "line", status: rule.status };
    const fill = (text: string): string =>
      text.replace(/:(splat|one|two)\b/g, (_, name: string) =>
        (captures.get(name) ?? "").replace(/^[/\\]+/, ""),
      );
    if (isRewrite(rule.status)) {
      const file = fill(rule.to);
      const named = served.includes(file) ? file : names.get(file);
      if (typeof named === "string") return { kind: "file", status: rule.status, path: named };
      return named?.kind === "file" ? { ...named, status: rule.status } : undefined;
    }
    const isLocal = rule.to.startsWith("/");
    const location = (isLocal ? base : "") + fill(rule.to.replace(/#.*$/, ""));
    const fragment = /#.*$/.exec(rule.to)?.[0] ?? "";
    if (location === base + path) return undefined;
    return { kind: "redirect", status: rule.status, location, fragment, keepsQuery: !rule.to.includes("?") };
  }

  function notFound(path: string): Answer {
    const nearest = errorPages
      .filter((page) => path.startsWith(page.slice(0, -"404.html".length)))
      .sort((one, other) => other.length - one.length)
      .find((page) => page !== "/404.html" || spaFile === undefined);
    if (nearest !== undefined) return { kind: "file", status: 404, path: nearest };
    if (spaFile !== undefined) return { kind: "file", status: 200, path: spaFile };
    if (errorPages.includes("/404.html")) return { kind: "file", status: 404, path: "/404.html" };
    return { kind: "line", status: 404 };
  }

  function namesOf(
    files: readonly string[],
    { cleanUrls, trailingSlash, listing }: RandomOptions["site"],
  ): Map<string, Answer> {
    const found = new Map<string, Answer>();
    const claim = (path: string, answer: Answer): void => {
      if (!found.has(path)) found.set(path, answer);
    };
    const file = (path: string): Answer => ({ kind: "file", status: 200, path });
    const isIndex = (path: string): boolean => path.endsWith(`/${index}`);
    const isPage = (path: string): boolean => /[^/]\.html$/.test(path) && !isIndex(path);
    const withSlash = trailingSlash === "always" ? "/" : "";
    const pages = files.filter((path) => isPage(path) && !path.endsWith("/404.html"));
    const isClean = cleanUrls === "redirect";
    for (const path of files) {
      if (path.endsWith("/404.html") && index !== "404.html") continue;
      if (isPage(path) && isClean) claim(path, redirectTo(base + path.replace(/\.html$/, withSlash)));
      else if (isIndex(path) && isClean)
        claim(path, redirectTo(base + folderName(path.slice(0, -index.length))));
      else claim(path, file(path));
    }
    if (cleanUrls !== "off") {
      for (const path of pages) {
        const name = path.replace(/\.html$/, "");
        claim(name + withSlash, file(path));
        if (trailingSlash === "always") claim(name, redirectTo(`${base}${name}/`));
        if (trailingSlash === "never") claim(`${name}/`, redirectTo(base + name));
      }
    }
    const folders = new Set(["/", ...files.filter((path) => !path.endsWith("/404.html")).flatMap(foldersOf)]);
    for (const folder of folders) {
      const answer: Answer | undefined = files.includes(folder + index)
        ? file(folder + index)
        : listing
          ? { kind: "listing" }
          : undefined;
      if (answer === undefined) continue;
      const name = folderName(folder);
      claim(name, answer);
      if (folder !== "/") {
        const other = name.endsWith("/") ? name.slice(0, -1) : `${name}/`;
        claim(other, redirectTo(base + name));
      }
    }
    return found;

    function folderName(folder: string): string {
      return trailingSlash === "never" && folder !== "/" ? folder.slice(0, -1) : folder;
    }
  }

  function fields(path: string): ReadonlyMap<string, string | undefined> {
    const home = [...names]
      .filter(([, answer]) => answer.kind === "file" && answer.path === path)
      .map(([name]) => name);
    const all = [path, ...home];
    const found = new Map<string, string | undefined>();
    for (const { match: pattern, name, value } of headers) {
      if (!all.some((each) => glob(pattern).test(each))) continue;
      const before = found.get(name.toLowerCase());
      found.set(
        name.toLowerCase(),
        before === undefined || value === undefined ? value : `${before}, ${value}`,
      );
    }
    if (!found.has("cache-control")) {
      const rule = [...site.cacheControl]
        .reverse()
        .find((each) => all.some((name) => glob(each.match).test(name)));
      found.set("cache-control", rule?.value ?? "no-cache");
    }
    return found;
  }
}

function redirectTo(location: string): Answer {
  return { kind: "redirect", status: 301, location, fragment: "", keepsQuery: true };
}

function isServed(
  path: string,
  dotfiles: "none" | "well-known" | "all",
  exclude: readonly string[],
): boolean {
  if (exclude.length > 0 && path.endsWith(".json")) return false;
  return path
    .split("/")
    .every(
      (name) =>
        !name.startsWith(".") || dotfiles === "all" || (dotfiles === "well-known" && name === ".well-known"),
    );
}

/** `/a/b/c` lies in `/`, `/a/` and `/a/b/`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join("/")}/`);
}

/** What the parts of a rule's path stand for; undefined: it is another path. */
function match(from: string, path: string): ReadonlyMap<string, string> | undefined {
  const isSplat = from.endsWith("/*");
  const wanted = (isSplat ? from.slice(0, -2) : from).split("/");
  const given = path.split("/");
  const captures = new Map<string, string>();
  for (const [index, part] of wanted.entries()) {
    const segment = given[index];
    if (segment === undefined) return undefined;
    if (!part.startsWith(":")) {
      if (part !== segment) return undefined;
    } else if (segment === "") return undefined;
    else captures.set(part.slice(1), segment);
  }
  const rest = given.slice(wanted.length);
  if (isSplat) return captures.set("splat", rest.join("/"));
  // `/old` also stands for `/old/`.
  return rest.length === 0 || (rest.length === 1 && rest[0] === "") ? captures : undefined;
}

function glob(pattern: string): RegExp {
  const text = pattern
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replace(/:[a-z]+/g, "[^/]+");
  return new RegExp(`^${text}$`, "s");
}
