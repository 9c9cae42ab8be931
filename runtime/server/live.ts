/**
 * Representations that the server makes itself: whether it serves, its counters, its environment. They stand in the
 * table of routes like all others and are told by their address; what they really are is found here.
 */

import { hasEnvironment, hasHealth, hasMetrics } from "microlith:options";
import { healthy, liveFormBytes, liveForms, type Representation } from "microlith:site";
import { writeLive } from "./form.ts";
import { keepQuiet } from "./record.ts";
import { request } from "./request.ts";
import { statusUnavailable } from "./status.ts";

/** Whether any representation is not what it seems. */
export const hasLive = hasEnvironment || hasHealth || hasMetrics;

/** What is to be sent for what was found. */
export function currentRepresentation(found: Representation): Representation {
  if (hasHealth && found === healthy) keepQuiet();
  if ((hasEnvironment || hasMetrics) && address(found) - address(liveForms) < liveFormBytes) {
    return writeLive(pointer<u8>(address(found)));
  }
  return found;
}

/** The status that is to be sent with it: the health path's says whether the server goes on. */
export function currentStatus(found: Representation): i32 {
  return hasHealth && found === healthy && request.draining ? statusUnavailable : found.status;
}
