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
import { capacity, hold, sharedBuffer } from "./buffers.ts";
import {
  type Connection,
  closeConnection,
  Ending,
  endResponse,
  Phase,
  querySlice,
  type Slice,
  slicesPerResponse,
} from "./connection.ts";
import { EPOLLIN, EPOLLRDHUP, watch } from "./epoll.ts";
import { hasRecords, recordResponse } from "./record.ts";
import { parseRequest, request } from "./request.ts";
import { respond } from "./respond.ts";
import { batch, send } from "./send.ts";

const EAGAIN = 11;

/** Where the request behind each response of the batch begins. */
const following = zeroed<Fixed<Ptr<u8>, typeof batchRequests>>();

export function serve(connection: Connection, events: u32): void {
  const buffer = connection.buffer;
  let input: Ptr<u8> = buffer === null ? sharedBuffer : buffer;
  let end = input.add(connection.held);
  let again = (events & EPOLLRDHUP) !== 0;
  if (connection.phase === Phase.sending) {
    if (!resume(connection)) return;
    again = true;
    if (hasRedirects) {
      input = input.add(connection.skip);
      connection.skip = 0;
    }
  } else {
    // A new connection is writable before anything has come.
    if ((events & EPOLLIN) === 0) return;
    const room = capacity - connection.held;
    const received = syscall(SYS_read, connection.descriptor, end, room) as i32;
    if (received <= 0) {
      if (received !== -EAGAIN) closeConnection(connection);
      return;
    }
    if ((received as u32) === room) again = true;
    end = end.add(received);
  }
  if (connection.phase !== Phase.lingering) {
    end[0] = 0;
    answer(connection, input, end);
  }
  // When it is closed meanwhile, the kernel knows no such descriptor.
  if (again) watch(connection.descriptor, address(connection), false);
}

/** Goes on with a response that the peer did not take whole: whether it is sent and the connection goes on. */
function resume(connection: Connection): bool {
  const sent = send(connection, connection.pending, slicesPerResponse);
  if (sent < 0) closeConnection(connection);
  return sent === slicesPerResponse && endResponse(connection);
}

/** Answers the complete requests from `input` to `end` and keeps the rest. */
function answer(connection: Connection, input: Ptr<u8>, end: Ptr<u8>): void {
  let at = input;
  for (;;) {
    let count: u32 = 0;
    do {
      const status = parseRequest(at, end);
      if (status === null) break;
      const slices = batch.add(count * slicesPerResponse);
      respond(status, slices);
      if (hasRecords) recordResponse(connection, at, request.end, slices);
      at = request.end;
      following[count] = at;
      count++;
    } while (request.ending === Ending.keep && count < batchRequests);
    if (count === 0) break;
    connection.ending = request.ending;

    const sent = send(connection, batch, count * slicesPerResponse);
    if (sent < 0) {
      closeConnection(connection);
      return;
    }
    const index = (sent as u32) / slicesPerResponse;
    if (index < count) {
      if (index + 1 < count) connection.ending = Ending.keep;
      connection.phase = Phase.sending;
      at = following[index];
      copy(
        pointer<u8>(address(connection.pending)),
        pointer<u8>(address(batch.add(index * slicesPerResponse))),
        slicesPerResponse * sizeof<Slice>(),
      );
      if (hasRedirects && connection.pending[querySlice].length !== 0) {
        keepQuery(connection, at, end);
        return;
      }
      break;
    }
    if (!endResponse(connection)) return;
    if (count < batchRequests) break;
  }
  hold(connection, at, end.since(at));
}

/** The query that a redirect repeats is input, so the input is kept from there on. */
function keepQuery(connection: Connection, next: Ptr<u8>, end: Ptr<u8>): void {
  const slice = connection.pending[querySlice];
  const query = pointer<u8>(slice.base as u32);
  connection.skip = next.since(query);
  hold(connection, query, end.since(query));
  slice.base = address(connection.buffer);
}
