/**
 * An HTTP server that says who it is and what it was asked: `whoami [PORT]`, else the environment's PORT, else 8080. For
 * trying out load balancers and clusters.
 *
 *     GET /health     ok
 *     GET /anything   host name, addresses, the peer's address, the request, the environment
 *
 * `whoami --healthcheck [PORT]` asks a running one and ends with status 0 when it answers: a container's HEALTHCHECK without
 * a shell or curl.
 */

import {
  argument,
  type Buffer,
  blockSignals,
  closeFile,
  connectTcp,
  environment,
  equalText,
  exit,
  fail,
  listenTcp,
  parseDecimal,
  print,
  read,
  signalDescriptor,
  standardOutput,
  stopSignals,
  write,
} from "microlith/std";
import { serveRequests } from "./connections.ts";

const defaultPort = 8080;
const loopback = 0x7f00_0001;

const lineStorage = zeroed<Fixed<u8, 64>>();
const line = zeroed<Buffer>();

export function main(stack: usize): void {
  const first = argument(stack, 1);
  if (first !== 0 && equalText(first, "--healthcheck")) checkHealth(choosePort(stack, argument(stack, 2)));
  const port = choosePort(stack, first);
  const listener = listenTcp(port);
  if (listener < 0) fail("whoami: cannot listen on this port\n");
  line.use(lineStorage, 64);
  line.text("whoami: listening on port ");
  line.decimal(port);
  line.byte(10);
  line.writeTo(standardOutput);
  blockSignals(stopSignals);
  serveRequests(listener, signalDescriptor(stopSignals), stack);
}

function choosePort(stack: usize, text: usize): u32 {
  const chosen = text === 0 ? environment(stack, "PORT") : text;
  const port = chosen === 0 ? defaultPort : parseDecimal(chosen);
  if (port > 65_535) fail("usage: whoami [PORT] | whoami --healthcheck [PORT]\n");
  return port;
}

/** The answer's status line begins `HTTP/1.1 200`: its tenth byte says enough. */
function checkHealth(port: u32): never {
  const request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const connection = connectTcp(loopback, port);
  if (connection < 0) fail("whoami: nobody listens\n");
  write(connection, bytes(request), request.length);
  const length = read(connection, lineStorage, 64);
  closeFile(connection);
  if (length < 12 || lineStorage[9] !== byte("2")) fail("whoami: unhealthy\n");
  print("healthy\n");
  exit(0);
}
