// Datagrams from one socket of the program to another, by IPv4, and back to where they came from.
//
// expect: nobody yet -11
// expect: sent 4
// expect: received 4 ping
// expect: from 127.0.0.1:7
// expect: from the client's port
// expect: answered 6
// expect: cut 4 long
// expect: the rest is lost -11
// expect: empty 0
// expect: taken -98

import {
  type Buffer,
  formatSocketAddress,
  localAddress,
  openUdp,
  POLLIN,
  type Poll,
  pollAll,
  print,
  printSigned,
  receiveFrom,
  type SocketAddress,
  sendTo,
  standardOutput,
  write,
} from "microlith/std";

const loopback = 0x7f00_0001;
const here = zeroed<SocketAddress>();
const to = zeroed<SocketAddress>();
const peer = zeroed<SocketAddress>();
const polls = zeroed<Fixed<Poll, 1>>();
const storage = zeroed<Fixed<u8, 64>>();
const line = zeroed<Buffer>();
const lineStorage = zeroed<Fixed<u8, 64>>();

export function main(): void {
  const server = openUdp(0);
  const client = openUdp(0);
  localAddress(server, here);
  show("nobody yet ", receiveFrom(server, storage, 64, peer), "\n");
  to.setIpv4(loopback, here.port());
  show("sent ", sendTo(client, bytes("ping"), 4, to), "\n");
  receive("received ", server, 64);
  localAddress(client, here);
  const isFromClient = peer.port() === here.port();
  sendTo(server, bytes("longer"), 6, peer);
  peer.setPort(7);
  line.use(lineStorage, 64);
  line.text("from ");
  formatSocketAddress(line, peer);
  line.byte(10);
  line.writeTo(standardOutput);
  if (isFromClient) print("from the client's port\n");

  peer.setPort(here.port());
  show("answered ", sendTo(server, bytes("longer"), 6, peer), "\n");
  receive("cut ", client, 4);
  receiveFrom(client, storage, 64, peer);
  show("the rest is lost ", receiveFrom(client, storage, 64, peer), "\n");
  sendTo(client, bytes(""), 0, to);
  polls[0].descriptor = server;
  pollAll(polls, 1, null);
  show("empty ", receiveFrom(server, storage, 64, peer), "\n");
  show("taken ", openUdp(to.port()), "\n");
}

/** Waits for a datagram and shows up to `capacity` bytes of it. */
function receive(name: string, socket: i32, capacity: u32): void {
  polls[0].descriptor = socket;
  polls[0].events = POLLIN;
  pollAll(polls, 1, null);
  const length = receiveFrom(socket, storage, capacity, peer);
  show(name, length, " ");
  write(standardOutput, storage, length as u32);
  print("\n");
}

function show(name: string, value: i32, after: string): void {
  print(name);
  printSigned(value);
  print(after);
}
