/**
 * The event loop.
 */

import { hasLog } from "microlith:options";
import { tick } from "./clock.ts";
import { acceptConnections, type Connection, sweep } from "./connection.ts";
import { endWhenDrained, startDraining } from "./drain.ts";
import { createQueue, eventBits, eventData, waitForEvents, watch } from "./epoll.ts";
import { flushLog } from "./log-output.ts";
import { enterSandbox } from "./sandbox.ts";
import { serve } from "./serve.ts";
import { nextSignal, SIGALRM, signals } from "./signals.ts";
import { listener } from "./socket.ts";

/** The data of events that are not a connection's; a connection's is its address. */
const listenerData = 0;
const signalData = 1;

export function run(): never {
  createQueue();
  watch(listener, listenerData, true);
  watch(signals, signalData, true);
  tick();
  enterSandbox();
  for (;;) {
    const count = waitForEvents();
    for (let i: i32 = 0; i < count; i++) {
      const data = eventData(i);
      if (data === listenerData) acceptConnections();
      else if (data === signalData) takeSignals();
      else serve(reference<Connection>(data), eventBits(i));
    }
    endWhenDrained();
  }
}

/** Reads all of them: another event tells only of a later one. */
function takeSignals(): void {
  for (;;) {
    const signal = nextSignal();
    if (signal === 0) return;
    if (signal === SIGALRM) {
      tick();
      sweep(false);
      acceptConnections();
      if (hasLog) flushLog();
    } else startDraining();
  }
}
