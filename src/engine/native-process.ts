/**
 * The engine that is no engine: the executable as a process of this machine.
 *
 * Node cannot run bytes from memory, so they go into a private folder (mode 0700) that is removed as soon as the kernel
 * has the program: a running program needs no name. Nothing is left behind, whatever happens to the tool.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ByteSource } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import { writeFileWhole } from "../base/files.ts";

/** How a process ended: with an exit status, or by a signal. */
export type ProcessEnd =
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "signal"; readonly signal: string };

export interface NativeProcess {
  readonly ended: Promise<ProcessEnd>;
  /** Asks it to end (SIGTERM); ends it (SIGKILL) when it has not after `patienceMs`. */
  stop(patienceMs: number): void;
}

const architectures: Readonly<Record<string, string>> = {
  x64: "linux/amd64",
  arm64: "linux/arm64",
  arm: "linux/arm/v6",
  riscv64: "linux/riscv64",
  ia32: "linux/386",
};

/** The platform whose executables this machine runs, or undefined (macOS, Windows, another architecture). */
export function nativePlatform(
  system: string = process.platform,
  architecture: string = process.arch,
): string | undefined {
  return system === "linux" ? architectures[architecture] : undefined;
}

/**
 * Starts `executable` with `args`. Its standard output and error are ours.
 * @throws UserError when no folder allows programs, or the kernel refuses this one
 */
export async function startNative(executable: ByteSource, args: readonly string[]): Promise<NativeProcess> {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "microlith-"));
    const path = join(folder, "microlith");
    await writeFileWhole(path, executable.read(), 0o700);
    const child = spawn(path, args, { stdio: ["inherit", "inherit", "inherit"], argv0: "microlith" });
    const ended = whenEnded(child);
    await whenStarted(child);
    return { ended, stop: (patienceMs) => stop(child, patienceMs) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(`the executable could not be run from ${tmpdir()} (${error.code})`, {
      help: "Set TMPDIR to a folder with space in which programs may run.",
      cause: error,
    });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A port that is free on `host` at this moment: `port` itself, or any when it is 0.
 * @throws UserError that names the port and the flag
 */
export async function findFreePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => reject(explainBind(error, host, port)));
    server.listen({ host, port, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : port));
    });
  });
}

/** Waits until something accepts connections there. False when `timeoutMs` have passed. */
export async function waitForPort(host: string, port: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (await accepts(host, port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return false;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function explainBind(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new UserError(`port ${port} is already in use`, {
        help: `Choose another with --port, for example --port ${port < 65_535 ? port + 1 : 8080}.`,
      });
    case "EACCES":
      return new UserError(`port ${port} needs privileges that you do not have`, {
        help: "Choose one above 1023 with --port, for example --port 8080.",
      });
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return new UserError(`this machine has no address ${host}`, { help: "Choose another with --host." });
    default:
      return error;
  }
}

function whenStarted(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
}

function whenEnded(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once("exit", (status, signal) => {
      resolve(signal === null ? { kind: "status", status: status ?? 0 } : { kind: "signal", signal });
    });
  });
}

function stop(child: ChildProcess, patienceMs: number): void {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  timer.unref();
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
