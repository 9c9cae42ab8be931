/**
 * The life of a connection.
 *
 *   free ─accept→ idle ⇄ receiving (part of a request is held)
 *                  ⇅
 *                sending (the peer is slow to read) ─→ lingering (we are done, the peer may still send) ─→ free
 *
 * A connection's place in the table is its descriptor: the kernel always hands out the lowest, and its limit on
 * descriptors is set to the size of the table, so there is no list of free places and no test for a full table.
 * Accepting fails instead, and then the oldest idle connection makes room.
 */

import {
  descriptors,
  hasLog,
  idleSeconds,
  lingerSeconds,
  requestSeconds,
  stallSeconds,
} from "microlith:options";
import { SYS_accept4, SYS_close, SYS_prlimit64, SYS_shutdown } from "microlith:target";
import { accepted, acceptedLength, rememberPeer } from "./client.ts";
import { now } from "./clock.ts";
import { Counter, count, increase } from "./counters.ts";
import { drainEnd } from "./drain.ts";
import { add, watch } from "./epoll.ts";
import { Ending } from "./request.ts";
import { listener, type SocketAddress } from "./socket.ts";

export enum Phase {
  free,
  idle,
  receiving,
  sending,
  lingering,
}

export class Connection {
  phase: Phase;
  /** The server was ending when the batch was made that is being sent. */
  draining: bool;
  descriptor: u32;
  /** The tick of the last progress. */
  since: u32;
  /** Bytes of input in its own buffer. */
  held: u32;
  /** Bytes that have been sent of the batch that answers what is held. */
  sent: u32;
}

const SOCK_NONBLOCK = 0o4000;
const EMFILE = 24;
const SHUT_WR = 1;
const RLIMIT_NOFILE = 7;

/** `struct rlimit64`: now, and at most. */
const descriptorLimit = table<u64>(descriptors, descriptors);
const allowed = zeroed<Fixed<u64, 2>>();
const connections = zeroed<Fixed<Connection, typeof descriptors>>();
/** By phase, in seconds. */
const limits = table<u8>(0, idleSeconds, requestSeconds, stallSeconds, lingerSeconds);

/** Limits the kernel's descriptors to the places in the table. Where it allows fewer, it refuses, and fewer they are. */
export function limitConnections(): void {
  const result = syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, descriptorLimit, 0) as i32;
  // Below that the usual limit is enough; above it, take all that is allowed.
  if (descriptors > 1024 && result < 0) {
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, allowed);
    allowed[0] = allowed[1];
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, allowed, 0);
  }
}

/** Takes in everybody who waits. */
export function acceptConnections(): void {
  for (;;) {
    if (hasLog) acceptedLength[0] = sizeof<SocketAddress>();
    const descriptor = (
      hasLog
        ? syscall(SYS_accept4, listener, accepted, acceptedLength, SOCK_NONBLOCK)
        : syscall(SYS_accept4, listener, 0, 0, SOCK_NONBLOCK)
    ) as i32;
    // A place beyond the table is there only when the limit could not be set.
    if ((descriptor as u32) < descriptors) {
      if (hasLog) rememberPeer(descriptor as u32);
      count(Counter.openConnections);
      count(Counter.connections);
      const connection = connections[descriptor];
      connection.descriptor = descriptor as u32;
      connection.phase = Phase.idle;
      connection.held = 0;
      connection.sent = 0;
      connection.since = now;
      watch(descriptor as u32, address(connection), add);
    } else if (descriptor !== -EMFILE || !makeRoom()) {
      // Whoever is left in the queue gets another try at the next tick.
      return;
    }
  }
}

/** Closes it; it may be closed: an event can wait for a connection that has been closed since it was reported. */
export function closeConnection(connection: Connection): void {
  syscall(SYS_close, connection.descriptor);
  if (connection.phase !== Phase.free) increase(Counter.openConnections, -1);
  connection.phase = Phase.free;
}

/** All responses are sent. */
export function endResponse(connection: Connection, ending: Ending): void {
  if (ending === Ending.keep) connection.phase = Phase.idle;
  else if (ending === Ending.close) closeConnection(connection);
  else {
    syscall(SYS_shutdown, connection.descriptor, SHUT_WR);
    connection.phase = Phase.lingering;
  }
}

/** Closes who is past the limit, at the end everybody idle; returns who made no progress for longest. */
export function sweep(): Connection | null {
  let oldest: Connection | null = null;
  let oldestAge: u32 = 0;
  const end = address(connections) + sizeof<Fixed<Connection, typeof descriptors>>();
  let at = address(connections);
  do {
    const connection = reference<Connection>(at);
    const phase = connection.phase;
    if (phase !== Phase.free) {
      let age = now - connection.since;
      if (age >= limits[phase] || (drainEnd !== 0 && phase === Phase.idle)) closeConnection(connection);
      else {
        // An idle connection goes before any that is at work.
        if (phase === Phase.idle) age += 256;
        if (age >= oldestAge) {
          oldest = connection;
          oldestAge = age;
        }
      }
    }
    at += sizeof<Connection>();
  } while (at < end);
  return oldest;
}

/** Closes the oldest idle connection, or the one that made no progress for longest, when that is a second or more. */
function makeRoom(): bool {
  const oldest = sweep();
  if (oldest === null || oldest.since === now) return false;
  closeConnection(oldest);
  count(Counter.droppedConnections);
  return true;
}
