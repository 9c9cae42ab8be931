// A process 1 of its own, as docs/std.md shows it: starts its arguments, passes signals on, reaps, and ends as its child does.
//
// args: /bin/sh -c "echo $MICROLITH_TEST; kill -TERM $$"
// expect: yes
// exit: 143

import {
  argument,
  argumentsStart,
  blockSignals,
  endedChild,
  environmentStart,
  execute,
  exit,
  fork,
  SIGCHLD,
  SIGINT,
  SIGTERM,
  sendSignal,
  unblockSignals,
  waitForSignal,
} from "microlith/std";

const signals = table<u32>((1 << (SIGINT - 1)) | (1 << (SIGTERM - 1)) | (1 << (SIGCHLD - 1)), 0);
const status = zeroed<Fixed<i32, 1>>();

export function main(stack: usize): void {
  blockSignals(signals);
  const child = fork();
  if (child === 0) {
    unblockSignals(signals);
    execute(argument(stack, 1), argumentsStart(stack, 1), environmentStart(stack));
    exit(127);
  }
  for (;;) {
    const signal = waitForSignal(signals);
    if (signal !== SIGCHLD) sendSignal(child, signal);
    for (let ended = endedChild(status); ended > 0; ended = endedChild(status)) {
      if (ended === child) exit(status[0]);
    }
  }
}
