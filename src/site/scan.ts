/**
 * A folder becomes a site: the files that it serves, sorted, each with the path that names it.
 *
 * Hidden files are left out, but for `.well-known` (RFC 8615), and so is what `.microlithignore` in the folder and the
 * option say, in the syntax of git's ignore files. `_headers` and `_redirects` are rules and not content. Symbolic links are
 * followed as long as they stay inside the folder. Nothing here depends on the order in which the file system lists names,
 * nor on times and owners.
 */

import { type Dirent, readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { createRequire } from "node:module";
import { sep } from "node:path";
import type { Ignore } from "ignore";
import { type Content, changed, heldContent } from "../base/content.ts";
import { UserError } from "../base/errors.ts";
import { fileContent } from "../base/files.ts";
import type { SourceFile } from "../lang/source.ts";
import { notePrecompressed } from "./precompressed.ts";
import { type Dotfiles, defaultSiteOptions, type SiteOptions } from "./site-options.ts";

/** Every object of an executable lies below 2 GiB; the rest is room for code, tables and storage. */
export const mostContentBytes: number = 2_000_000_000;
/** Beyond, 32-bit hashes of so many paths are no longer likely to differ. */
export const mostPaths: number = 200_000;
/** Of a path, with its slashes. */
export const mostPathBytes: number = 4096;

export interface Site {
  /** As the user named it. */
  readonly folder: string;
  /** Sorted by path, bytewise. */
  readonly files: readonly SiteFile[];
  /** Sentences about what was left out or looks wrong. */
  readonly notes: readonly string[];
  /** `_headers` and `_redirects` at the top of the folder. */
  readonly headers: SourceFile | undefined;
  readonly redirects: SourceFile | undefined;
}

export interface SiteFile {
  /** Begins with a slash, not encoded: `/stones/index.html`. */
  readonly path: string;
  /** Where its content is. */
  readonly source: string;
  /** Bytes of content. */
  readonly size: number;
  /** Of a page that we made; it is not in the folder, and only its folder's path leads to it. */
  readonly content?: Uint8Array;
}

const ignoreName = ".microlithignore";
const headersPath = "/_headers";
const redirectsPath = "/_redirects";

/**
 * The site in `folder`. `outputs` are the paths of what is about to be written, which is not part of it wherever that lies.
 * @throws UserError (exit code 1) when the folder is missing, empty, unreadable or beyond the limits
 */
export function scanSite(
  folder: string,
  options: SiteOptions = defaultSiteOptions,
  outputs: readonly string[] = [],
): Site {
  const root = realRoot(folder);
  const walk: Walk = {
    folder,
    root,
    dotfiles: options.dotfiles,
    excluded: readExclusions(folder, options.exclude),
    outputs: new Set(outputs.flatMap(identityOf)),
    files: [],
    notes: [],
    contentBytes: 0,
  };
  scanFolder(walk, folder, "/", [root]);
  const rules = (path: string): SourceFile | undefined => readRules(walk.files, path);
  const files = walk.files
    .filter(({ path }) => path !== headersPath && path !== redirectsPath)
    .sort((a, b) => compareBytes(a.path, b.path));
  if (files.length === 0) {
    throw refused(`${folder} has no file to serve`, {
      help: "Name the folder that your build writes, such as dist. Hidden files are left out.",
    });
  }
  if (!options.listing && !files.some(({ path }) => path === `/${options.index}`)) {
    walk.notes.push(
      `${folder} has no ${options.index}, so / is not found: add one, or name the folder that has it`,
    );
  }
  walk.notes.push(...notePrecompressed(files.map(({ path }) => path)));
  return { folder, files, notes: walk.notes, headers: rules(headersPath), redirects: rules(redirectsPath) };
}

/** What is not served, by paths without their first slash. The library is loaded for those who leave something out. */
function readExclusions(folder: string, lines: readonly string[]): Pick<Ignore, "ignores"> {
  const file = `${folder}/${ignoreName}`;
  const exists = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  const text = exists ? attempt(`cannot read ${file}`, () => readFileSync(file, "utf8")) : "";
  if (text === "" && lines.length === 0) return { ignores: () => false };
  const ignore: typeof import("ignore") = createRequire(import.meta.url)("ignore");
  return ignore({ allowRelativePaths: true })
    .add(text)
    .add([...lines]);
}

function readRules(files: readonly SiteFile[], path: string): SourceFile | undefined {
  const file = files.find((each) => each.path === path);
  if (file === undefined) return undefined;
  const content = readContent(file);
  try {
    return { path: file.source, text: new TextDecoder("utf-8", { fatal: true }).decode(content) };
  } catch (cause) {
    throw refused(`${file.source} is not UTF-8`, { help: "Save it as UTF-8.", cause });
  }
}

/** The content of a file of the site. @throws UserError (exit code 1) */
export function readContent(file: SiteFile): Uint8Array {
  if (file.content !== undefined) return file.content;
  const content = attempt(`cannot read ${file.source}`, () => readFileSync(file.source));
  if (content.length === file.size) return content;
  throw changed(file.source);
}

/** The same, hashed; in memory only when it is to be held. @throws UserError (exit code 1) */
export function openContent(file: SiteFile, held: boolean): Content {
  if (held || file.content !== undefined) return heldContent(readContent(file));
  const content = attempt(`cannot read ${file.source}`, () => fileContent(file.source));
  if (content.size === file.size) return content;
  throw changed(file.source);
}

interface Walk {
  readonly folder: string;
  readonly root: string;
  readonly dotfiles: Dotfiles;
  readonly excluded: Pick<Ignore, "ignores">;
  /** By `identity`: older results. */
  readonly outputs: ReadonlySet<string>;
  readonly files: SiteFile[];
  readonly notes: string[];
  contentBytes: number;
}

function realRoot(folder: string): string {
  const root = attempt(`cannot read the folder ${folder}`, () => realpathSync(folder));
  if (statSync(root).isDirectory()) return root;
  throw refused(`${folder} is not a folder`, { help: "Name a folder of static files." });
}

/** `above` are the real paths of the folders that lead here: a link to one of them has no end. */
function scanFolder(walk: Walk, source: string, path: string, above: readonly string[]): void {
  const entries = attempt(`cannot read the folder ${source}`, () =>
    readdirSync(source, { withFileTypes: true, encoding: "buffer" }),
  );
  for (const entry of entries) {
    const name = decodeName(entry.name, source);
    if (name.startsWith(".") && !isShown(walk.dotfiles, name)) continue;
    scanEntry(walk, entry, `${source}/${name}`, path + name, above);
  }
}

function isShown(policy: Dotfiles, name: string): boolean {
  return name !== ignoreName && (policy === "all" || (policy === "well-known" && name === ".well-known"));
}

function scanEntry(
  walk: Walk,
  entry: Dirent<Buffer>,
  source: string,
  path: string,
  above: readonly string[],
): void {
  let real = source;
  if (entry.isSymbolicLink()) {
    const target = followLink(walk, source);
    if (target === undefined) return;
    real = target;
  }
  const info = attempt(`cannot read ${source}`, () => statSync(real));
  if (walk.excluded.ignores(path.slice(1) + (info.isDirectory() ? "/" : ""))) return;
  if (walk.outputs.has(identity(info))) {
    walk.notes.push(`${source} is left out: it is where the result goes`);
  } else if (info.isDirectory()) {
    const place = attempt(`cannot read ${source}`, () => realpathSync(real));
    if (above.includes(place))
      walk.notes.push(`${source} is left out: the link leads back to a folder above it`);
    else scanFolder(walk, source, `${path}/`, [...above, place]);
  } else if (info.isFile()) addFile(walk, { path, source, size: info.size });
  else walk.notes.push(`${source} is left out: it is neither a file nor a folder`);
}

/** The same for all names of one file or folder. */
function identity({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

/** Of what is there already. */
function identityOf(path: string): readonly string[] {
  const info = statSync(path, { throwIfNoEntry: false });
  return info === undefined ? [] : [identity(info)];
}

/** The real path of what the link leads to; undefined when it is left out. */
function followLink(walk: Walk, source: string): string | undefined {
  let target: string;
  try {
    target = realpathSync(source);
  } catch {
    walk.notes.push(`${source} is left out: the link leads nowhere`);
    return undefined;
  }
  if (target === walk.root || target.startsWith(walk.root + sep)) return target;
  walk.notes.push(`${source} is left out: the link leads out of ${walk.folder}`);
  return undefined;
}

function addFile(walk: Walk, file: SiteFile): void {
  walk.files.push(file);
  walk.contentBytes += file.size;
  if (walk.contentBytes > mostContentBytes) {
    throw refused(`${walk.folder} has more than ${mostContentBytes} bytes of content`, {
      help: "An executable lies below 2 GiB. Leave large files out, or serve them from elsewhere.",
    });
  }
  if (walk.files.length > mostPaths) throw refused(`${walk.folder} has more than ${mostPaths} files`, {});
  if (Buffer.byteLength(file.path) > mostPathBytes) {
    throw refused(`the path of ${file.source} has more than ${mostPathBytes} bytes`, {});
  }
}

function decodeName(name: Buffer, folder: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(name);
  } catch (cause) {
    throw refused(`a name in ${folder} is not UTF-8: ${name.toString("latin1")}`, {
      help: "Rename the file.",
      cause,
    });
  }
}

/** As memcmp orders the UTF-8 of two texts. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "it is not a folder",
  EACCES: "permission denied",
  ELOOP: "its links lead in a circle",
};

function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw refused(`${what}: ${reasons[code] ?? code}`, {
      help: "Make it readable, or move it out of the folder.",
      cause,
    });
  }
}

function refused(message: string, options: { readonly help?: string; readonly cause?: unknown }): UserError {
  return new UserError(message, { exitCode: 1, ...options });
}
