/**
 * TCP sockets and waiting for several descriptors at once. Results are descriptors, or a negative errno. UDP is in udp.ts.
 */

import {
  SYS_accept4,
  SYS_bind,
  SYS_close,
  SYS_connect,
  SYS_getpeername,
  SYS_getsockname,
  SYS_listen,
  SYS_ppoll,
  SYS_setsockopt,
  SYS_shutdown,
  SYS_socket,
} from "microlith:target";
import type { Time } from "./time.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const SHUT_WR = 1;
/** Connections that wait to be accepted; the kernel's own limit may be lower. */
const backlog = 128;

/** What `pollAll` waits for; errors and hang-ups it always reports. */
export const POLLIN = 1;
export const POLLOUT = 4;

/** `struct pollfd`. A negative descriptor is passed over. */
export class Poll {
  descriptor: i32;
  /** POLLIN, POLLOUT. */
  events: u16;
  /** What has happened; 0: nothing. */
  happened: u16;
}

/** `struct sockaddr_in6`, whose beginning is `struct sockaddr_in`. */
export class SocketAddress {
  family: u16;
  /** In network order. */
  portBytes: u16;
  /** IPv4: the address. IPv6: flow information. */
  ipv4: Fixed<u8, 4>;
  ipv6: Fixed<u8, 16>;
  scope: u32;

  port(): u32 {
    return byteSwap(this.portBytes) >> 16;
  }

  setPort(port: u32): void {
    this.portBytes = (byteSwap(port) >> 16) as u16;
  }

  isIpv6(): bool {
    return this.family === AF_INET6;
  }

  /** An IPv4 address, `0x7f00_0001` for 127.0.0.1. Sockets for IPv6 and IPv4 take it too. */
  setIpv4(ipv4: u32, port: u32): void {
    this.family = AF_INET;
    this.setPort(port);
    pointer<u32>(address(this.ipv4))[0] = byteSwap(ipv4);
    fill(this.ipv6, 0, 8);
  }
}

const zero = table<u32>(0);
const one = table<u32>(1);

/**
 * A listening socket on `port` of every address: one for IPv6 and IPv4 where the kernel has both, else for IPv4. It does
 * not block, and neither do the connections that `acceptConnection` takes from it.
 */
export function listenTcp(port: u32): i32 {
  return bindSocket(SOCK_STREAM, port);
}

/** A socket of `type` on `port` of every address, as `listenTcp` and `openUdp` want it; streams listen. */
export function bindSocket(type: u32, port: u32): i32 {
  const at = scratch<SocketAddress>();
  at.family = AF_INET6;
  let socket = syscall(SYS_socket, AF_INET6, type | SOCK_NONBLOCK, 0) as i32;
  if (socket < 0) {
    at.family = AF_INET;
    socket = syscall(SYS_socket, AF_INET, type | SOCK_NONBLOCK, 0) as i32;
    if (socket < 0) return socket;
  }
  at.setPort(port);
  fill(at.ipv4, 0, sizeof<SocketAddress>() - 4);
  // Fails on IPv4 sockets, which do not need it.
  syscall(SYS_setsockopt, socket, IPPROTO_IPV6, IPV6_V6ONLY, zero, 4);
  // With datagrams it would let two programs have one port.
  if (type === SOCK_STREAM) syscall(SYS_setsockopt, socket, SOL_SOCKET, SO_REUSEADDR, one, 4);
  // An IPv4 socket takes the longer address too.
  let result = syscall(SYS_bind, socket, at, sizeof<SocketAddress>()) as i32;
  if (result >= 0 && type === SOCK_STREAM) result = syscall(SYS_listen, socket, backlog) as i32;
  if (result >= 0) return socket;
  syscall(SYS_close, socket);
  return result;
}

/** The next connection, which does not block; -EAGAIN when there is none. */
export function acceptConnection(listener: i32): i32 {
  return syscall(SYS_accept4, listener, null, null, SOCK_NONBLOCK) as i32;
}

/** A connection to `port` of an IPv4 address, `0x7f00_0001` for 127.0.0.1. It blocks. */
export function connectTcp(ipv4: u32, port: u32): i32 {
  const to = scratch<SocketAddress>();
  to.setIpv4(ipv4, port);
  const connection = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0) as i32;
  if (connection < 0) return connection;
  const result = syscall(SYS_connect, connection, to, 16) as i32;
  if (result >= 0) return connection;
  syscall(SYS_close, connection);
  return result;
}

/** Says that nothing more comes; the other side may still send. */
export function closeWriting(connection: i32): void {
  syscall(SYS_shutdown, connection, SHUT_WR);
}

/** The other end of a connection. */
export function peerAddress(connection: i32, to: SocketAddress): i32 {
  const length = scratch<Fixed<u32, 1>>();
  length[0] = sizeof<SocketAddress>();
  return syscall(SYS_getpeername, connection, to, length) as i32;
}

/** This end of a connection. */
export function localAddress(connection: i32, to: SocketAddress): i32 {
  const length = scratch<Fixed<u32, 1>>();
  length[0] = sizeof<SocketAddress>();
  return syscall(SYS_getsockname, connection, to, length) as i32;
}

/** Waits until something happens to one of `count` descriptors, or for as long as `time` says; null: for ever. */
export function pollAll(polls: Ptr<Poll>, count: u32, time: Time | null): i32 {
  return syscall(SYS_ppoll, polls, count, time, null, 0) as i32;
}
