/**
 * `microlith serve INPUT --engine docker|podman|containerd`: makes the image, loads it, runs it as a container and says where it is. Ctrl-C stops the container and takes it and the
 * image away again.
 */

import { randomBytes } from "node:crypto";
import type { Container, Engine } from "../engine/engine.ts";
import { findEngine } from "../engine/find-engine.ts";
import { findFreePort, waitForPort } from "../engine/native-process.ts";
import { formatPlatform } from "../image/platform.ts";
import { formatReference, parseReference } from "../image/reference.ts";
import type { ImageFlags } from "./image-options.ts";
import type { Input } from "./input.ts";
import { loadInput, parseEngine } from "./load.ts";
import { urlOf } from "./native.ts";
import { parseChoice } from "./options.ts";
import { hostPlatform } from "./pull.ts";
import type { ServerFlags } from "./server-flags.ts";
import { note, progress, result } from "./terminal.ts";

export interface EngineServeFlags extends ServerFlags {
  readonly host: string;
  readonly engine: string;
  readonly network?: string;
  readonly json?: boolean;
}

const startMs = 15_000;
const drainSeconds = 10;
/** Inside of a container with a network of its own. */
const innerPort = 8080;

/** Runs until the container ends or is stopped. Returns the exit code. */
export async function serveInEngine(
  input: Input,
  flags: EngineServeFlags,
  wantedPort: number,
): Promise<number> {
  const { host } = flags;
  const network = parseChoice("--network", flags.network ?? "bridge", ["bridge", "host"]);
  const engine = await findEngine(parseEngine(flags.engine), process.env);
  const port = await findFreePort(host, wantedPort);
  // containerd by itself has no network but the host's.
  const onHost = network === "host" || engine.id === "containerd";
  const image = parseReference(`localhost/microlith-serve:${randomBytes(4).toString("hex")}`);
  const name = formatReference(image);
  const stop = listenForStop();
  const listening = onHost ? { port: String(port), host } : { port: String(innerPort) };
  const { host: _, ...server } = flags;
  const options = { ...server, ...noImageFlags, ...listening };
  const { digest } = await loadInput(input, engine, [image], options, { env: process.env, engine });
  try {
    const publish = [{ host, hostPort: port, containerPort: innerPort }];
    const container = await engine.run({ image: name, ...(onHost ? { hostNetwork: true } : { publish }) });
    const printed = print(container, input.kind === "site" ? process.stderr : process.stdout);
    stop.asked.then(() => container.stop(drainSeconds)).catch(() => {});
    if (input.kind === "site" && (await isUp(container, host, port))) {
      const url = urlOf(host, port);
      announce(input, engine, container, { url, digest }, flags.json === true);
    }
    const status = await container.ended;
    await printed;
    if (stop.wasAsked()) return 0;
    if (input.kind === "site") note(`microlith: the container ended with status ${status}`);
    return status;
  } finally {
    await engine.remove(name).catch(() => note(`microlith: ${engine.id} keeps the image ${name}`));
  }
}

function announce(
  input: Input,
  engine: Engine,
  container: Container,
  { url, digest }: { readonly url: string; readonly digest: string },
  json: boolean,
): void {
  if (json) {
    const { id } = container;
    const platform = formatPlatform(hostPlatform());
    result(JSON.stringify({ kind: input.kind, url, platform, engine: engine.id, container: id, digest }));
    return;
  }
  result(url);
  note(`${input.path}: container ${container.id.slice(0, 22)} in ${engine.id}. Ctrl-C stops and removes it.`);
}

/** Whether it answers; a container that ended first, or was stopped, does not. */
async function isUp(container: Container, host: string, port: number): Promise<boolean> {
  progress("waiting for the server");
  const up = await Promise.race([waitForPort(host, port, startMs), container.ended.then(() => undefined)]);
  if (up === false) {
    note(`microlith: the container has not answered on port ${port} within ${startMs / 1000} seconds`);
  }
  return up === true;
}

/** Of a program it is the result; what a server prints goes beside the result. */
async function print(container: Container, stream: NodeJS.WritableStream): Promise<void> {
  for await (const chunk of container.output) stream.write(chunk);
}

/** A second request (npm repeats Ctrl-C) changes nothing. */
function listenForStop(): { readonly asked: Promise<void>; wasAsked(): boolean } {
  let wasAsked = false;
  const asked = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        wasAsked = true;
        resolve();
      });
    }
  });
  return { asked, wasAsked: () => wasAsked };
}

const noImageFlags: ImageFlags = {
  ...{ tag: [], label: [], annotation: [], entrypoint: [], cmd: [], expose: [], file: [] },
  ...{ sbom: [], provenance: [] },
};
