/**
 * Ports for servers of tests. The kernel gives the same port to anybody who asks between the question which one is free and its
 * use, which can be seconds: so test files that run beside each other ask for ports of different ranges, all of them below those
 * that the kernel gives away by itself.
 */

import { createServer } from "node:net";

const firstPort = 10_000;
/** How many ports there are for each of the processes in which Vitest runs files. */
const portsPerWorker = 1_000;
const workers = 20;

const worker = Number(process.env.VITEST_POOL_ID ?? 0) % workers;
/** Another run of the tests on this machine would hardly start at the same one. */
let next = Math.floor(Math.random() * portsPerWorker);

/** A port that nobody listens on, and that no other test is told for a while. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portsPerWorker; tries++) {
    const port = firstPort + worker * portsPerWorker + (next++ % portsPerWorker);
    if (await isFree(port)) return port;
  }
  throw new Error("no port is free");
}

/** Whether no other process listens on it, at any of this machine's addresses. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
