/**
 * The HTTP server of a microlith: one process, one epoll loop, no heap, no file system.
 *
 * An event brings a connection and what is to do with it (loop.ts). Its input is read (serve.ts), parsed (request.ts,
 * target.ts, token.ts) and answered by slices of memory that the site's tables point to (respond.ts, lookup.ts,
 * conditional.ts), which one system call sends (send.ts). A tick each second renews the date (clock.ts) and closes who
 * takes too long (connection.ts). docs/server.md says what the server promises.
 */

import { choosePort } from "./arguments.ts";
import { limitConnections } from "./connection.ts";
import { run } from "./loop.ts";
import { dropPrivileges } from "./sandbox.ts";
import { watchSignals } from "./signals.ts";
import { listenOn } from "./socket.ts";

export function main(stack: usize): never {
  listenOn(choosePort(stack));
  dropPrivileges();
  watchSignals();
  limitConnections();
  run();
}
