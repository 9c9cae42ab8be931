/**
 * What is known about where an input comes from: the git repository around it, and the nearest package.json. Nothing of it goes into an image unless it is asked for,
 * because the same folder would have another digest in every clone.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../base/errors.ts";
import type { ProjectFacts } from "./image-values.ts";
import { quote } from "./options.ts";

export interface GitFacts {
  /** The commit, with `-dirty` behind it when tracked files differ from it. */
  readonly revision: string;
  readonly commit: string;
  /** Where others find the repository, without credentials. */
  readonly source: string | undefined;
  /** Of the commit, in seconds since 1970. */
  readonly time: number;
}

export interface PackageFacts {
  readonly folder: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** SPDX expression. */
  readonly license: string | undefined;
}

/** Folders above the input that are looked at. */
const mostFolders = 32;

/** The repository that `path` lies in; undefined when it is in none, or git is not installed. */
export function readGit(path: string): GitFacts | undefined {
  const folder = folderOf(path);
  const head = git(folder, ["log", "-1", "--format=%H %ct"])?.split(" ");
  const [commit, time] = head ?? [];
  if (commit === undefined || time === undefined) return undefined;
  const changed = git(folder, ["status", "--porcelain", "--untracked-files=no"]);
  const origin = git(folder, ["config", "--get", "remote.origin.url"]);
  return {
    revision: changed === "" ? commit : `${commit}-dirty`,
    commit,
    source: origin === undefined ? undefined : publicUrl(origin),
    time: Number(time),
  };
}

/** The nearest package.json at or above `path`, not beyond the repository. @throws UserError when it is not JSON */
export function readPackage(path: string): PackageFacts | undefined {
  for (const folder of foldersAbove(path)) {
    const file = join(folder, "package.json");
    if (!existsSync(file)) continue;
    const manifest = parse(file);
    const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
    const { name, version, license } = manifest;
    return { folder, name: text(name), version: text(version), license: text(license) };
  }
  return undefined;
}

/** npm's lockfile beside that package.json. */
export function readLockfile(
  path: string,
): { readonly path: string; readonly bytes: Uint8Array } | undefined {
  const folder = readPackage(path)?.folder;
  if (folder === undefined) return undefined;
  const found = ["package-lock.json", "npm-shrinkwrap.json"]
    .map((name) => join(folder, name))
    .find((file) => existsSync(file));
  return found === undefined ? undefined : { path: found, bytes: readFileSync(found) };
}

/** Annotations by OCI's names (image-spec, annotations.md). @throws UserError when what is required is not there */
export function annotationsOf(path: string, facts: ProjectFacts): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  if (facts.git !== "unused") {
    const repository = readGit(path);
    if (repository === undefined && facts.git === "required") throw noRepository(path, "--describe git");
    if (repository !== undefined) {
      found["org.opencontainers.image.revision"] = repository.revision;
      if (repository.source !== undefined) found["org.opencontainers.image.source"] = repository.source;
    }
  }
  if (facts.package !== "unused") {
    const manifest = readPackage(path);
    if (manifest === undefined && facts.package === "required") {
      throw new UserError(`--describe package, and there is no package.json at or above ${quote(path)}`);
    }
    if (manifest?.version !== undefined) found["org.opencontainers.image.version"] = manifest.version;
    if (manifest?.license !== undefined) found["org.opencontainers.image.licenses"] = manifest.license;
  }
  return found;
}

export function noRepository(path: string, flag: string): UserError {
  return new UserError(`${flag}, and git knows no commit for ${quote(path)}`, {
    help: "Is git installed, and is the folder in a repository with a commit that belongs to you?",
  });
}

/** `git@host:owner/name.git` and the like as an https URL; credentials are cut off; a path of this machine says nothing to others. */
export function publicUrl(origin: string): string | undefined {
  const [, host, path] = /^(?:[^@/]+@)?([A-Za-z0-9.-]+):(?!\/)(.+)$/.exec(origin) ?? [];
  const text = host !== undefined && path !== undefined ? `https://${host}/${path}` : origin;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!["https:", "http:", "ssh:", "git:"].includes(url.protocol) || url.hostname === "") return undefined;
  const scheme = url.protocol === "http:" ? "http" : "https";
  const port = ["http:", "https:"].includes(url.protocol) && url.port !== "" ? `:${url.port}` : "";
  return `${scheme}://${url.hostname}${port}${url.pathname.replace(/(\.git)?\/*$/, "")}`;
}

function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  let folder = folderOf(path);
  while (folders.length < mostFolders) {
    folders.push(folder);
    const above = dirname(folder);
    if (above === folder || existsSync(join(folder, ".git"))) break;
    folder = above;
  }
  return folders;
}

function folderOf(path: string): string {
  const place = resolve(path);
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true ? place : dirname(place);
}

function git(folder: string, args: readonly string[]): string | undefined {
  try {
    // Without locks, prompts and the user's pager: only looking.
    const env = { ...process.env, GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
    const stdio = ["ignore", "pipe", "ignore"] as const;
    return execFileSync("git", ["-C", folder, ...args], { env, stdio: [...stdio], encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

function parse(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  throw new UserError(`${quote(file)} is not JSON`, { exitCode: 1 });
}
