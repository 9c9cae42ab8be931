/**
 * From an event to responses: read once, answer every request that is complete, send the answers together, keep what
 * is left.
 *
 * An event tells that something has changed, not what there is. One read that does not fill the buffer has taken
 * everything; in the other cases the connection's events are asked for again instead of reading on, so that a peer
 * who sends without end takes turns with the others.
 */

import { hasLongContent } from "microlith:site";
import { SYS_recvfrom } from "microlith:target";
import { bufferOf, capacity, sharedDescriptor } from "./buffers.ts";
import { now } from "./clock.ts";
import { type Connection, closeConnection, endResponse, Phase } from "./connection.ts";
import { drainEnd } from "./drain.ts";
import { again, EPOLLRDHUP, eventBits, watch } from "./epoll.ts";
import { hasRecords, recordResponse } from "./record.ts";
import { Ending, parseRequest, request } from "./request.ts";
import { respond } from "./respond.ts";
import { isTaken, send } from "./send.ts";
import { isBatchFull, output, startBatch } from "./slices.ts";
import { noRequest } from "./status.ts";

const EAGAIN = 11;

/** Answers what the event, which is the connection's, has brought. */
export function serve(connection: Connection, event: u32): void {
  const held = connection.held;
  const input = bufferOf(held === 0 ? sharedDescriptor : connection.descriptor);
  const end = input.add(held);
  request.draining = drainEnd !== 0;
  if (connection.phase === Phase.sending) {
    request.draining = connection.draining;
    answer(connection, input, end);
    if (connection.phase === Phase.sending && !isCut(connection)) return;
  } else {
    // A new connection is writable before anything has come; then there is nothing to read.
    const room = capacity - held;
    // Without room for an address the kernel does not look at the last argument, which is its length.
    const received = syscall(SYS_recvfrom, connection.descriptor, end, room, 0, 0) as i32;
    if (received <= 0) {
      if (received !== -EAGAIN) closeConnection(connection);
      return;
    }
    const isFull = (received as u32) === room;
    if (connection.phase !== Phase.lingering) answer(connection, input, end.add(received));
    const isDone = !isFull && (eventBits(event) & EPOLLRDHUP) === 0;
    if (isDone && !isCut(connection)) return;
  }
  // When it is closed meanwhile, the kernel knows no such descriptor.
  watch(connection.descriptor, address(connection), again);
}

/** Whether the batch was cut short: what is not blocked gets no event that tells when to go on, and what is would get one at once. */
function isCut(connection: Connection): bool {
  return hasLongContent && isTaken && connection.phase === Phase.sending;
}

/**
 * Answers the complete requests from `input` to `end` and keeps the rest. When a batch of responses is under way, it is made
 * again, for what has not been sent of it.
 */
function answer(connection: Connection, input: Ptr<u8>, end: Ptr<u8>): void {
  let first = input;
  end[0] = 0;
  request.ending = Ending.keep;
  do {
    let at = first;
    startBatch();
    while (request.ending === Ending.keep && !isBatchFull()) {
      parseRequest(at, end);
      if (request.framing === noRequest) break;
      respond();
      if (hasRecords) recordResponse(connection, at);
      at = request.end;
    }
    if (output.batchBytes === 0) break;

    if (!send(connection)) {
      connection.draining = request.draining;
      break;
    }
    connection.sent = 0;
    first = at;
    endResponse(connection, request.ending);
    // When the connection ends, the next batch is empty.
  } while (first !== end);

  const length = end.since(first);
  if (length !== 0) {
    if (connection.phase === Phase.idle) {
      connection.phase = Phase.receiving;
      // The time for a request counts from its first byte.
      connection.since = now;
    }
    copy(bufferOf(connection.descriptor), first, length);
  }
  connection.held = length;
}
