/**
 * The container that holds a pod's namespaces open, as Kubernetes wants one beside the others: process 1, which reaps the
 * children that it inherits, uses no processor time, and ends with status 0 when it is asked to stop.
 */

import { blockSignals, reapChildren, SIGCHLD, SIGINT, SIGTERM, waitForSignal } from "microlith/std";

const signals = table<u32>((1 << (SIGINT - 1)) | (1 << (SIGTERM - 1)) | (1 << (SIGCHLD - 1)), 0);

export function main(): void {
  blockSignals(signals);
  // Several children may end while one signal waits; those that ended before the first are reaped too.
  do reapChildren();
  while (waitForSignal(signals) === SIGCHLD);
}
