/**
 * The server for black-box tests: a site from a record of files, built with any options, as a process. The same
 * program printed as C and compiled by gcc is another implementation that has to behave the same.
 */

import {
  type ChildProcess,
  execFileSync,
  type SpawnSyncOptions,
  type SpawnSyncReturns,
  spawn,
  spawnSync,
} from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Compilation, compile, parseProgram } from "../../src/compile.ts";
import { type Executable, heldOffsets } from "../../src/elf/executable.ts";
import { cFlags, printC } from "../../src/ir/print-c.ts";
import type { SourceFile } from "../../src/lang/source.ts";
import type { VirtualModule } from "../../src/lang/virtual-module.ts";
import { siteModule } from "../../src/site/bundle.ts";
import { liveRoutes } from "../../src/site/live-routes.ts";
import { scanSite } from "../../src/site/scan.ts";
import { defaultServerOptions, optionsModule, type ServerOptions } from "../../src/site/server-options.ts";
import { defaultSiteOptions } from "../../src/site/site-options.ts";
import { isWorthPacking } from "../../src/site/worth-packing.ts";
import { amd64 } from "../../src/target/amd64/amd64.ts";
import type { Target, TargetId } from "../../src/target/target.ts";
import { targets } from "../../src/target/targets.ts";
import { emulatorOf } from "./emulators.ts";
import { freePort } from "./free-port.ts";
import { repository } from "./sources.ts";

/** By path, with its slash. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Machine code of a target, under emulation where needed, or amd64's through gcc. */
export type Implementation = TargetId | "gcc";

export const implementations: readonly Implementation[] = [...targets.map(({ id }) => id), "gcc"];

/** Whose servers the suites start that say nothing else: amd64's, or those of the target in MICROLITH_TARGET. */
export const chosen: Implementation =
  implementations.find((id) => id === process.env.MICROLITH_TARGET) ?? "amd64";

/** Its servers are processes of the emulator: the kernel tells of that one's memory and descriptors, and filters its calls. */
export const isEmulated: boolean = commandFor(chosen, "").length > 1;

/** The words that start an executable. */
export function commandFor(implementation: Implementation, executable: string): readonly string[] {
  return implementation === "gcc" ? [executable] : [...emulatorOf(implementation), executable];
}

/** Runs an executable of the chosen target to its end. */
export function runServer(
  executable: string,
  args: readonly string[],
  options: SpawnSyncOptions,
): SpawnSyncReturns<string> {
  const [command = "", ...before] = commandFor(chosen, executable);
  return spawnSync(command, [...before, ...args], { ...options, encoding: "utf8" });
}

/** The programs of the system that an implementation needs. */
export function toolsOf(implementation: Implementation): readonly string[] {
  return implementation === "gcc" ? ["gcc"] : emulatorOf(implementation).slice(0, 1);
}

export interface Server {
  readonly port: number;
  readonly child: ChildProcess;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  stop(): Promise<void>;
}

export interface CompileOptions {
  /** When the site is from. */
  readonly lastModified?: Date | undefined;
  /** The tables are packed where that saves something, as a build has it. */
  readonly packsTables?: boolean;
  /** What the server's sources become before they are compiled, the first one excepted. */
  readonly change?: (source: SourceFile) => SourceFile;
}

export interface StartOptions extends CompileOptions {
  readonly options?: Partial<ServerOptions>;
  readonly implementation?: Implementation;
  /** Before the executable on the command line. */
  readonly wrapper?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the port as the only argument. */
  readonly args?: readonly string[];
  readonly port?: number;
  /** Where its standard output goes; otherwise it is thrown away. */
  readonly stdout?: "pipe" | number;
  /** Changes the executable's bytes in place before it is started. */
  readonly patch?: (executable: Uint8Array) => void;
}

/** Builds and starts a server; it answers when this returns. */
export async function startServer(files: Files, start: StartOptions = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "microlith-server-"));
  const executable = join(folder, "server");
  buildServer(files, executable, start);
  const { implementation = chosen } = start;
  const words = [...(start.wrapper ?? []), ...commandFor(implementation, executable)];
  return await startCommand(words, folder, start);
}

