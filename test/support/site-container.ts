/**
 * A site's container, from the archive that the command line wrote to answers on a port of this machine.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { Engine, Ran } from "./engines.ts";
import { freePort } from "./free-port.ts";

export interface SiteContainer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Stops it as the engine does. Returns its exit code and what it printed. */
  stop(): Promise<Ran>;
}

/** Runs `image`, which the engine has, and waits until it answers. */
export async function startSite(engine: Engine, image: string): Promise<SiteContainer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const container = await engine.start(image, { PORT: String(port) });
  const early = container.ended.then((ran) => {
    throw new Error(`${image} in ${engine.id} ended with ${ran.code}:\n${ran.stderr}${ran.stdout}`);
  });
  early.catch(() => {});
  for (let tries = 0; tries < 200; tries++) {
    if (await Promise.race([answers(url), early])) return { url, stop: () => container.stop() };
    await sleep(50);
  }
  throw new Error(`${image} does not answer on ${url} in ${engine.id}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
