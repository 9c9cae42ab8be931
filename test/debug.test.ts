/**
 * `--debug`: what gdb makes of the symbols, the line table and the frames.
 */

import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findFreePort, waitForPort } from "../src/engine/native-process.ts";
import { microlith, temporaryFolder } from "./support/microlith.ts";
import { needs } from "./support/require-tool.ts";
import { repository } from "./support/sources.ts";

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
    const lineOf = (text: string): number => source.split("\n").findIndex((line) => line.includes(text)) + 1;
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
    const line = source.split("\n").findIndex((text) => text.includes("printDecimal(total)")) + 1;
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
