/**
 * The HTTP server of a microlith: one process, one epoll loop, no heap, no file system.
 *
 * An event brings a connection and what is to do with it (loop.ts). Its input is read (serve.ts), parsed (request.ts,
 * target.ts, token.ts) and answered by slices of memory that the site's tables point to (respond.ts, lookup.ts,
 * conditional.ts), which one system call sends (send.ts). A tick each second renews the date (clock.ts) and closes who
 * takes too long (connection.ts). What operators ask for stands beside that: live.ts, record.ts, workers.ts, sandbox.ts. docs/server.md says what the server promises.
 */

import { hasEnvironment, hasHealthcheck, hasLog, hasPackedTables, hasWorkers } from "microlith:options";
import { wordBytes } from "microlith:target";
import { unpackTables } from "../support/unpack.ts";
import { choosePort, firstArgument, keepEnvironment } from "./arguments.ts";
import { bufferOf, sharedDescriptor } from "./buffers.ts";
import { limitConnections } from "./connection.ts";
import { tryEnvironment } from "./environment.ts";
import { checkHealth, isHealthcheck } from "./healthcheck.ts";
import { openLog } from "./log-output.ts";
import { run } from "./loop.ts";
import { dropPrivileges } from "./sandbox.ts";
import { blockSignals, watchSignals } from "./signals.ts";
import { listenOn } from "./socket.ts";
import { listenForWorkers, startWorkers } from "./workers.ts";

export function main(stack: usize): never {
  // Nobody has written there yet, and everybody will write over it.
  if (hasPackedTables) unpackTables(bufferOf(sharedDescriptor));
  const argument = firstArgument(stack);
  keepEnvironment(stack);
  if (hasHealthcheck && isHealthcheck(load<usize>(argument))) {
    checkHealth(choosePort(argument + wordBytes));
  }
  const port = choosePort(argument);
  if (hasEnvironment) tryEnvironment();
  // Before anybody can know that it runs: the first signal counts too.
  blockSignals();
  if (hasWorkers) listenForWorkers(port);
  else listenOn(port);
  // Root may raise the limit.
  limitConnections();
  dropPrivileges();
  if (hasLog) openLog();
  if (hasWorkers) startWorkers();
  watchSignals();
  run();
}
