/**
 * The standard library: the programs of `test/std/` on every target and as C, and what is linked of it.
 *
 * A program's header comments say what it must do: `// expect: TEXT` is a line of its output, `// error: TEXT` one of standard
 * error, `// exit: N` its exit status (0 when absent), `// args: …` its arguments, quoted like a shell's; `{file}` is a path
 * at which nothing is yet.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cFlags, printC } from "../src/ir/print-c.ts";
import { targets } from "../src/target/targets.ts";
import { compileProgram } from "./support/compile-program.ts";
import { emulatorOf } from "./support/emulators.ts";
import { temporaryFolder } from "./support/microlith.ts";
import { needs } from "./support/require-tool.ts";
import { repository } from "./support/sources.ts";

const folder = join(repository, "test", "std");
const programs = readdirSync(folder).sort();

interface Implementation {
  readonly name: string;
  readonly tools: readonly string[];
  /** Makes an executable of `test/std/FILE` at `path`; the result is how it is called. */
  make(file: string, path: string): readonly string[];
}

const machineCode = targets.map(({ id }): Implementation => {
  const emulator = emulatorOf(id);
  return {
    name: `${id} machine code`,
    tools: emulator.slice(0, 1),
    make: (file, path) => {
      const { executable } = compileProgram(join("test/std", file), { target: id });
      writeFileSync(path, executable.bytes, { mode: 0o755 });
      return [...emulator, path];
    },
  };
});

const throughC: Implementation = {
  name: "amd64 gcc of the IR",
  tools: ["gcc"],
  make: (file, path) => {
    writeFileSync(`${path}.c`, printC(compileProgram(join("test/std", file), {}).ir));
    execFileSync("gcc", [...cFlags, "-Os", "-o", path, `${path}.c`, "-lgcc"]);
    return [path];
  },
};

for (const { name, tools, make } of [...machineCode, throughC]) {
  needs(...tools)(name, () => {
    const made = temporaryFolder();
    test.each(programs)("%s", (file) => {
      const wanted = readHeader(readFileSync(join(folder, file), "utf8"));
      const path = join(made, file.replace(/\.ts$/, ""));
      const [command = path, ...before] = make(file, path);
      const args = wanted.args.map((argument) => argument.replace("{file}", `${path}.file`));
      const ran = spawnSync(command, [...before, ...args], {
        encoding: "utf8",
        env: { MICROLITH_TEST: "yes" },
        timeout: 20_000,
        killSignal: "SIGKILL",
      });
      const { status, stdout, stderr } = ran;
      expect({ status, stdout, stderr }).toEqual({
        status: wanted.status,
        stdout: wanted.stdout,
        stderr: wanted.stderr,
      });
    });
  });
}

describe("only what is used is linked", () => {
  const made = temporaryFolder();
  const source = (name: string, text: string): string => {
    mkdirSync(made, { recursive: true });
    writeFileSync(join(made, name), text);
    return join(made, name);
  };
  /** Functions, data and storage of an executable. */
  const contents = (path: string): readonly string[] => {
    const { executable } = compileProgram(path, {});
    return [
      ...executable.items
        .filter(({ kind }) => kind !== "header" && kind !== "padding")
        .map(({ name }) => name),
      ...executable.storage.map(({ name }) => name),
    ];
  };

  test("nothing of an import that is not called", () => {
    const path = source(
      "unused.ts",
      'import { Buffer, listenTcp, printDecimal64 } from "microlith/std";\nexport function main(): void {}\n',
    );
    expect(contents(path)).toEqual(["start"]);
  });

  test("one function and its text", () => {
    const path = source(
      "one.ts",
      'import { print } from "microlith/std";\nexport function main(): void {\n  print("one\\n");\n}\n',
    );
    expect(contents(path)).toEqual(["start", '"one\\n"']);
  });

  test("the names of errors with the function that looks them up", () => {
    const program = (call: string): string =>
      `import { errorName, failWith, fork, openFile, openUdp } from "microlith/std";\nexport function main(): i32 {\n  return ${call};\n}\n`;
    expect(contents(source("fork.ts", program("fork()")))).toEqual(["start"]);
    expect(contents(source("name.ts", program("errorName(fork()) as i32")))).toHaveLength(2);
  });

  test("one half of a function that serves two kinds of sockets", () => {
    const program = (name: string): string =>
      `import { ${name} } from "microlith/std";\nexport function main(): i32 {\n  return ${name}(7);\n}\n`;
    const listens = contents(source("tcp.ts", program("listenTcp")));
    expect(listens).toContain("one");
    expect(contents(source("udp.ts", program("openUdp")))).toEqual(listens.filter((name) => name !== "one"));
  });

  test("one method of a class, and its storage", () => {
    const path = source(
      "method.ts",
      'import { Buffer } from "microlith/std";\nconst b = zeroed<Buffer>();\nexport function main(): i32 {\n  b.decimal(b.length);\n  return 0;\n}\n',
    );
    const found = contents(path);
    expect(found).toContain("b");
    expect(found.filter((name) => /text|hex|signed|64|writeTo/.test(name))).toEqual([]);
  });
});

