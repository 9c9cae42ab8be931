/**
 * Random small sites: nested folders, odd names, content of the sizes at which something changes, pages for what is not found, and
 * rules. The rules are kept as values besides their text, so that the model needs no parser of them.
 */

import { mostAtOnce } from "../../../src/site/bundle.ts";
import type { Files } from "../../support/server.ts";
import { type Random, times } from "./random.ts";
import type { RandomOptions } from "./random-options.ts";

/** A line of `_redirects`. */
export interface RedirectRule {
  /** Decoded; `:name` is a segment, `/*` at the end is anything. */
  readonly from: string;
  /** Decoded, or with scheme and host. Absent: a status without content of the site's. */
  readonly to: string | undefined;
  readonly status: number;
  readonly forced: boolean;
}

/** A block of `_headers`. */
export interface HeaderRule {
  readonly match: string;
  readonly name: string;
  /** Absent: what stands above, or is there by default, is taken back. */
  readonly value: string | undefined;
}

export interface RandomSite {
  /** Without the rules. */
  readonly content: ReadonlyMap<string, Uint8Array>;
  readonly redirects: readonly RedirectRule[];
  readonly headers: readonly HeaderRule[];
}

const oddNames = [
  "a b",
  "ü",
  "日本",
  "100%",
  "%41",
  "a+b",
  "~t",
  "it's",
  'q"q',
  "x&y",
  "s;c,e=d",
  "(1)",
  "[b]",
  "{c}",
  "back`tick",
  "h#sh",
  "q?",
  "back\\slash",
  "-",
  "...",
  "<b>",
  "long".repeat(50),
  "\u{1f600}",
  "c\u0301",
] as const;
const plainNames = ["a", "b", "about", "blog", "docs", "x", "index", "post.v2"] as const;
const endings = [
  "",
  ".html",
  ".html",
  ".html",
  ".txt",
  ".js",
  ".css",
  ".bin",
  ".json",
  ".svg",
  ".png",
] as const;
const sizes = [0, 1, 2, 40, 300, 3000, 4095, 4096, 4097, 20_000] as const;
const large = mostAtOnce + 1;

export function randomSite(random: Random, { index, trailingSlash }: RandomOptions["site"]): RandomSite {
  const folders = [""];
  for (let count = random.below(5); count > 0; count--) {
    const name = random.chance(30) ? random.pick(oddNames) : random.pick(plainNames);
    folders.push(`${random.pick(folders)}/${name}`);
  }
  if (random.chance(25)) folders.push("/.well-known");
  if (random.chance(15)) folders.push(`${random.pick(folders)}/.hidden`);
  const content = new Map<string, Uint8Array>();
  const add = (path: string, size: number): void => {
    // A name that is a folder's is no file's.
    if (!folders.includes(path)) content.set(path, fill(random, path, size));
  };
  const size = (): number => (random.chance(5) ? large - random.below(3) : random.pick(sizes));
  for (const folder of folders) {
    if (random.chance(folder === "" ? 85 : 45)) add(`${folder}/${index}`, random.pick(sizes));
    if (random.chance(30)) add(`${folder}/404.html`, random.pick(sizes));
    for (let count = random.below(4); count > 0; count--) {
      const name = random.chance(35) ? random.pick(oddNames) : random.pick(plainNames);
      add(`${folder}/${name}${random.pick(endings)}`, size());
    }
    if (random.chance(10)) add(`${folder}/.html`, 20);
    if (random.chance(10)) add(`${folder}/.secret`, 20);
    // A page beside a folder of its name.
    if (folder !== "" && random.chance(30)) add(`${folder}.html`, random.pick(sizes));
  }
  // No option leaves this out.
  if ([...content.keys()].every((path) => /\/\.|\.json$/.test(path))) add("/a.txt", 3);
  // Without slashes, or with all of them, a page and a folder's index would be at the same place.
  for (const path of [...content.keys()]) {
    const folder = path.replace(/\.html$/, "/");
    if (trailingSlash !== "auto" && folder !== path && content.has(folder + index)) content.delete(path);
  }
  return { content, redirects: randomRedirects(random, content), headers: randomHeaders(random, folders) };
}

/** Text that a coding shrinks, or bytes that none does. */
function fill(random: Random, path: string, size: number): Uint8Array {
  if (random.chance(size > 100_000 ? 20 : 70)) {
    const line = `${path} says what it is, over and over; `;
    return Buffer.from(line.repeat(Math.ceil(size / Buffer.byteLength(line)))).subarray(0, size);
  }
  return Uint8Array.from({ length: size }, () => random.below(256));
}

