/**
 * Memory for input that waits: an incomplete request, or requests behind a response that the peer is slow to read.
 *
 * Everybody reads into one shared buffer; only who must keep something takes a buffer of the fixed pool. When all are
 * taken, their owners lose them in turn and are closed: to hold buffers is what an attack would do.
 */

import { bufferBytes, bufferCount } from "microlith:options";
import { now } from "./clock.ts";
import { type Connection, closeConnection, Phase } from "./connection.ts";
import { Counter, count } from "./counters.ts";

/** The parser may look this far behind the end of the input, where a zero stops it. */
const slack = 16;
/** Bytes of a request's head and body together. */
export const capacity: u32 = bufferBytes - slack;

class Buffer {
  content: Fixed<u8, typeof bufferBytes>;
}

/** For the input of all connections that hold none. */
export const sharedBuffer = zeroed<Fixed<u8, typeof bufferBytes>>();
const pool = zeroed<Fixed<Buffer, typeof bufferCount>>();
/** Addresses of the connections that own the pool's buffers; 0: free. */
const owners = zeroed<Fixed<u32, typeof bufferCount>>();
let turn: u32 = 0;

/** Keeps `length` bytes at `input` for the connection; they may be in its buffer already. */
export function hold(connection: Connection, input: Ptr<u8>, length: u32): void {
  if (length === 0) {
    release(connection);
    return;
  }
  let buffer = connection.buffer;
  if (buffer === null) buffer = take(connection);
  copy(buffer, input, length);
  connection.held = length;
  if (connection.phase === Phase.idle) connection.phase = Phase.receiving;
}

export function release(connection: Connection): void {
  const buffer = connection.buffer;
  if (buffer === null) return;
  owners[(address(buffer) - address(pool)) / bufferBytes] = 0;
  connection.buffer = null;
  connection.held = 0;
}

function take(connection: Connection): Ptr<u8> {
  let index: u32 = 0;
  while (owners[index] !== 0) {
    index++;
    if (index === bufferCount) {
      index = turn;
      turn = (turn + 1) % bufferCount;
      count(Counter.droppedConnections, 1);
      closeConnection(reference<Connection>(owners[index]));
    }
  }
  owners[index] = address(connection);
  connection.since = now;
  connection.buffer = pool[index].content;
  return pool[index].content;
}
