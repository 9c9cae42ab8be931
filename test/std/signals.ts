// Signals that wait until they are asked for, one way or the other.
//
// expect: waited for 15
// expect: read 2
// expect: none -11
// expect: nobody reads -32
// expect: waited for 13
// expect: no such process -3

import {
  blockSignals,
  closeFile,
  makePipe,
  print,
  printSigned,
  processId,
  readSignal,
  SIGINT,
  SIGPIPE,
  SIGTERM,
  sendSignal,
  signalDescriptor,
  stopSignals,
  type Time,
  waitForSignal,
  waitForSignalUntil,
  write,
} from "microlith/std";

const brokenPipe = table<u32>(1 << (SIGPIPE - 1), 0);
const ends = zeroed<Fixed<i32, 2>>();
const shortly = zeroed<Time>();

export function main(): void {
  blockSignals(stopSignals);
  sendSignal(processId(), SIGTERM);
  show("waited for ", waitForSignal(stopSignals));
  const descriptor = signalDescriptor(stopSignals);
  sendSignal(processId(), SIGINT);
  show("read ", readSignal(descriptor));
  shortly.setMilliseconds(1);
  show("none ", waitForSignalUntil(stopSignals, shortly));
  blockSignals(brokenPipe);
  makePipe(ends);
  closeFile(ends[0]);
  show("nobody reads ", write(ends[1], bytes("x"), 1));
  show("waited for ", waitForSignal(brokenPipe));
  // There are no numbers as high.
  show("no such process ", sendSignal(0x7fff_ffff, SIGTERM));
}

function show(name: string, value: i32): void {
  print(name);
  printSigned(value);
  print("\n");
}
