/**
 * `--debug`: what gdb makes of the symbols, the line table and the frames, on this machine and, through the emulator, on others.
 */

import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findFreePort, waitForPort } from "../src/engine/native-process.ts";
import type { TargetId } from "../src/target/target.ts";
import { targets } from "../src/target/targets.ts";
import { microlith, temporaryFolder } from "./support/microlith.ts";
import { needs } from "./support/require-tool.ts";
import { untilListening } from "./support/server.ts";
import { repository } from "./support/sources.ts";

/** With a gdb stub of its own. 386 would run without, but is debugged in the same way. */
const emulators: Readonly<Record<TargetId, string>> = {
  amd64: "qemu-x86_64-static",
  arm64: "qemu-aarch64-static",
  arm: "qemu-arm-static",
  riscv64: "qemu-riscv64-static",
  "386": "qemu-i386-static",
};

const source = `import { argumentCount, print, printDecimal } from "microlith/std";

let total: u32 = 0;

export function main(stack: usize): i32 {
  const count = argumentCount(stack);
  for (let i: u32 = 0; i < 3; i++) outer(i + count);
  outer(count);
  printDecimal(total);
  print("\\n");
  return 0;
}

function outer(value: u32): void {
  if (value > 1) inner(value * 2);
  inner(value);
  total ^= value;
}

function inner(value: u32): void {
  let rest = value;
  while (rest !== 0) {
    total += rest;
    rest >>= 1;
  }
}
`;

/** The line of `source` that has `text`. */
function lineOf(text: string): number {
  return source.split("\n").findIndex((line) => line.includes(text)) + 1;
}

