// The process: its number, children that are reaped, the host's name, and an end with a message.
//
// expect: a number
// expect: forked
// expect: no children left
// expect: a name
// expect: cut
// error: that was all
// exit: 1

import { SYS_clone, SYS_wait4 } from "microlith:target";
import {
  blockSignals,
  exit,
  fail,
  hostName,
  print,
  processId,
  reapChildren,
  SIGCHLD,
  waitForSignal,
} from "microlith/std";

const ofChildren = table<u32>(1 << (SIGCHLD - 1), 0);
const storage = zeroed<Fixed<u8, 64>>();

export function main(): void {
  if (processId() > 0) print("a number\n");
  blockSignals(ofChildren);
  // As fork does: every argument but the signal is 0, so their order, which differs between machines, does not matter.
  const child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) as i32;
  if (child === 0) exit(0);
  if (child > 0) print("forked\n");
  waitForSignal(ofChildren);
  reapChildren();
  // ECHILD
  if ((syscall(SYS_wait4, -1, null, 1, null) as i32) === -10) print("no children left\n");
  if (hostName(storage, 64) > 0) print("a name\n");
  if (hostName(storage, 1) === 1) print("cut\n");
  fail("that was all\n");
}