function randomRedirects(random: Random, content: ReadonlyMap<string, Uint8Array>): readonly RedirectRule[] {
  if (random.chance(40)) return [];
  const paths = [...content.keys()];
  const place = (): string => `/${random.pick(["old", "gone", "a", "blog", "v1", "ü", "a b", "deep/er"])}`;
  const top = (): string => (random.chance(15) ? "" : place());
  const rule = (): RedirectRule => {
    const forced = random.chance(20);
    const path = random.chance(20) ? random.pick(paths) : place();
    const status = random.pick([301, 302, 303, 307, 308]);
    const host = random.chance(20) ? "https://other.example:8443" : "";
    const extra = random.pick(["", "", "", "?x=1", "#part", "?x=1#part"]);
    switch (random.below(10)) {
      case 0:
        return { from: path, to: `${host}/new/place${extra}`, status, forced };
      case 1:
        return { from: `${top()}/*`, to: `${host}/new/:splat${extra}`, status, forced };
      case 2:
        return { from: `${place()}/:one/:two`, to: `${host}/n/:two-:one${extra}`, status, forced };
      case 3:
        return { from: `${place()}/:one/x/*`, to: `${host}/s/:splat/:one`, status, forced };
      case 4:
        return { from: `${top()}/*`, to: random.pick(paths), status: 200, forced };
      case 5:
        return { from: path, to: random.pick(paths), status: random.pick([200, 404, 410]), forced };
      case 6:
        return { from: `${top()}/*`, to: random.pick(paths), status: random.pick([404, 410]), forced };
      case 7:
        return {
          from: `/${random.pick(["old", "any"])}${random.pick(["", "/*"])}`,
          to: undefined,
          status: random.pick([404, 410]),
          forced,
        };
      case 8: {
        const folder = random.pick(paths).replace(/[^/]*$/, "");
        return { from: `${place()}/*`, to: `${folder}:splat`, status: 200, forced };
      }
      default:
        return { from: `${place()}/*`, to: `${host}/:splat`, status, forced };
    }
  };
  return times(1 + random.below(5), rule).filter(
    ({ from, to }) => !/[*:]/.test(`${from}`.replace(/\/\*$|\/:(one|two)\b/g, "")) && from !== to,
  );
}

const headerNames = ["X-One", "X-Two", "X-Robots-Tag", "Cache-Control", "Content-Type", "Link"] as const;

function randomHeaders(random: Random, folders: readonly string[]): readonly HeaderRule[] {
  if (random.chance(50)) return [];
  const plain = folders.filter((folder) => /^[/a-z]*$/.test(folder));
  return times(1 + random.below(5), (index) => ({
    match: random.pick([
      "/*",
      "/*",
      `${random.pick(plain)}/*`,
      "/*.html",
      "/*.bin",
      "/about",
      "/:page",
      "/*/a*",
    ]),
    name: random.pick(headerNames),
    value: random.chance(15) ? undefined : `value-${index}${random.chance(10) ? "-long".repeat(60) : ""}`,
  }));
}

/** With the rules as files. */
export function filesOf({ content, redirects, headers }: RandomSite): Files {
  const lines = redirects.map(({ from, to = "", status, forced }) => {
    const destination = isRewrite(status) ? encodePath(to) : to;
    return `${encodePath(from)} ${destination} ${status}${forced ? "!" : ""}`;
  });
  return {
    ...Object.fromEntries(content),
    ...(redirects.length === 0 ? {} : { "/_redirects": `${lines.join("\n")}\n` }),
    ...(headers.length === 0 ? {} : { "/_headers": headers.map(headerLines).join("") }),
  };
}

function headerLines({ match, name, value }: HeaderRule): string {
  return `${match}\n  ${value === undefined ? `! ${name}` : `${name}: ${value}`}\n`;
}

/** A status that leads to a file, and not elsewhere. */
export function isRewrite(status: number): boolean {
  return status < 300 || status >= 400;
}

/** As a path is written in a URL; what a rule's parts are written with stays. */
export function encodePath(path: string): string {
  const encode = (segment: string): string =>
    /^(\*|:(?:one|two|splat))$/.test(segment) ? segment : encodeURIComponent(segment);
  return path.split("/").map(encode).join("/");
}