needs("gdb", "readelf")("--debug", () => {
  const folder = temporaryFolder();
  const build = (input: string, output: string): string => {
    const path = join(folder, output);
    expect(microlith(["build", input, "-o", path, "--debug"], { cwd: folder })).toMatchObject({ status: 0 });
    return path;
  };
  /** What gdb prints for `commands`, standing in the program's folder. */
  const gdb = (path: string, ...commands: readonly string[]): string => {
    const words = commands.flatMap((command) => ["-ex", command]);
    return spawnSync("gdb", ["-nx", "-batch", ...words, path], { cwd: folder, encoding: "utf8" }).stdout;
  };
  writeFileSync(join(folder, "steps.ts"), source);

  test("gdb stops at a function, shows its line and its callers, and steps", () => {
    const path = build("steps.ts", "steps");
    const said = gdb(path, "break inner", "run", "backtrace", "next", "next", "finish", "step", "continue");
    const loop = lineOf("while (rest");
    expect(said).toContain(`Breakpoint 1, inner () at steps.ts:${loop}\n${loop}\t  while (rest !== 0) {\n`);
    expect(said).toMatch(
      /#0 {2}inner \(\) at steps\.ts:\d+\n#1 .* in outer \(\) at steps\.ts:\d+\n#2 .* in start \(\)/,
    );
    // The caller's caller is the kernel.
    expect(said).not.toMatch(/#3|corrupt/);
    expect(said).toContain(`${lineOf("total += rest")}\t    total += rest;\n`);
    expect(said).toContain(`${lineOf("rest >>= 1")}\t    rest >>= 1;\n`);
    expect(said).toMatch(/outer \(\) at steps\.ts:\d+\n/);
  });

  test("gdb stops at a line of main", () => {
    const path = build("steps.ts", "lines");
    const line = lineOf("printDecimal(total)");
    expect(gdb(path, `break steps.ts:${line}`, "run", "print total", "backtrace")).toMatch(
      /Breakpoint 1, start \(\) at steps\.ts:/,
    );
  });

  test.each([
    ["examples/whoami/whoami.ts", "formatIpv4", "runtime/std/addresses.ts"],
    ["examples/site", "parseToken", "runtime/server/\\w+.ts"],
  ])("gdb stops in the server of %s, shows callers and steps", async (input, name, file) => {
    const path = build(join(repository, input), "server");
    const port = await findFreePort("127.0.0.1", 0);
    const words = [`break ${name}`, `run ${port}`, "backtrace", "next", "kill"].flatMap((text) => [
      "-ex",
      text,
    ]);
    const debugged = spawn("gdb", ["-nx", "-batch", ...words, path], { cwd: repository });
    let said = "";
    debugged.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = new Promise((resolve) => debugged.on("exit", resolve));
    const timer = setTimeout(() => debugged.kill("SIGKILL"), 30_000);
    if (await waitForPort("127.0.0.1", port, 20_000)) {
      connect(port, "127.0.0.1")
        .on("error", () => {})
        .end("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    await ended;
    clearTimeout(timer);
    expect(said).toMatch(new RegExp(`Breakpoint 1, ${name} \\(\\) at ${file}:\\d+\\n\\d+\\t`));
    expect(said).toMatch(
      new RegExp(`#0  ${name} \\(\\) at .*\\n(#\\d .*\\n)*#\\d .* in start \\(\\) at .*\\.ts:\\d+\\n`),
    );
    // After the callers, the next line of the source.
    expect(said).toMatch(/in start \(\) at .*\n\d+\t/);
  });

  test("binutils read it without complaint, and the loaded part is the same", () => {
    const path = build("steps.ts", "read");
    for (const dump of ["info", "abbrev", "decodedline", "frames"]) {
      const read = spawnSync("readelf", [`--debug-dump=${dump}`, path], { encoding: "utf8" });
      expect([dump, read.status, read.stderr]).toEqual([dump, 0, ""]);
      expect(read.stdout.length).toBeGreaterThan(100);
    }
    microlith(["build", "steps.ts", "-o", "without"], { cwd: folder });
    const without = readFileSync(join(folder, "without"));
    const headers = 64;
    expect(readFileSync(path).subarray(headers, without.length)).toEqual(without.subarray(headers));
    expect(spawnSync(path, ["a"], { encoding: "utf8" }).stdout).toBe(
      spawnSync(join(folder, "without"), ["a"], { encoding: "utf8" }).stdout,
    );
  });

  test("there is no room in a tight executable", () => {
    const run = microlith(
      ["build", join(repository, "examples/hello/hello.ts"), "-o", "x", "--debug", "--layout", "tight"],
      {
        cwd: folder,
      },
    );
    expect(run).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("no room for debug information"),
    });
  });
});

for (const target of targets.filter(({ id }) => id !== "amd64")) {
  const { id, platform } = target;
  const emulator = emulators[id];
  needs(
    "gdb-multiarch",
    "readelf",
    emulator,
  )(`--debug, ${id}`, () => {
    const folder = temporaryFolder();
    const build = (input: string, output: string): string => {
      const path = join(folder, output);
      const built = microlith(["build", input, "-o", path, "--debug", "--platform", platform], {
        cwd: folder,
      });
      expect(built).toMatchObject({ status: 0 });
      return path;
    };

    test("gdb stops at a function, shows its line and its callers, and steps", async () => {
      writeFileSync(join(folder, "steps.ts"), source);
      const path = build("steps.ts", "steps");
      const commands = [
        "break inner",
        "continue",
        "backtrace",
        "next",
        "up",
        "finish",
        "continue",
        "backtrace",
      ];
      const said = await debug(emulator, [path], folder, commands);
      expect(said).toMatch(/Breakpoint 1, inner \(\) at steps\.ts:\d+\n/);
      const callers =
        /#0 {2}inner \(\) at steps\.ts:\d+\n#1 .* in outer \(\) at steps\.ts:(\d+)\n#2 .* in start \(\) at steps\.ts:(\d+)\n(?!#)/g;
      const found = [...said.matchAll(callers)].map(([, outer, start]) => [Number(outer), Number(start)]);
      expect(found).toEqual([
        [lineOf("inner(value);"), lineOf("outer(i + count)")],
        [lineOf("inner(value * 2)"), lineOf("outer(i + count)")],
      ]);
      expect(said).not.toMatch(/corrupt|warning/);
    });

    test("a backtrace out of the depths of the server ends at its start", async () => {
      const path = build(join(repository, "examples/site"), "server");
      const port = await findFreePort("127.0.0.1", 0);
      const commands = ["break parseToken", "continue", "backtrace", "next"];
      const said = await debug(emulator, [path, String(port)], repository, commands, async () => {
        if (!(await waitForPort("127.0.0.1", port, 30_000))) return;
        connect(port, "127.0.0.1")
          .on("error", () => {})
          .end("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      });
      expect(said).toMatch(/Breakpoint 1, parseToken \(\) at runtime\/server\/\w+\.ts:\d+\n\d+\t/);
      expect(said).toMatch(/#0 {2}parseToken \(\) at .*\n(#\d .* in [\w.]+ \(\) at .*\.ts:\d+\n)+\d+\t/);
      expect(said).toMatch(/#[2-9] .* in start \(\) at .*\.ts:\d+\n(?!#)/);
      expect(said).not.toMatch(/corrupt|warning/);
    });

    test("binutils read it without complaint", () => {
      const path = build(join(repository, "examples/whoami/whoami.ts"), "read");
      for (const dump of ["info", "abbrev", "decodedline", "frames"]) {
        const read = spawnSync("readelf", [`--debug-dump=${dump}`, path], { encoding: "utf8" });
        expect([dump, read.status, read.stderr]).toEqual([dump, 0, ""]);
        expect(read.stdout.length).toBeGreaterThan(100);
      }
    });
  });
}

/** What gdb says to `commands` about a program that waits for it in the emulator; `meanwhile` runs beside it. */
async function debug(
  emulator: string,
  program: readonly [string, ...string[]],
  cwd: string,
  commands: readonly string[],
  meanwhile: () => Promise<void> = async () => {},
): Promise<string> {
  const port = await findFreePort("127.0.0.1", 0);
  const emulated = spawn(emulator, ["-g", String(port), ...program], { stdio: "ignore" });
  const words = [`target remote 127.0.0.1:${port}`, ...commands, "kill"].flatMap((command) => [
    "-ex",
    command,
  ]);
  await untilListening(port, emulated);
  const debugged = spawn("gdb-multiarch", ["-nx", "-batch", ...words, program[0]], { cwd });
  let said = "";
  debugged.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise((resolve) => debugged.on("exit", resolve));
  const timer = setTimeout(() => debugged.kill("SIGKILL"), 50_000);
  await meanwhile();
  await ended;
  clearTimeout(timer);
  emulated.kill("SIGKILL");
  return said;
}
