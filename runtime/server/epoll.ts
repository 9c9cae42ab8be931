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

export const EPOLLIN = 0x1;
const EPOLLOUT = 0x4;
/** The peer has closed its direction. */
export const EPOLLRDHUP = 0x2000;
const EPOLLET = 0x8000_0000;
const watched: u32 = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_MOD = 3;

const eventsPerCall = 64;
const eventTableBytes = eventsPerCall * epollEventBytes;

const eventTable = zeroed<Fixed<u8, typeof eventTableBytes>>();
const request = zeroed<Fixed<u32, 4>>();
let queue: i32 = 0;

export function createQueue(): void {
  queue = syscall(SYS_epoll_create1, 0) as i32;
}

/** Asks for the descriptor's events with `data`. Asked again, the kernel reports anew what there is. */
export function watch(descriptor: i32, data: u32, isNew: bool): void {
  request[0] = watched;
  request[epollDataOffset / 4] = data;
  syscall(SYS_epoll_ctl, queue, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, request);
}

/** Waits for events; their number, or negative errno. */
export function waitForEvents(): i32 {
  // A null signal mask makes it epoll_wait, which newer machines do not have.
  return syscall(SYS_epoll_pwait, queue, eventTable, eventsPerCall, -1, 0) as i32;
}

/** What happened, as EPOLL bits. */
export function eventBits(index: i32): u32 {
  return pointer<u32>(address(eventTable) + (index as u32) * epollEventBytes)[0];
}

export function eventData(index: i32): u32 {
  return pointer<u32>(address(eventTable) + (index as u32) * epollEventBytes + epollDataOffset)[0];
}
