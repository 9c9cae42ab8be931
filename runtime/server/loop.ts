/**
 * The event loop.
 */

import { hasLog } from "microlith:options";
import { epollEventBytes } from "microlith:target";
import { tick } from "./clock.ts";
import { acceptConnections, type Connection, sweep } from "./connection.ts";
import { endWhenDrained, startDraining } from "./drain.ts";
import { add, createQueue, eventData, firstEvent, waitForEvents, watch } from "./epoll.ts";
import { flushLog } from "./log-output.ts";
import { enterSandbox } from "./sandbox.ts";
import { serve } from "./serve.ts";
import { hasSignal, SIGALRM, signalNumber, signals } from "./signals.ts";
import { listener } from "./socket.ts";

/** The data of events that are not a connection's; a connection's is its address. */
const listenerData = 0;
const signalData = 1;

export function run(): never {
  createQueue();
  watch(listener, listenerData, add);
  watch(signals, signalData, add);
  tick();
  enterSandbox();
  for (;;) {
    const end = waitForEvents();
    for (let event = firstEvent(); event < end; event += epollEventBytes) {
      const data = eventData(event);
      if (data === listenerData) acceptConnections();
      else if (data === signalData) takeSignals();
      else serve(reference<Connection>(data), event);
    }
    endWhenDrained();
  }
}

/** Reads all of them: another event tells only of a later one. */
function takeSignals(): void {
  while (hasSignal()) {
    if (signalNumber() === SIGALRM) {
      tick();
      sweep();
      acceptConnections();
      if (hasLog) flushLog();
    } else startDraining();
  }
}
