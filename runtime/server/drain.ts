/**
 * The end: after SIGTERM or SIGINT nobody new is taken in, who is idle is closed, and the process ends when everybody
 * has been answered or the time for that is over.
 */

import { drainSeconds } from "microlith:options";
import { SYS_close, SYS_exit_group } from "microlith:target";
import { now } from "./clock.ts";
import { sweep } from "./connection.ts";
import { listener } from "./socket.ts";

/** The tick at which the process ends whatever is left; 0: it serves. */
export let drainEnd: u32 = 0;

export function startDraining(): void {
  if (drainEnd !== 0) return;
  drainEnd = now + drainSeconds;
  syscall(SYS_close, listener);
}

export function endWhenDrained(): void {
  if (drainEnd === 0 || (sweep() !== null && now < drainEnd)) return;
  syscall(SYS_exit_group, 0);
  unreachable();
}
