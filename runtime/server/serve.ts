/**
 * From an event to responses: read once, answer every request that is complete, send the answers together, keep what
 * is left.
 *
 * An event tells that something has changed, not what there is. One read that does not fill the buffer has taken
 * everything; in the other cases the connection's events are asked for again instead of reading on, so that a peer
 * who sends without end takes turns with the others.
 */

import { batchRequests } from "microlith:options";
import { hasRedirects } from "microlith:site";
import { SYS_read } from "microlith:target";
import { bufferOf, capacity, sharedDescriptor } from "./buffers.ts";
import { now } from "./clock.ts";
import {
  type Connection,
  closeConnection,
  Ending,
  endResponse,
  Phase,
  type Slice,
  slicesPerResponse,
} from "./connection.ts";
import { again, EPOLLIN, EPOLLRDHUP, watch } from "./epoll.ts";
import { hasRecords, recordResponse } from "./record.ts";
import { keepRequest } from "./redirect.ts";
import { parseRequest, request } from "./request.ts";
import { respond } from "./respond.ts";
import { batch, send } from "./send.ts";

const EAGAIN = 11;

/** Where the request behind each response of the batch begins. */
const following = zeroed<Fixed<Ptr<u8>, typeof batchRequests>>();

export function serve(connection: Connection, events: u32): void {
  const held = connection.held;
  const input = bufferOf(held === 0 ? sharedDescriptor : connection.descriptor);
  const end = input.add(held);
  request.ending = connection.ending;
  if (connection.phase === Phase.sending) {
    copySlices(batch, connection.pending);
    const next = hasRedirects ? input.add(connection.skip) : input;
    following[0] = next;
    answer(connection, next, end, 1);
    if (connection.phase === Phase.sending) return;
  } else {
    // A new connection is writable before anything has come.
    if ((events & EPOLLIN) === 0) return;
    const room = capacity - held;
    const received = syscall(SYS_read, connection.descriptor, end, room) as i32;
    if (received <= 0) {
      if (received !== -EAGAIN) closeConnection(connection);
      return;
    }
    if (connection.phase !== Phase.lingering) answer(connection, input, end.add(received), 0);
    if ((received as u32) !== room && (events & EPOLLRDHUP) === 0) return;
  }
  // When it is closed meanwhile, the kernel knows no such descriptor.
  watch(connection.descriptor, address(connection), again);
}

/**
 * Answers the complete requests from `input` to `end` and keeps the rest. `ready` responses are in the batch already:
 * one, when the peer is slow to read.
 */
function answer(connection: Connection, input: Ptr<u8>, end: Ptr<u8>, ready: u32): void {
  let at = input;
  let count = ready;
  end[0] = 0;
  do {
    while (count < batchRequests && request.ending === Ending.keep) {
      const status = parseRequest(at, end);
      if (status === null) break;
      const slices = batch.add(count * slicesPerResponse);
      respond(status, slices);
      if (hasRecords) recordResponse(connection, at, request.end, slices);
      at = request.end;
      following[count] = at;
      count++;
    }
    if (count === 0) break;
    connection.ending = request.ending;

    const sent = send(connection, count * slicesPerResponse);
    if (sent < 0) {
      closeConnection(connection);
      return;
    }
    const index = (sent as u32) / slicesPerResponse;
    if (index < count) {
      if (index + 1 < count) connection.ending = Ending.keep;
      connection.phase = Phase.sending;
      at = following[index];
      copySlices(connection.pending, batch.add(index * slicesPerResponse));
      if (hasRedirects) at = keepRequest(connection, at);
      break;
    }
    if (!endResponse(connection)) return;
    count = 0;
  } while (at !== end);

  const length = end.since(at);
  if (length !== 0) {
    // The time for a request counts from its first byte.
    if (connection.held === 0) connection.since = now;
    copy(bufferOf(connection.descriptor), at, length);
    if (connection.phase === Phase.idle) connection.phase = Phase.receiving;
  }
  connection.held = length;
}

function copySlices(to: Ptr<Slice>, from: Ptr<Slice>): void {
  copy(pointer<u8>(address(to)), pointer<u8>(address(from)), slicesPerResponse * sizeof<Slice>());
}
