/**
 * Debian's kernels in QEMU, which emulates the whole machine: each target's own kernel loads what we make, which neither the
 * user emulation nor amd64's kernel proves. The console is a serial line. A kernel panics when its first process
 * ends, which says the exit status and ends QEMU.
 */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeSources } from "../../src/cli/sources.ts";
import { compile, parseProgram } from "../../src/compile.ts";
import type { VirtualModule, VirtualValue } from "../../src/lang/virtual-module.ts";
import { defaultServerOptions } from "../../src/site/server-options.ts";
import type { Target, TargetId } from "../../src/target/target.ts";
import { targets } from "../../src/target/targets.ts";
import { compileProgram } from "../support/compile-program.ts";
import { type DebianKernel, debianKernel } from "../support/debian-kernels.ts";
import { initramfs } from "../support/initramfs.ts";
import { temporaryFolder } from "../support/microlith.ts";
import { needs, needsThat } from "../support/require-tool.ts";
import { compileServer, wholeFile } from "../support/server.ts";

interface Machine {
  readonly command: readonly string[];
  readonly console: string;
  /** Of init.ts. */
  readonly systemCalls: { readonly SYS_execve: number; readonly SYS_ioctl: number };
}

const generic = { SYS_execve: 221, SYS_ioctl: 29 };

const machines: Readonly<Record<TargetId, Machine>> = {
  amd64: {
    command: ["qemu-system-x86_64", "-machine", "q35"],
    console: "ttyS0",
    systemCalls: { SYS_execve: 59, SYS_ioctl: 16 },
  },
  arm64: {
    command: ["qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a53"],
    console: "ttyAMA0",
    systemCalls: generic,
  },
  // The oldest that Debian has a kernel for.
  arm: {
    command: ["qemu-system-arm", "-machine", "virt", "-cpu", "cortex-a7"],
    console: "ttyAMA0",
    systemCalls: { SYS_execve: 11, SYS_ioctl: 54 },
  },
  riscv64: { command: ["qemu-system-riscv64", "-machine", "virt"], console: "ttyS0", systemCalls: generic },
  "386": {
    command: ["qemu-system-i386", "-machine", "q35"],
    console: "ttyS0",
    systemCalls: { SYS_execve: 11, SYS_ioctl: 54 },
  },
};

const folder = temporaryFolder();
const minutes = 60_000;

for (const target of targets) {
  const [qemu = ""] = machines[target.id].command;
  needs(
    qemu,
    "apt-get",
    "dpkg-deb",
  )(`Debian's kernel for ${target.id}`, () => {
    const kernel = debianKernel(target.id);
    withKernel(kernel)("boots", () => {
      const boot = (files: Readonly<Record<string, Uint8Array>>): string =>
        kernel.kind === "path" ? bootMachine(target.id, kernel.path, files) : "";

      test("tight, as the first process", { timeout: 2 * minutes }, () => {
        const said = boot({ init: tightExample("hello", target.id) });
        expect(said).toMatch(/Hello World$/m);
        expect(said).toMatch(/Attempted to kill init! exitcode=0x00000000$/m);
      });

      test("tight programs, and the server with its health check", { timeout: 2 * minutes }, () => {
        const page = "<!doctype html><title>Booted</title>\n";
        const options = { ...defaultServerOptions, healthcheck: true };
        const said = boot({
          init: compileInit(target),
          hello: tightExample("hello", target.id),
          true: tightExample("true", target.id),
          server: wholeFile(compileServer({ "/index.html": page }, options, target).executable),
        });
        expect(said.slice(said.indexOf("true ended"))).toMatch(
          new RegExp(
            [
              "^true ended with 0",
              "Hello World",
              "hello ended with 0",
              "healthy",
              "HTTP/1\\.1 200 OK",
              "[^]*",
              page.trimEnd(),
              "server ended with 0",
            ].join("\n"),
          ),
        );
        expect(said).toMatch(/Attempted to kill init! exitcode=0x00000000$/m);
      });
    });
  });
}

/** `describe`, when there is a kernel. */
function withKernel(kernel: DebianKernel): (name: string, body: () => void) => void {
  return needsThat(kernel.kind === "path", kernel.kind === "path" ? "" : kernel.reason);
}

function tightExample(example: string, target: TargetId): Uint8Array {
  const path = `examples/${example}/${example}.ts`;
  const { executable } = compileProgram(path, { target, layout: "tight" });
  expect([executable.layout, executable.note]).toEqual(["tight", undefined]);
  return executable.bytes;
}

/** test/kernel/init.ts with its constants. */
function compileInit(target: Target): Uint8Array {
  const sources = makeSources();
  const declarations = sources.read("test/kernel/kernel.d.ts");
  const integer = (value: number): VirtualValue => ({ kind: "integer", value: BigInt(value) });
  const numbers = { AF_INET: 2, SIOCSIFFLAGS: 0x8914, ...machines[target.id].systemCalls };
  const values = new Map(Object.entries(numbers).map(([name, value]) => [name, integer(value)] as const));
  const modules = new Map<string, VirtualModule>([
    ["microlith:kernel", { declarations, values, objects: new Map() }],
    [
      "microlith:target",
      { declarations: sources.readOwn("runtime/modules/target.d.ts"), values: new Map(), objects: new Map() },
    ],
  ]);
  const entry = sources.read("test/kernel/init.ts");
  return compile(parseProgram({ entry, resolve: sources.resolve, modules }), modules, target, "plain")
    .executable.bytes;
}

/** What the console shows until the first process has ended, with line ends as they were written. */
function bootMachine(target: TargetId, kernel: string, files: Readonly<Record<string, Uint8Array>>): string {
  const { command, console } = machines[target];
  const archive = join(folder, `${target}.cpio`);
  writeFileSync(archive, initramfs(files));
  const [file = "", ...args] = command;
  const { stdout, stderr, error } = spawnSync(
    file,
    [
      ...args,
      ...["-m", "256", "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"],
      ...["-kernel", kernel, "-initrd", archive, "-append", `console=${console} panic=-1 quiet`],
    ],
    { encoding: "latin1", timeout: minutes, killSignal: "SIGKILL", stdio: ["ignore", "pipe", "pipe"] },
  );
  if (error !== undefined) throw new Error(`${file} did not end: ${stdout}${stderr}`);
  return stdout.replaceAll(/\r+\n/g, "\n");
}
