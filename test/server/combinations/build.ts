/** A case is a random site with random options; here it is built as the command line does, and started. */

import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { collectBytes } from "../../../src/base/byte-source.ts";
import { UserError } from "../../../src/base/errors.ts";
import { emitStage, makeProduct } from "../../../src/cli/make-product.ts";
import type { ProductOptions } from "../../../src/cli/product.ts";
import { DiagnosticError } from "../../../src/lang/diagnostics.ts";
import type { TargetId } from "../../../src/target/target.ts";
import { targets } from "../../../src/target/targets.ts";
import { commandFor, type Server, startCommand } from "../../support/server.ts";
import { servedOf } from "./model.ts";
import { makeRandom, type Random } from "./random.ts";
import { type RandomOptions, randomOptions } from "./random-options.ts";
import { filesOf, type RandomSite, randomSite } from "./random-site.ts";

export interface Case {
  /** Goes on where site and options end. */
  readonly random: Random;
  readonly site: RandomSite;
  readonly options: RandomOptions;
}

/** The same for the same seed. */
export function makeCase(seed: number): Case {
  const random = makeRandom(seed);
  const options = randomOptions(random);
  const site = randomSite(random, options.site);
  // Only what is there can answer for the rest.
  const spa = options.spa && servedOf(site, options).includes(`/${options.site.index}`);
  return { random, options: { ...options, spa }, site };
}

export interface RunningCase extends Server {
  /** Its standard output. */
  readonly output: Promise<string>;
  /** What it serves: without rules when they were refused. */
  readonly site: RandomSite;
}

/** What a server's variable says that has to be escaped. */
export const environmentValue = 'x"<\u2028/\\é\t';

export async function startCase(given: Case, target: TargetId): Promise<RunningCase> {
  const place = mkdtempSync(join(tmpdir(), "microlith-run-"));
  const executable = join(place, "server");
  const site = await withSite(given.site, async (folder, used) => {
    const options = productOptions(given.options, target);
    const { executables } = await makeProduct({ kind: "site", path: folder }, options);
    const bytes = await collectBytes(executables[0]?.file.read() ?? [], 1 << 28, "an executable");
    writeFileSync(executable, bytes, { mode: 0o755 });
    return used;
  });
  const server = await startCommand(commandFor(target, executable), place, {
    stdout: "pipe",
    env: { STAGE: environmentValue },
  });
  return { ...server, output: readAll(server.child), site };
}

/** The server of a case as C, for the simulated kernel: one process with few connections. */
export function emitCase({ site, options }: Case): Promise<string> {
  const server = { ...options.server, workers: 1, maxConnections: 30 };
  return withSite(site, (folder) =>
    emitStage({ kind: "site", path: folder }, productOptions({ ...options, server }, "amd64"), "c"),
  );
}

function productOptions({ site, spa, server, optimize }: RandomOptions, target: TargetId): ProductOptions {
  return {
    platforms: targets.filter(({ id }) => id === target).map(({ platform }) => platform),
    port: 8080,
    host: undefined,
    layout: "plain",
    optimize,
    server,
    site: { ...site, fallback: spa ? `/${site.index}` : undefined },
  };
}

/** A folder with the site while `use` runs. When its rules cannot be, it has none. */
async function withSite<T>(
  given: RandomSite,
  use: (folder: string, site: RandomSite) => Promise<T>,
): Promise<T> {
  const attempt = async (site: RandomSite): Promise<T> => {
    const folder = mkdtempSync(join(tmpdir(), "microlith-combination-"));
    try {
      for (const [path, content] of Object.entries(filesOf(site))) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
      return await use(folder, site);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  try {
    return await attempt(given);
  } catch (error) {
    const isRefused = error instanceof DiagnosticError || error instanceof UserError;
    if (!isRefused || given.redirects.length === 0) throw error;
    return attempt({ ...given, redirects: [] });
  }
}

function readAll(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((done) => child.on("close", () => done(Buffer.concat(chunks).toString("latin1"))));
}
