/**
 * Representations that the server makes itself: whether it serves, its counters, its environment. They stand in the
 * table of routes like all others and are told by their address; what they really are is found here.
 */

import { hasEnvironment, hasHealth, hasMetrics } from "microlith:options";
import { configJson, configScript, healthy, metrics, type Representation } from "microlith:site";
import { renderCounters } from "./counters.ts";
import { jsonConfig, scriptConfig } from "./environment.ts";
import { keepQuiet } from "./record.ts";
import { request } from "./request.ts";
import { statusUnavailable } from "./status.ts";

/** Whether any representation is not what it seems. */
export const hasLive = hasEnvironment || hasHealth || hasMetrics;

/** What is to be sent for what was found. */
export function currentRepresentation(found: Representation): Representation {
  if (hasHealth && found === healthy) keepQuiet();
  if (hasMetrics && found === metrics) return renderCounters();
  if (hasEnvironment && found === configJson) return reference<Representation>(address(jsonConfig));
  if (hasEnvironment && found === configScript) return reference<Representation>(address(scriptConfig));
  return found;
}

/** The status that is to be sent with it: the health path's says whether the server goes on. */
export function currentStatus(found: Representation): u32 {
  return hasHealth && found === healthy && request.draining ? statusUnavailable : found.status;
}
