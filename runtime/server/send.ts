/**
 * Responses on their way out, by one system call for the batch.
 */

import { batchRequests } from "microlith:options";
import { SYS_writev } from "microlith:target";
import { now } from "./clock.ts";
import type { Connection } from "./connection.ts";
import { Counter, increase } from "./counters.ts";
import { batch, output, type Slice } from "./slices.ts";

const EAGAIN = 11;
const mostAnswers = batchRequests + 1;

/** A response of the batch: the request that it answers, and its length. */
class Answer {
  request: Ptr<u8>;
  bytes: u32;
}
export const answers = zeroed<Fixed<Answer, typeof mostAnswers>>();

/**
 * Sends the batch, but for what had been sent of its first response. Returns how many of the `count` responses are sent
 * whole, or a negative number when the connection is broken.
 */
export function send(connection: Connection, count: u32): i32 {
  let left = connection.sent;
  let slice: Ptr<Slice> = batch;
  while (left >= (slice[0].length as u32)) {
    left -= slice[0].length as u32;
    slice = slice.add(1);
  }
  slice[0].base += left;
  slice[0].length -= left;
  const sent = syscall(SYS_writev, connection.descriptor, slice, output.slice.since(slice)) as i32;
  left = connection.sent;
  if (sent >= 0) {
    connection.since = now;
    increase(Counter.sentBytes, sent);
    left += sent as u32;
  } else if (sent !== -EAGAIN) return sent;

  let index: u32 = 0;
  answers[count].bytes = 0xffff_ffff;
  while (left >= answers[index].bytes) {
    left -= answers[index].bytes;
    index++;
  }
  connection.sent = left;
  return index as i32;
}
