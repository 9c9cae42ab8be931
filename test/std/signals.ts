// Signals that wait until they are asked for, one way or the other.
//
// expect: waited for 15
// expect: read 2
// expect: none -11

import { SYS_kill } from "microlith:target";
import {
  blockSignals,
  print,
  printSigned,
  processId,
  readSignal,
  SIGINT,
  SIGTERM,
  signalDescriptor,
  stopSignals,
  type Time,
  waitForSignal,
  waitForSignalUntil,
} from "microlith/std";

const shortly = zeroed<Time>();

export function main(): void {
  blockSignals(stopSignals);
  syscall(SYS_kill, processId(), SIGTERM);
  show("waited for ", waitForSignal(stopSignals));
  const descriptor = signalDescriptor(stopSignals);
  syscall(SYS_kill, processId(), SIGINT);
  show("read ", readSignal(descriptor));
  shortly.setMilliseconds(1);
  show("none ", waitForSignalUntil(stopSignals, shortly));
}

function show(name: string, value: i32): void {
  print(name);
  printSigned(value);
  print("\n");
}
