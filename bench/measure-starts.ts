/**
 * How long servers take from exec to the first byte of the first response. They take turns, and each start has a port of its
 * own: connections of the one before may still be known to the kernel.
 */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { median } from "./results.ts";
import { pin } from "./server-process.ts";
import type { Ground, ServerKind, Site } from "./servers.ts";

const starts = 21;
const firstPort = 17_000;

/** Medians, in milliseconds. */
export function measureStarts(
  ground: Ground,
  site: Site,
  kinds: readonly ServerKind[],
): ReadonlyMap<ServerKind, number> {
  const samples = new Map(kinds.map((kind): [ServerKind, number[]] => [kind, []]));
  for (let start = 0; start < starts; start++) {
    for (const [position, kind] of kinds.entries()) {
      const port = firstPort + start * kinds.length + position;
      samples.get(kind)?.push(firstResponse(ground, site, kind, port));
    }
  }
  return new Map([...samples].map(([kind, times]) => [kind, median(times)]));
}

function firstResponse(ground: Ground, site: Site, kind: ServerKind, port: number): number {
  const command = kind.command(ground, site, { port, connections: 2048 });
  const [program = "", ...args] = [
    ...pin(1),
    join(ground.folder, "first-response"),
    String(port),
    ...command,
  ];
  return Number(execFileSync(program, args, { encoding: "utf8" })) / 1000;
}
