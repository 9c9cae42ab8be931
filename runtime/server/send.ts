/**
 * Responses on their way out: slices of memory, sent by one system call, and what is left of them when the peer
 * does not take everything.
 */

import { batchRequests } from "microlith:options";
import { SYS_sendmsg } from "microlith:target";
import { now } from "./clock.ts";
import { type Connection, type Slice, slicesPerResponse } from "./connection.ts";
import { Counter, count } from "./counters.ts";

const MSG_NOSIGNAL = 0x4000;
const EAGAIN = 11;
const batchSlices = batchRequests * slicesPerResponse;

/** `struct msghdr` */
class Message {
  name: usize;
  nameLength: usize;
  slices: usize;
  sliceCount: usize;
  control: usize;
  controlLength: usize;
  flags: usize;
}

const message = zeroed<Message>();
/** Of the responses to requests that arrived together. */
export const batch = zeroed<Fixed<Slice, typeof batchSlices>>();

/**
 * Sends `sliceCount` slices; what is sent is cut off them. Returns the number of slices that are sent whole, or a
 * negative number when the connection is broken.
 */
export function send(connection: Connection, slices: Ptr<Slice>, sliceCount: u32): i32 {
  message.slices = address(slices);
  message.sliceCount = sliceCount;
  let sent = syscall(SYS_sendmsg, connection.descriptor, message, MSG_NOSIGNAL) as i32;
  if (sent < 0) {
    if (sent !== -EAGAIN) return -1;
    sent = 0;
  } else {
    connection.since = now;
    count(Counter.sentBytes, sent);
  }
  let left = sent as u32;
  let index: u32 = 0;
  while (index < sliceCount) {
    const slice = slices[index];
    const length = slice.length as u32;
    if (left < length) {
      slice.base += left;
      slice.length = length - left;
      break;
    }
    left -= length;
    slice.length = 0;
    index++;
  }
  return index as i32;
}