test("errorName has the numbers of the C library's names", () => {
  const made = temporaryFolder();
  mkdirSync(made, { recursive: true });
  writeFileSync(
    join(made, "names.ts"),
    'import { errorName, print, printText } from "microlith/std";\nexport function main(): void {\n' +
      '  for (let n: i32 = 1; n <= 255; n++) {\n    printText(errorName(-n));\n    print("\\n");\n  }\n}\n',
  );
  const { executable } = compileProgram(join(made, "names.ts"), {});
  writeFileSync(join(made, "names"), executable.bytes, { mode: 0o755 });
  const { stdout } = spawnSync(join(made, "names"), { encoding: "utf8" });
  const named = stdout
    .trimEnd()
    .split("\n")
    .map((name, index): [string, number] => [name, index + 1])
    .filter(([name]) => name !== "unknown error");
  expect(named.length).toBe(55);
  const ofNode: Readonly<Record<string, number>> = constants.errno;
  expect(named).toEqual(named.map(([name]) => [name, ofNode[name]]));
});

test("docs/std.md shows test/std/init.ts, and says its size and that of the names of errors", () => {
  const document = readFileSync(join(repository, "docs/std.md"), "utf8");
  const number = (pattern: RegExp): number => Number(pattern.exec(document)?.[1]);
  const [shown = ""] = /^const signals = [\s\S]*?^}\n/m.exec(document) ?? [];
  expect(shown).toContain("execute(");
  expect(readFileSync(join(folder, "init.ts"), "utf8")).toContain(shown);
  const { bytes } = compileProgram("test/std/init.ts", {}).executable;
  expect(bytes.length).toBeLessThanOrEqual(number(/has (\d+) bytes on amd64/));
  const { items } = compileProgram("test/std/errors.ts", {}).executable;
  const names = items.find(({ name }) => name.includes("EPERM"));
  expect(names?.size).toBeLessThanOrEqual(number(/names are some (\d+) bytes/));
});

test("docs/std.md describes every name that std.ts exports", () => {
  const exported = [
    ...readFileSync(join(repository, "runtime/std/std.ts"), "utf8").matchAll(
      /^ {2}(\w+),$|export \{ ([^}]+) \}/gm,
    ),
  ].flatMap(([, one, several]) => (one === undefined ? (several ?? "").split(", ") : [one]));
  expect(exported.length).toBeGreaterThan(40);
  const text = readFileSync(join(repository, "docs/std.md"), "utf8");
  expect(exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});

interface Header {
  readonly args: readonly string[];
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function readHeader(text: string): Header {
  const lines = text.split("\n");
  const values = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`// ${key}: `)).map((line) => line.slice(key.length + 5));
  const joined = (key: string): string =>
    values(key)
      .map((line) => `${line}\n`)
      .join("");
  const [args = ""] = values("args");
  return {
    args: Array.from(args.matchAll(/"([^"]*)"|\S+/g), ([whole, quoted]) => quoted ?? whole),
    status: Number(values("exit")[0] ?? 0),
    stdout: joined("expect"),
    stderr: joined("error"),
  };
}
