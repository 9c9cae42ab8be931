/**
 * What is noted about each response: counters and the log.
 */

import { hasLog, hasMetrics } from "microlith:options";
import { type Connection, Phase } from "./connection.ts";
import { countResponse } from "./counters.ts";
import { logResponse } from "./log.ts";
import { output } from "./slices.ts";

export const hasRecords = hasLog || hasMetrics;

/** The response that is made is not logged: balancers ask for the health path all the time. */
let isQuiet: bool = false;

export function keepQuiet(): void {
  if (hasLog) isQuiet = true;
}

/** Notes the response that was made last, to the request at `start`, unless it has been noted, and is made again. */
export function recordResponse(connection: Connection, start: Ptr<u8>): void {
  if (connection.phase !== Phase.sending) {
    if (hasMetrics) countResponse(output.text);
    if (hasLog && !isQuiet) logResponse(connection, start, output.text);
  }
  if (hasLog) isQuiet = false;
}
