/**
 * The connections: one request each, answered and closed. A connection that has been answered waits for its peer to close,
 * because closing while something unread has arrived would throw the answer away. When all slots are taken, the oldest
 * connection makes room: a peer that sends nothing keeps nobody out.
 */

import {
  acceptConnection,
  closeFile,
  closeWriting,
  find,
  POLLIN,
  type Poll,
  pollAll,
  read,
  write,
} from "microlith/std";
import { answer, page } from "./answer.ts";

const slots = 32;
const requestBytes = 4096;

/** In `polls`: the signals, the listener, then one for each slot. */
const signalPoll = 0;
const listenerPoll = 1;
const firstPoll = 2;
const pollCount = slots + firstPoll;

class Slot {
  request: Fixed<u8, typeof requestBytes>;
  length: u32;
  isAnswered: bool;
}

const polls = zeroed<Fixed<Poll, typeof pollCount>>();
const connections = zeroed<Fixed<Slot, typeof slots>>();
/** Slots are taken in a circle, so the next one is free or has the oldest connection. */
let next: u32 = 0;

/** Until a signal asks to stop. */
export function serveRequests(listener: i32, signals: i32, stack: usize): void {
  polls[signalPoll].descriptor = signals;
  polls[signalPoll].events = POLLIN;
  polls[listenerPoll].descriptor = listener;
  polls[listenerPoll].events = POLLIN;
  for (let i: u32 = 0; i < slots; i++) polls[firstPoll + i].descriptor = -1;
  for (;;) {
    pollAll(polls, pollCount, null);
    if (polls[signalPoll].happened !== 0) return;
    for (let i: u32 = 0; i < slots; i++) {
      const poll = polls[firstPoll + i];
      if (poll.descriptor >= 0 && poll.happened !== 0) serve(poll, connections[i], stack);
    }
    if (polls[listenerPoll].happened !== 0) accept(listener);
  }
}

function accept(listener: i32): void {
  const connection = acceptConnection(listener);
  if (connection < 0) return;
  const poll = polls[firstPoll + next];
  if (poll.descriptor >= 0) closeFile(poll.descriptor);
  poll.descriptor = connection;
  poll.events = POLLIN;
  connections[next].length = 0;
  connections[next].isAnswered = false;
  next = (next + 1) % slots;
}

function serve(poll: Poll, slot: Slot, stack: usize): void {
  // What comes after the answer is read over the request.
  if (slot.isAnswered) slot.length = 0;
  const got = read(poll.descriptor, slot.request.add(slot.length as i32), requestBytes - slot.length);
  if (got === -11) return; // EAGAIN
  if (got <= 0) {
    closeFile(poll.descriptor);
    poll.descriptor = -1;
    return;
  }
  slot.length += got as u32;
  if (slot.isAnswered) return;
  const head = find(slot.request, slot.length, "\r\n\r\n");
  const isTooLong = slot.length === requestBytes;
  if (head === slot.length && !isTooLong) return;
  answer(poll.descriptor, slot.request, head === slot.length ? 0 : head + 2, stack);
  // A new connection's socket takes a page whole.
  write(poll.descriptor, page.start, page.length);
  closeWriting(poll.descriptor);
  slot.isAnswered = true;
}
