/**
 * Responses on their way out, by one system call for the batch.
 */

import { hasLongContent, mostAtOnce } from "microlith:site";
import { SYS_sendto, SYS_writev } from "microlith:target";
import { now } from "./clock.ts";
import { type Connection, closeConnection, Phase } from "./connection.ts";
import { Counter, increase } from "./counters.ts";
import { batch, output, type Slice } from "./slices.ts";

const EAGAIN = 11;

/** A batch of so few bytes is put together first: copying takes less time than the kernel does for slices. */
const joinedBytes: u32 = 32768;
const joined = zeroed<Fixed<u8, typeof joinedBytes>>();

/** The kernel took all that it was offered last. When more is to be sent, no event will tell when to go on. */
export let isTaken: bool = false;

/** Shortens what stands from `first` on to what is sent in one turn; returns how many bytes these are. */
function cut(first: Ptr<Slice>): u32 {
  let room: u32 = mostAtOnce;
  let slice = first;
  while (slice !== output.slice) {
    if ((slice[0].length as u32) > room) slice[0].length = room;
    room -= slice[0].length as u32;
    slice = slice.add(1);
  }
  return mostAtOnce - room;
}

/** Sends the slices from `first` on, by one system call; returns its result. */
function sendSlices(connection: Connection, first: Ptr<Slice>): i32 {
  if (output.batchBytes > joinedBytes) {
    return syscall(SYS_writev, connection.descriptor, first, output.slice.since(first)) as i32;
  }
  let end: Ptr<u8> = joined;
  for (let slice = first; slice !== output.slice; slice = slice.add(1)) {
    const length = slice[0].length as u32;
    copy(end, pointer<u8>(slice[0].base as u32), length);
    end = end.add(length);
  }
  return syscall(SYS_sendto, connection.descriptor, joined, end.since(joined), 0, 0) as i32;
}

/** Sends the batch, but for what has been sent of it. Returns whether all is sent now; a broken connection is closed. */
export function send(connection: Connection): bool {
  let left = connection.sent;
  let slice: Ptr<Slice> = batch;
  while (left >= (slice[0].length as u32)) {
    left -= slice[0].length as u32;
    slice = slice.add(1);
  }
  slice[0].base += left;
  slice[0].length -= left;
  connection.phase = Phase.sending;
  const offered: u32 = hasLongContent ? cut(slice) : 0;
  const sent = sendSlices(connection, slice);
  if (hasLongContent) isTaken = (sent as u32) === offered;
  if (sent >= 0) {
    connection.since = now;
    increase(Counter.sentBytes, sent as u32);
    connection.sent += sent as u32;
  } else if (sent !== -EAGAIN) closeConnection(connection);
  return connection.sent === output.batchBytes;
}
