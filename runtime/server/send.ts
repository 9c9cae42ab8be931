/**
 * Responses on their way out: slices of memory, sent by one system call, and what is left of them when the peer
 * does not take everything.
 */

import { batchRequests } from "microlith:options";
import { SYS_writev } from "microlith:target";
import { now } from "./clock.ts";
import { type Connection, type Slice, slicesPerResponse } from "./connection.ts";
import { Counter, increase } from "./counters.ts";

const EAGAIN = 11;
const batchSlices = batchRequests * slicesPerResponse;

/** Of the responses to requests that arrived together. */
export const batch = zeroed<Fixed<Slice, typeof batchSlices>>();

/**
 * Sends the first `count` slices of the batch; what is sent is cut off them. Returns how many are sent whole, or a negative
 * number when the connection is broken.
 */
export function send(connection: Connection, count: u32): i32 {
  const sent = syscall(SYS_writev, connection.descriptor, batch, count) as i32;
  let left = sent as u32;
  if (sent < 0) {
    if (sent !== -EAGAIN) return sent;
    left = 0;
  } else {
    connection.since = now;
    increase(Counter.sentBytes, sent);
  }
  let index: u32 = 0;
  for (; index < count; index++) {
    const slice = batch[index];
    const length = slice.length as u32;
    if (left < length) {
      slice.base += left;
      slice.length = length - left;
      break;
    }
    left -= length;
    slice.length = 0;
  }
  return index as i32;
}
