// The process: its number, children that are reaped, the host's name, and an end with a message.
//
// expect: a number
// expect: forked
// expect: no children left
// expect: a name
// expect: cut
// error: that was all
// exit: 1

import {
  blockSignals,
  exit,
  fail,
  fork,
  hostName,
  print,
  processId,
  reapChildren,
  SIGCHLD,
  waitForChild,
  waitForSignal,
} from "microlith/std";

const ofChildren = table<u32>(1 << (SIGCHLD - 1), 0);
const storage = zeroed<Fixed<u8, 64>>();

export function main(): void {
  if (processId() > 0) print("a number\n");
  blockSignals(ofChildren);
  const child = fork();
  if (child === 0) exit(0);
  if (child > 0) print("forked\n");
  waitForSignal(ofChildren);
  reapChildren();
  // ECHILD
  if (waitForChild(child) === -10) print("no children left\n");
  if (hostName(storage, 64) > 0) print("a name\n");
  if (hostName(storage, 1) === 1) print("cut\n");
  fail("that was all\n");
}
