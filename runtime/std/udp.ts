/**
 * UDP sockets: datagrams, each with its sender's address (udp(7)). A socket serves both sides: a server's has a port of the program's choice,
 * a client's a free one.
 */

import { SYS_recvfrom, SYS_sendto } from "microlith:target";
import { bindSocket, SOCK_DGRAM, type SocketAddress } from "./sockets.ts";

/** A socket on `port` of every address, IPv6 and IPv4 as with `listenTcp`; 0 takes a free one. It does not block: `pollAll` waits. */
export function openUdp(port: u32): i32 {
  return bindSocket(SOCK_DGRAM, port);
}

/** Sends a datagram. Returns its length, or a negative errno. */
export function sendTo(socket: i32, from: Ptr<u8>, length: u32, to: SocketAddress): i32 {
  return syscall(SYS_sendto, socket, from, length, 0, to, sizeof<SocketAddress>()) as i32;
}

/** Receives a datagram, of which what does not fit is lost, and its sender. Returns the bytes received; -11 (EAGAIN) when there is none. */
export function receiveFrom(socket: i32, to: Ptr<u8>, capacity: u32, sender: SocketAddress): i32 {
  const length = scratch<Fixed<u32, 1>>();
  length[0] = sizeof<SocketAddress>();
  return syscall(SYS_recvfrom, socket, to, capacity, 0, sender, length) as i32;
}
