/**
 * The kernel's event queue. Descriptors are watched edge-triggered and for everything at once, so that a connection
 * costs one call in its life: docs/architecture.md says why.
 */

import {
  epollDataOffset,
  epollEventBytes,
  SYS_epoll_create1,
  SYS_epoll_ctl,
  SYS_epoll_pwait,
} from "microlith:target";

const EPOLLIN = 0x1;
const EPOLLOUT = 0x4;
/** The peer has closed its direction. */
export const EPOLLRDHUP = 0x2000;
const EPOLLET = 0x8000_0000;
const watched: u32 = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
/** EPOLL_CTL_ADD and EPOLL_CTL_MOD */
export const add = 1;
export const again = 3;

const eventsPerCall = 64;
const eventTableBytes = eventsPerCall * epollEventBytes;

const eventTable = zeroed<Fixed<u8, typeof eventTableBytes>>();
const wanted = zeroed<Fixed<u32, 4>>();
let queue: u32 = 0;

export function createQueue(): void {
  queue = syscall(SYS_epoll_create1, 0) as u32;
}

/** Asks for the descriptor's events with `data`: first, or `again`, and then the kernel reports anew what there is. */
export function watch(descriptor: u32, data: u32, operation: u32): void {
  wanted[0] = watched;
  wanted[epollDataOffset / 4] = data;
  syscall(SYS_epoll_ctl, queue, operation, descriptor, wanted);
}

/** Waits for events; returns where they end, which is not behind where they begin when there are none. */
export function waitForEvents(): u32 {
  // A null signal mask makes it epoll_wait, which newer machines do not have.
  const count = syscall(SYS_epoll_pwait, queue, eventTable, eventsPerCall, -1, 0) as u32;
  return firstEvent() + count * epollEventBytes;
}

export function firstEvent(): u32 {
  return address(eventTable);
}

/** What happened, as EPOLL bits. */
export function eventBits(event: u32): u32 {
  return pointer<u32>(event)[0];
}

export function eventData(event: u32): u32 {
  return pointer<u32>(event)[epollDataOffset / 4];
}
