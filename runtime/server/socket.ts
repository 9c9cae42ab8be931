/**
 * The listening socket: one for IPv6 and IPv4 where the kernel has both, else for IPv4.
 *
 * `struct sockaddr_in` and `sockaddr_in6` begin alike (family, port), and "every address" is zeros in both, so one
 * zeroed object serves for the two. Options of the listener are inherited by the connections that it accepts.
 */

import { hasWorkers, hostAddress, hostFamily, type mostWorkers } from "microlith:options";
import {
  SYS_bind,
  SYS_close,
  SYS_exit_group,
  SYS_listen,
  SYS_setsockopt,
  SYS_socket,
  SYS_write,
} from "microlith:target";

export const AF_INET = 2;
const AF_INET6 = 10;
/** SOCK_STREAM | SOCK_NONBLOCK */
const streamSocket = 0o4001;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_REUSEPORT = 15;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
/**
 * Options of a listener: the level and the name of each, up to a zero. The value, four bytes, is what follows: zeros behind the last,
 * which turn it off, and behind the others something else, which turns them on.
 */
const options = table<u8>(
  SOL_SOCKET,
  SO_REUSEPORT,
  SOL_SOCKET,
  SO_REUSEADDR,
  IPPROTO_TCP,
  TCP_NODELAY,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  0,
  0,
  0,
  0,
);
const optionBytes = 2;
/** Connections that wait to be accepted; the kernel's own limit is often lower. */
const backlog = 4096;

/** `struct sockaddr_in6`, whose beginning is `struct sockaddr_in`. */
export class SocketAddress {
  family: u16;
  /** In network order. */
  port: u16;
  /** IPv4: the address. IPv6: flow information. */
  word: u32;
  address: Fixed<u8, 16>;
  scope: u32;
}

/** Where the server listens. */
export const socketAddress = zeroed<SocketAddress>();

export let listener: u32 = 0;
/** Of workers, one for each. */
const listeners = zeroed<Fixed<u32, typeof mostWorkers>>();
export let listenerCount: u32 = 0;

/** Ends the process when it cannot listen. */
export function listenOn(port: u32): void {
  // Without IPv6 the last fails, and nothing is lost; the system's default for it may be either. The first is left out where another
  // server may have the port, which shows only while the first socket does not share it.
  const first = hasWorkers && listenerCount !== 0 ? options : options.add(optionBytes);
  makeSocket(port, streamSocket);
  setOptions(first);
  // An IPv4 socket takes the longer address too.
  if ((syscall(SYS_bind, listener, socketAddress, sizeof<SocketAddress>()) as i32) < 0) refusePort();
  if (hasWorkers) setOptions(options);
  if ((syscall(SYS_listen, listener, backlog) as i32) < 0) refusePort();
}

/** A socket for each of `count` workers, at least one. */
export function listenTimes(port: u32, count: u32): void {
  do {
    listenOn(port);
    listeners[listenerCount] = listener;
    listenerCount++;
  } while (listenerCount < count);
}

/** Keeps the socket of one worker; of none when there is no such worker. */
export function keepListener(worker: u32): void {
  let other: u32 = 0;
  do {
    if (other !== worker) syscall(SYS_close, listeners[other]);
    else listener = listeners[other];
    other++;
  } while (other < listenerCount);
}

/** A socket as `listener`, and the address that belongs to it. */
export function makeSocket(port: u32, type: u32): void {
  let family: u32 = hostFamily === AF_INET ? AF_INET : AF_INET6;
  listener = syscall(SYS_socket, family, type, 0) as u32;
  if (hostFamily === 0 && (listener as i32) < 0) {
    family = AF_INET;
    listener = syscall(SYS_socket, family, type, 0) as u32;
  }
  socketAddress.family = family as u16;
  socketAddress.port = (byteSwap(port) >> 16) as u16;
  if (hostFamily === AF_INET) socketAddress.word = pointer<u32>(address(hostAddress))[0];
  if (hostFamily === AF_INET6) copy(socketAddress.address, hostAddress, 16);
}

/** Those from `first` on. */
function setOptions(first: Ptr<u8>): void {
  for (let at = first; at[0] !== 0; at = at.add(optionBytes)) {
    syscall(SYS_setsockopt, listener, at[0], at[1], at.add(optionBytes), 4);
  }
}

/** There is no such port, it is in use, or it is not allowed. */
export function refusePort(): never {
  fail("cannot listen on this port\n");
}

/** Ends the process with a message. */
export function fail(message: string): never {
  syscall(SYS_write, 2, bytes(message), message.length);
  syscall(SYS_exit_group, 2);
  unreachable();
}
