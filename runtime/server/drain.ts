/**
 * The end: after SIGTERM or SIGINT nobody new is taken in, who is idle is closed, and the process ends when everybody
 * has been answered or the time for that is over. With a delay it first goes on as before, but tells everybody that it ends.
 */

import { drainDelaySeconds, drainSeconds, hasLog, hasWorkers } from "microlith:options";
import { SYS_close, SYS_exit_group } from "microlith:target";
import { now } from "./clock.ts";
import { sweep } from "./connection.ts";
import { closeLog, flushLog } from "./log-output.ts";
import { listener } from "./socket.ts";

/** The tick at which the process ends whatever is left; 0: it serves. */
export let drainEnd: u32 = 0;

export function startDraining(): void {
  if (drainEnd !== 0) return;
  drainEnd = now + drainDelaySeconds + drainSeconds;
  if (drainDelaySeconds === 0) syscall(SYS_close, listener);
}

export function endWhenDrained(): void {
  if (drainEnd === 0) return;
  if (drainDelaySeconds !== 0) {
    if (now < drainEnd - drainSeconds) return;
    // Again each time: nothing is opened any more that could get its number.
    syscall(SYS_close, listener);
  }
  const isServing = sweep() !== null;
  if ((isServing || (hasLog && flushLog() !== 0)) && now < drainEnd) return;
  // Of several workers the last to end does not know that it is; their parent does.
  if (hasLog && !hasWorkers) closeLog();
  syscall(SYS_exit_group, 0);
  unreachable();
}
