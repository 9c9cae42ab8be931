/**
 * An HTTP proxy of the loopback: it makes tunnels (CONNECT), asks for a password or refuses when it is told to, and leads names that nobody resolves to the ports of
 * test servers.
 */

import { createServer, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";

export interface ProxyOptions {
  /** By `host:port`, where a tunnel leads; anything else is refused with 502. */
  readonly routes?: ReadonlyMap<string, { readonly host: string; readonly port: number }>;
  /** `name:password`; without it nobody is asked. */
  readonly user?: string;
  /** Answers every CONNECT with this status. */
  readonly status?: number;
}

export interface TestProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** What tunnels were asked for: `host:port`. */
  readonly asked: readonly string[];
  /** Bytes of the clients' that went through tunnels. */
  carried(): number;
  stop(): Promise<void>;
}

export async function startProxy(options: ProxyOptions): Promise<TestProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let carried = 0;
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("connect", (request, client: Socket) => {
    const target = String(request.url);
    asked.push(target);
    const refused = options.status ?? (isAllowed(request, options.user) ? undefined : 407);
    const route = options.routes?.get(target);
    if (refused !== undefined || route === undefined) {
      client.end(`HTTP/1.1 ${refused ?? 502} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const through = connect(route.port, route.host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.on("data", (chunk) => {
        carried += chunk.length;
      });
      through.pipe(client).pipe(through);
    });
    sockets.add(through);
    through.on("error", () => client.destroy());
    through.on("close", () => sockets.delete(through));
    client.on("error", () => through.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    asked,
    carried: () => carried,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function isAllowed({ headers }: IncomingMessage, user: string | undefined): boolean {
  const right = `Basic ${Buffer.from(user ?? "").toString("base64")}`;
  return user === undefined || headers["proxy-authorization"] === right;
}