/** Starts the server whose executable lies in `folder`, which is removed when it has ended; it answers when this returns. */
export async function startCommand(
  words: readonly string[],
  folder: string,
  start: Pick<StartOptions, "args" | "env" | "port" | "stdout"> = {},
): Promise<Server> {
  // Any user may start it.
  chmodSync(folder, 0o755);
  const port = start.port ?? (await freePort());
  const [command = "", ...args] = [...words, ...(start.args ?? [String(port)])];
  const child = spawn(command, args, {
    stdio: ["ignore", start.stdout ?? "ignore", "inherit"],
    env: { ...start.env },
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? signal));
  });
  const removed = ended.then(() => rmSync(folder, { recursive: true, force: true }));
  await untilListening(port, child);
  return {
    port,
    child,
    ended,
    stop: async () => {
      child.kill("SIGKILL");
      await removed;
    },
  };
}

/** Writes the executable of a site. */
export function buildServer(files: Files, executable: string, start: StartOptions = {}): void {
  const { implementation = chosen } = start;
  const target = targets.find(({ id }) => id === implementation) ?? amd64;
  const compilation = compileServer(files, { ...defaultServerOptions, ...start.options }, target, {
    // In C nobody packs them.
    packsTables: implementation !== "gcc",
    ...start,
  });
  if (implementation !== "gcc") {
    const bytes = wholeFile(compilation.executable);
    start.patch?.(bytes);
    writeFileSync(executable, bytes, { mode: 0o755 });
    return;
  }
  writeFileSync(`${executable}.c`, printC(compilation.ir));
  execFileSync("gcc", [...cFlags, "-o", executable, `${executable}.c`, "-lgcc"]);
}

/** With the site's content, which is in memory for a site of a test's size. */
export function wholeFile({ file, bytes, bodies }: Executable): Uint8Array {
  const whole = new Uint8Array(file.size);
  const held = heldOffsets(bodies);
  let end = 0;
  for (const { offset, content } of bodies) {
    whole.set(bytes.subarray(held(end), held(offset)), end);
    whole.set(content.bytes ?? [], offset);
    end = offset + content.size;
  }
  whole.set(bytes.subarray(held(end)), end);
  return whole;
}

export function compileServer(
  files: Files,
  options: ServerOptions = defaultServerOptions,
  target: Target = targets.find(({ id }) => id === chosen) ?? amd64,
  { lastModified, packsTables = false, change = (source) => source }: CompileOptions = {},
): Compilation {
  const folder = mkdtempSync(join(tmpdir(), "microlith-site-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const scanned = scanSite(folder);
    const siteOf = (hasPackedTables: boolean): VirtualModule =>
      siteModule(scanned, own("runtime/modules/site.d.ts"), liveRoutes(options, hasPackedTables), {
        options: { ...defaultSiteOptions, lastModified },
        hasPackedTables,
      });
    const plain = siteOf(false);
    const hasPackedTables = packsTables && isWorthPacking(plain.objects.values());
    const site = hasPackedTables ? siteOf(true) : plain;
    const hasLastModified = lastModified !== undefined;
    const features = { hasCodings: false, hasLastModified, hasPackedTables };
    const modules = new Map<string, VirtualModule>([
      ["microlith:site", site],
      ["microlith:options", optionsModule(options, own("runtime/modules/options.d.ts"), features)],
    ]);
    for (const name of ["target", "sandbox", "tables"]) {
      const declarations = own(`runtime/modules/${name}.d.ts`);
      modules.set(`microlith:${name}`, { declarations, values: new Map(), objects: new Map() });
    }
    const resolveChanged: typeof resolve = (specifier, importer) => {
      const source = resolve(specifier, importer);
      return source && change(source);
    };
    const program = parseProgram({ entry: own("runtime/server/main.ts"), resolve: resolveChanged, modules });
    return compile(program, modules, target, "plain");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sources = new Map<string, SourceFile>();

function own(path: string): SourceFile {
  const known = sources.get(path) ?? { path, text: readFileSync(join(repository, path), "utf8") };
  sources.set(path, known);
  return known;
}

function resolve(specifier: string, importer: SourceFile): SourceFile | undefined {
  // What 32-bit machines divide with.
  if (specifier === "microlith/arithmetic") return own("runtime/support/arithmetic.ts");
  return specifier.startsWith(".") ? own(join(dirname(importer.path), specifier)) : undefined;
}

/** Waits until `child` listens. The kernel's table of sockets says so, without a connection that the server would see. */
export async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const listening = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, "0")} [0:]+ 0A `);
  for (let tries = 0; tries < 1000; tries++) {
    if (listening.test(tableOf("tcp6")) || listening.test(tableOf("tcp"))) return;
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`the server ended with ${end}`);
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error(`the server does not listen on ${port}`);
}

function tableOf(protocol: string): string {
  try {
    return readFileSync(`/proc/net/${protocol}`, "utf8");
  } catch {
    return "";
  }
}
