// A connection of the program to itself: listening on any free port, accepting, sending both ways, closing.
//
// expect: nobody yet -11
// expect: readable 1
// expect: ping
// expect: same port
// expect: timeout 0
// expect: end 0
// expect: refused -111

import {
  acceptConnection,
  closeFile,
  closeWriting,
  connectTcp,
  listenTcp,
  localAddress,
  POLLIN,
  type Poll,
  peerAddress,
  pollAll,
  print,
  printSigned,
  read,
  type SocketAddress,
  standardOutput,
  type Time,
  write,
} from "microlith/std";

const loopback = 0x7f00_0001;
const here = zeroed<SocketAddress>();
const there = zeroed<SocketAddress>();
const polls = zeroed<Fixed<Poll, 2>>();
const shortly = zeroed<Time>();
const storage = zeroed<Fixed<u8, 16>>();

export function main(): void {
  const listener = listenTcp(0);
  localAddress(listener, here);
  show("nobody yet ", acceptConnection(listener));
  const client = connectTcp(loopback, here.port());
  polls[0].descriptor = listener;
  polls[0].events = POLLIN;
  polls[1].descriptor = -1;
  show("readable ", pollAll(polls, 2, null));
  const connection = acceptConnection(listener);
  write(client, bytes("ping\n"), 5);
  shortly.setMilliseconds(2000);
  polls[0].descriptor = connection;
  pollAll(polls, 2, shortly);
  write(standardOutput, storage, read(connection, storage, 16) as u32);
  peerAddress(client, here);
  localAddress(connection, there);
  if (here.port() === there.port()) print("same port\n");
  shortly.setMilliseconds(1);
  show("timeout ", pollAll(polls, 2, shortly));
  closeWriting(client);
  pollAll(polls, 2, null);
  show("end ", read(connection, storage, 16));
  closeFile(connection);
  closeFile(listener);
  show("refused ", connectTcp(loopback, here.port()));
}

function show(name: string, value: i32): void {
  print(name);
  printSigned(value);
  print("\n");
}
