/**
 * Who may import whom. The rules are the table in docs/architecture.md: it is read from there, so that the
 * document and the test cannot drift apart.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importedPath, type ReadSource, readSource, readSources, repository } from "./support/sources.ts";

const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const table = parseTable(readFileSync(join(repository, "docs/architecture.md"), "utf8"));
const sources = readSources("src");
const programs = readSources("runtime").filter((source) => !source.path.endsWith(".d.ts"));

/** Modules that reach out of the process, and the parts that may. */
const outside: readonly string[] = [
  "fs",
  "fs/promises",
  "net",
  "tls",
  "http",
  "https",
  "http2",
  "dgram",
  "dns",
  "child_process",
  "worker_threads",
  "cluster",
];
/** Beside the folders: the walk over a site's folder, moving images between places, and `isIP` of node:net, which reaches nothing. */
const mayReachOut: readonly string[] = [
  "src/base/files",
  "src/registry/",
  "src/engine/",
  "src/cli/",
  "src/site/scan.ts",
  "src/move.ts",
  "src/site/network.ts",
  "src/site/server-options.ts",
  "src/site/network.ts",
];
const ofTheCommandLine: readonly string[] = ["exit", "exitCode", "argv", "stdout", "stderr", "stdin"];

describe("the folder table of docs/architecture.md", () => {
  test("names every part of src/", () => {
    const parts = new Set(sources.map((source) => partOf(source.path)));
    expect([...parts].filter((part) => !table.has(part))).toEqual([]);
  });

  test("has no cycles", () => {
    const edges = new Map([...table].map(([part, allowed]) => [part, allowed === "anything" ? [] : allowed]));
    expect(findCycle(edges)).toBeUndefined();
  });

  test("holds for every import in src/", () => {
    expect(sources.flatMap((source) => brokenRules(source))).toEqual([]);
  });

  test("is broken by an import that it does not allow", () => {
    expect(brokenRules(readSource("src/base/a.ts", 'import { b } from "../lang/b.ts";'))).toHaveLength(1);
    expect(brokenRules(readSource("src/base/a.ts", 'type B = import("../cli/b.ts").B;'))).toHaveLength(1);
    expect(brokenRules(readSource("src/image/a.ts", 'export * from "../image/b.ts";'))).toEqual([]);
    expect(brokenRules(readSource("src/lang/a.ts", 'await import("../../scripts/b.mjs");'))).toHaveLength(1);
  });
});

describe("src/", () => {
  test("has no cycle of files", () => {
    const edges = new Map(sources.map((source) => [source.path, runtimeImports(source)]));
    expect(findCycle(edges)).toBeUndefined();
  });

  test("reaches files, network and processes at its edges only", () => {
    const inner = sources.filter((source) => !mayReachOut.some((edge) => source.path.startsWith(edge)));
    const reaching = inner.flatMap((source) =>
      source.imports
        .map((entry) => entry.specifier.replace(/^node:/, ""))
        .filter((name) => outside.includes(name))
        .map((name) => `${source.path} imports ${name}`),
    );
    expect(reaching).toEqual([]);
  });

  test("prints, exits and reads the command line in src/cli only", () => {
    const library = sources.filter((source) => !source.path.startsWith("src/cli/"));
    const named = library.flatMap((source) =>
      [...source.globals]
        .filter(
          (name) => name.startsWith("console.") || ofTheCommandLine.some((end) => name === `process.${end}`),
        )
        .map((name) => `${source.path} names ${name}`),
    );
    expect(named).toEqual([]);
  });

  test("runs with nothing but the declared dependencies", () => {
    const undeclared = sources.flatMap((source) =>
      source.imports
        .filter((entry) => !entry.typeOnly && !/^(\.|node:)/.test(entry.specifier))
        .map((entry) => entry.specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? entry.specifier)
        .filter((name) => !(name in manifest.dependencies))
        .map((name) => `${source.path} imports ${name}`),
    );
    expect(undeclared).toEqual([]);
  });
});

test("runtime/ imports only itself, the standard library and virtual modules", () => {
  const broken = programs.flatMap((source) =>
    source.imports
      .map((entry) => entry.specifier)
      .filter((specifier) => !/^microlith[:/]/.test(specifier))
      .filter((specifier) => !importedPath(source.path, specifier).startsWith("runtime/"))
      .map((specifier) => `${source.path} imports ${specifier}`),
  );
  expect(broken).toEqual([]);
});

type Allowed = readonly string[] | "anything";

/** From the rows ``| `src/x/` | what | base, lang |``: the part `x` → the parts it may import. */
function parseTable(document: string): ReadonlyMap<string, Allowed> {
  const rows = new Map<string, Allowed>();
  for (const [, path, cell] of document.matchAll(/^\| `src\/([\w.-]+)\/?` *\|[^|]*\| *([^|]*?) *\|$/gm)) {
    if (path !== undefined && cell !== undefined)
      rows.set(partOf(`src/${path}/`), parseAllowed(cell, [...rows.keys()]));
  }
  expect(rows.size).toBeGreaterThan(5);
  return rows;
}

function parseAllowed(cell: string, above: readonly string[]): Allowed {
  if (cell === "anything") return "anything";
  if (cell === "nothing of ours") return [];
  return cell === "all above" ? above : cell.split(", ");
}

/** `src/lang/checker.ts` → `lang`, `src/compile.ts` → `compile`. */
function partOf(path: string): string {
  return (path.split("/")[1] ?? path).replace(/\.ts.*$/, "");
}

function brokenRules(source: ReadSource): readonly string[] {
  const part = partOf(source.path);
  const allowed = table.get(part) ?? [];
  if (allowed === "anything") return [];
  return source.imports
    .filter((entry) => entry.specifier.startsWith("."))
    .map((entry) => importedPath(source.path, entry.specifier))
    .filter((path) => !path.startsWith("src/") || (partOf(path) !== part && !allowed.includes(partOf(path))))
    .map((path) => `${source.path} imports ${path}`);
}

function runtimeImports(source: ReadSource): readonly string[] {
  return source.imports
    .filter((entry) => !entry.typeOnly && entry.specifier.startsWith("."))
    .map((entry) => importedPath(source.path, entry.specifier));
}

/** The nodes of one cycle, or undefined. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const search = (node: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of edges.get(node) ?? []) {
      const cycle = search(next, [...path, node]);
      if (cycle !== undefined) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const cycle = search(node, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
