/** Runs slow-reader.c: a client whose kernel takes little, and which takes that slowly. */

import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import type { Address } from "./http.ts";
import { repository } from "./sources.ts";

/** Makes the program in `folder`; returns its path. */
export function makeSlowReader(folder: string): string {
  const program = join(folder, "slow-reader");
  const source = join(repository, "test", "support", "slow-reader.c");
  execFileSync("gcc", ["-O1", "-Wall", "-Werror", "-o", program, source]);
  return program;
}

export interface Pace {
  /** Bytes that are taken at a time. */
  readonly bytes: number;
  /** Microseconds between. */
  readonly pause: number;
}

/** What comes back for `text`. @throws Error when the connection breaks */
export function readSlowly(
  program: string,
  { port }: Address,
  text: string,
  { bytes, pause }: Pace,
): Promise<Buffer> {
  const child = spawn(program, [String(port), String(bytes), String(pause)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(Buffer.from(text, "latin1"));
  return new Promise((resolve, reject) => {
    child.on("close", (status) => {
      if (status === 0) resolve(Buffer.concat(chunks));
      else reject(new Error(`the slow reader ended with ${status}`));
    });
  });
}
