/**
 * A site as the command line builds it for the chosen target, with its flags, served by a process of this machine.
 */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { collectBytes } from "../../src/base/byte-source.ts";
import { emitStage, makeProduct } from "../../src/cli/make-product.ts";
import type { ProductExecutable, ProductOptions } from "../../src/cli/product.ts";
import { chooseSiteOptions, type SiteFlags } from "../../src/cli/site-flags.ts";
import { waitForPort } from "../../src/engine/native-process.ts";
import type { TargetId } from "../../src/target/target.ts";
import { targets } from "../../src/target/targets.ts";
import { emulatorOf } from "./emulators.ts";
import { freePort } from "./free-port.ts";
import { type Address, type Response, responses } from "./http.ts";
import { chosen, type Files } from "./server.ts";

export interface SiteServer extends Address {
  stop(): Promise<void>;
}

/** Builds the site and starts it; it answers when this returns. */
export async function startSite(
  files: Files,
  flags: SiteFlags = {},
  lastModified?: Date,
): Promise<SiteServer> {
  return withFolder(files, async (folder) => {
    const options = productOptions(flags, lastModified);
    const { executables } = await makeProduct({ kind: "site", path: folder }, options);
    const place = mkdtempSync(join(tmpdir(), "microlith-run-"));
    const path = join(place, "server");
    writeFileSync(path, await wholeFile(executables[0]), { mode: 0o755 });
    const port = await freePort();
    const [command = "", ...before] = [...emulatorOf(target), path];
    const child = spawn(command, [...before, String(port)], { stdio: ["ignore", "ignore", "inherit"] });
    const ended = new Promise<void>((done) => child.on("exit", () => done()));
    if (!(await waitForPort("127.0.0.1", port, 5000))) throw new Error("the server does not listen");
    return {
      port,
      stop: async () => {
        child.kill("SIGKILL");
        await ended;
        rmSync(place, { recursive: true, force: true });
      },
    };
  });
}

/** The bytes of the site's executable. */
export function buildSite(files: Files, flags: SiteFlags = {}): Promise<Uint8Array> {
  return withFolder(files, async (folder) => {
    const { executables } = await makeProduct({ kind: "site", path: folder }, productOptions(flags));
    return wholeFile(executables[0]);
  });
}

async function wholeFile(executable: ProductExecutable | undefined): Promise<Uint8Array> {
  return collectBytes(executable?.file.read() ?? [], 1 << 28, "an executable");
}

/** Every byte of the executable by its owner. */
export function mapSite(files: Files, flags: SiteFlags = {}, lastModified?: Date): Promise<string> {
  return withFolder(files, (folder) =>
    emitStage({ kind: "site", path: folder }, productOptions(flags, lastModified), "map"),
  );
}

/** The response to one request for `target`. `fields` are whole lines. */
export async function ask(
  address: Address,
  target: string,
  fields: readonly string[] = [],
  method = "GET",
): Promise<Response> {
  const lines = [`${method} ${target} HTTP/1.1`, "Host: localhost", ...fields, "", ""];
  const [response, ...others] = await responses(address, lines.join("\r\n"), [method]);
  if (response === undefined || others.length > 0) throw new Error(`${others.length} responses too many`);
  return response;
}

const target: TargetId = chosen === "gcc" ? "amd64" : chosen;

function productOptions(flags: SiteFlags, lastModified?: Date): ProductOptions {
  return {
    platforms: targets.filter(({ id }) => id === target).map(({ platform }) => platform),
    port: 8080,
    host: undefined,
    layout: "plain",
    site: chooseSiteOptions(flags, {}, lastModified),
  };
}

async function withFolder<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "microlith-site-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
