/**
 * Memory that is a server's own: when it has just started, and with 10,000 open connections, each of which has had a response.
 */

import { connect, type Socket } from "node:net";
import { crowd, type Sites } from "./build-sites.ts";
import { type RunningServer, startServer } from "./server-process.ts";
import type { Ground, ServerKind, Site } from "./servers.ts";

export interface Memory {
  readonly idlePrivateBytes: number;
  /** Absent for servers that close after each response or did not hold all, and for what is no real server. */
  readonly crowdedPrivateBytes?: number;
}

const port = 16_000;
/** Connections that are made at a time: fewer than any server's queue holds. */
const atATime = 100;

export async function measureMemory(
  ground: Ground,
  sites: Sites,
  kinds: readonly ServerKind[],
): Promise<ReadonlyMap<ServerKind, Memory>> {
  const found = new Map<ServerKind, Memory>();
  for (const [position, kind] of kinds.entries()) {
    const start = (site: Site, connections: number, offset: number): Promise<RunningServer> => {
      const place = { port: port + position * 10 + offset, connections };
      return startServer(kind.command(ground, site, place), place.port);
    };
    const idlePrivateBytes = await using(await start(sites.page, 2048, 0), async (server) =>
      server.privateBytes(),
    );
    if (kind.closes || kind.isLimit) found.set(kind, { idlePrivateBytes });
    else {
      const crowdedPrivateBytes = await using(await start(sites.crowded, crowd + 100, 1), crowdedBytes);
      found.set(kind, {
        idlePrivateBytes,
        ...(crowdedPrivateBytes === undefined ? {} : { crowdedPrivateBytes }),
      });
    }
  }
  return found;
}

async function using<T>(server: RunningServer, measure: (server: RunningServer) => Promise<T>): Promise<T> {
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
}

/** Undefined when it did not hold all of them. */
async function crowdedBytes(server: RunningServer): Promise<number | undefined> {
  const sockets: Socket[] = [];
  let lost = 0;
  try {
    while (sockets.length < crowd) {
      const more = await Promise.all(Array.from({ length: atATime }, () => visit(server.port)));
      for (const socket of more) socket.once("close", () => lost++);
      sockets.push(...more);
    }
    if (lost > 0)
      process.stderr.write(`bench: ${lost} of ${crowd} connections were closed by port ${server.port}\n`);
    return lost > 0 ? undefined : server.privateBytes();
  } finally {
    for (const socket of sockets) socket.resetAndDestroy();
  }
}

/** A connection that has had a response and stays. */
function visit(to: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: to });
    socket.once("error", reject);
    socket.once("connect", () => socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${to}\r\n\r\n`));
    socket.once("data", () => {
      socket.off("error", reject);
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}
