/**
 * `npm run bench:code`: how many bytes of machine code our compiler makes of the server and of each example, beside what gcc and
 * clang make of the same IR, and the sizes of whole executables that are promised.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { targets } from "../../src/target/targets.ts";
import { type Machine, machines } from "../../test/support/machines.ts";
import { sizeLimits } from "./limits.ts";
import { clangBytes, gccBytes } from "./peers.ts";
import { type CodeSize, checkSizes, type FileSize, renderTables } from "./results.ts";
import { findSubjects, type Ground, microlith, type Subject } from "./subjects.ts";

export interface CodeBenchOptions {
  /** The repository. */
  readonly root: string;
  /** Where the JSON goes; undefined: nowhere. */
  readonly json: string | undefined;
  /** A Markdown file whose part between the two bench comments becomes the tables; undefined: none. */
  readonly document: string | undefined;
}

/** Returns whether every measure that must hold holds. */
export async function run(options: CodeBenchOptions): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "microlith-bench-code-"));
  try {
    const ground: Ground = { root: options.root, folder };
    const subjects = await findSubjects(ground);
    const code = subjects.flatMap((subject) =>
      machines.map((machine) => measureCode(ground, subject, machine)),
    );
    const files = sizeLimits.flatMap((limit): readonly FileSize[] => {
      const subject = subjects.find(({ name }) => name === limit.subject);
      if (subject === undefined) return [];
      const sizes = build(ground, subject, limit.target, ["--layout", limit.layout]);
      return [{ ...limit, bytes: limit.what === "file" ? sizes.executableBytes : sizes.overheadBytes }];
    });
    const checks = checkSizes(code, files);
    const tables = renderTables(code, files);
    process.stdout.write(tables);
    if (options.document !== undefined) fillDocument(options.document, tables);
    if (options.json !== undefined) {
      mkdirSync(dirname(options.json), { recursive: true });
      writeFileSync(options.json, `${JSON.stringify({ code, files, checks }, undefined, 2)}\n`);
    }
    return checks.every(({ holds }) => holds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measureCode(ground: Ground, subject: Subject, machine: Machine): CodeSize {
  const source = microlith(ground, [
    ...["build", subject.input, "--emit", "c", "--platform", platformOf(machine.id)],
    ...subject.flags,
  ]);
  return {
    subject: subject.name,
    target: machine.id,
    bytes: build(ground, subject, machine.id, []).codeBytes,
    gcc: gccBytes(ground, source, machine),
    ...(machine.id === "amd64" ? { clang: clangBytes(ground, source) } : {}),
  };
}

/** What `microlith build --json` says of the only platform. */
interface BuiltSizes {
  readonly executableBytes: number;
  readonly codeBytes: number;
  readonly overheadBytes: number;
}

function build(ground: Ground, subject: Subject, target: string, flags: readonly string[]): BuiltSizes {
  const output = join(ground.folder, "program.elf");
  const text = microlith(ground, [
    ...["build", subject.input, "-o", output, "--json", "--platform", platformOf(target)],
    ...[...subject.flags, ...flags],
  ]);
  const made: { readonly platforms: readonly BuiltSizes[] } = JSON.parse(text);
  const [sizes] = made.platforms;
  if (sizes === undefined) throw new Error(`nothing was built of ${subject.name}`);
  return sizes;
}

function platformOf(target: string): string {
  const found = targets.find(({ id }) => id === target);
  if (found === undefined) throw new Error(`there is no target ${target}`);
  return found.platform;
}

function fillDocument(path: string, tables: string): void {
  const text = readFileSync(path, "utf8");
  writeFileSync(
    path,
    text.replace(
      /(<!-- bench:code:start -->\n).*?(<!-- bench:code:end -->)/s,
      (_, start: string, end: string) => `${start}\n${tables}\n${end}`,
    ),
  );
}
