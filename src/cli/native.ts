/**
 * What the commands that run something on this machine share: making it for this machine, and passing signals on.
 */

import { isIPv6 } from "node:net";
import { UserError } from "../base/errors.ts";
import { type NativeProcess, nativePlatform } from "../engine/native-process.ts";
import type { ServerOptions } from "../site/server-options.ts";
import type { SiteOptions } from "../site/site-options.ts";
import type { Input } from "./input.ts";
import { madePlatforms, makeProduct } from "./make-product.ts";
import type { ProductExecutable } from "./product.ts";

/** Time for the program to end after it was asked to. */
const drainMs = 10_000;

export interface Made {
  readonly executable: ProductExecutable;
  readonly compileMs: number;
}

/** Compiled in: where a server listens, how it runs, and how its site is served. */
export interface Listening {
  readonly host: string | undefined;
  readonly port: number;
  readonly server?: Partial<ServerOptions>;
  readonly minimal?: boolean;
  readonly site?: SiteOptions;
}

/** Makes the input for `platform`. @throws DiagnosticError or UserError */
export async function makeFor(
  platform: string,
  input: Input,
  listening: Listening = { host: undefined, port: 8080 },
): Promise<Made> {
  const start = performance.now();
  const product = await makeProduct(input, { platforms: [platform], ...listening });
  const executable = product.executables[0];
  if (executable === undefined) throw new UserError(`nothing was made for ${platform}`);
  return { executable, compileMs: performance.now() - start };
}

/** This machine's platform. @throws UserError when it does not run what microlith makes */
export function requireNativePlatform(
  input: Input,
  system: string = process.platform,
  architecture: string = process.arch,
): string {
  const platform = nativePlatform(system, architecture);
  if (platform !== undefined && madePlatforms.includes(platform)) return platform;
  const name = input.kind === "site" ? "site" : "program";
  const publish = input.kind === "site" ? " -p 8080:8080" : "";
  throw new UserError(`this machine (${system}, ${architecture}) cannot run what microlith makes`, {
    help:
      `Make an image and run it with a container engine: microlith build ${input.path} -o ${name}.tar ` +
      `--tag ${name}:1 && docker load -i ${name}.tar && docker run --rm${publish} ${name}:1`,
  });
}

/** Passes on the request to stop. Returns whether there has been one; a second one (npm repeats Ctrl-C) changes nothing. */
export function stopOnSignals(running: NativeProcess): () => boolean {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!asked) running.stop(drainMs);
      asked = true;
    });
  }
  return () => asked;
}

/** An address that a browser on this machine can open. */
export function urlOf(listening: string, port: number): string {
  const host = { "0.0.0.0": "127.0.0.1", "::": "::1" }[listening] ?? listening;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
