/**
 * A TCP echo server: `echo [PORT]`, else the environment's PORT, else 7777. Every connection has a buffer, and is read again only
 * when the buffer has been sent back, so a peer that does not read is the only one that waits.
 */

import {
  acceptConnection,
  argument,
  blockSignals,
  closeFile,
  environment,
  fail,
  listenTcp,
  POLLIN,
  POLLOUT,
  type Poll,
  parseDecimal,
  pollAll,
  print,
  printDecimal,
  read,
  signalDescriptor,
  stopSignals,
  write,
} from "microlith/std";

const defaultPort = 7777;
/** Connections at a time; more wait to be accepted. */
const slots = 64;
const slotBytes = 4096;

/** In `polls`: the signals, the listener, then one for each slot. */
const signalPoll = 0;
const listenerPoll = 1;
const firstPoll = 2;
const pollCount = slots + firstPoll;

class Slot {
  buffer: Fixed<u8, typeof slotBytes>;
  /** What is still to be sent back: from `start` to `end`. */
  start: u32;
  end: u32;
}

const polls = zeroed<Fixed<Poll, typeof pollCount>>();
const connections = zeroed<Fixed<Slot, typeof slots>>();

export function main(stack: usize): void {
  const listener = listenTcp(choosePort(stack));
  if (listener < 0) fail("echo: cannot listen on this port\n");
  blockSignals(stopSignals);
  polls[signalPoll].descriptor = signalDescriptor(stopSignals);
  polls[signalPoll].events = POLLIN;
  polls[listenerPoll].events = POLLIN;
  for (let i: u32 = 0; i < slots; i++) polls[firstPoll + i].descriptor = -1;

  for (;;) {
    // With no slot free, nobody is accepted.
    polls[listenerPoll].descriptor = freeSlot() < slots ? listener : -1;
    pollAll(polls, pollCount, null);
    if (polls[signalPoll].happened !== 0) return;
    if (polls[listenerPoll].happened !== 0) accept(listener);
    for (let i: u32 = 0; i < slots; i++) {
      const poll = polls[firstPoll + i];
      if (poll.descriptor >= 0 && poll.happened !== 0) serve(poll, connections[i]);
    }
  }
}

function choosePort(stack: usize): u32 {
  let text = argument(stack, 1);
  if (text === 0) text = environment(stack, "PORT");
  const port = text === 0 ? defaultPort : parseDecimal(text);
  if (port > 65_535) fail("usage: echo [PORT]\n");
  print("echo: listening on port ");
  printDecimal(port);
  print("\n");
  return port;
}

/** The first slot without a connection; `slots` when there is none. */
function freeSlot(): u32 {
  let slot: u32 = 0;
  while (slot < slots && polls[firstPoll + slot].descriptor >= 0) slot++;
  return slot;
}

function accept(listener: i32): void {
  const connection = acceptConnection(listener);
  if (connection < 0) return;
  const slot = freeSlot();
  polls[firstPoll + slot].descriptor = connection;
  polls[firstPoll + slot].events = POLLIN;
  polls[firstPoll + slot].happened = 0;
  connections[slot].start = 0;
  connections[slot].end = 0;
}

/** Reads when nothing is left to send; sends what there is. */
function serve(poll: Poll, slot: Slot): void {
  const connection = poll.descriptor;
  if (slot.start === slot.end) {
    const length = read(connection, slot.buffer, slotBytes);
    if (length <= 0) {
      close(poll);
      return;
    }
    slot.start = 0;
    slot.end = length as u32;
  }
  const sent = write(connection, slot.buffer.add(slot.start as i32), slot.end - slot.start);
  if (sent > 0) slot.start += sent as u32;
  else if (sent !== -11) {
    // Anything but EAGAIN: the peer is gone.
    close(poll);
    return;
  }
  poll.events = slot.start === slot.end ? POLLIN : POLLOUT;
}

function close(poll: Poll): void {
  closeFile(poll.descriptor);
  poll.descriptor = -1;
}
