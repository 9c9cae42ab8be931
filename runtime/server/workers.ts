/**
 * Several processes that share the port: docs/architecture.md says why each has a listener of its own.
 *
 * The parent serves nobody. It makes the listeners, starts the workers, starts another for one that ended, passes on the
 * request to stop, and ends when they have. It stays without a filter, because it has to start processes, but the only
 * input it ever looks at are signals.
 */

import { hasAutomaticWorkers, hasLog, mostWorkers } from "microlith:options";
import {
  SYS_clone,
  SYS_exit_group,
  SYS_kill,
  SYS_prctl,
  SYS_rt_sigtimedwait,
  SYS_sched_getaffinity,
  SYS_wait4,
} from "microlith:target";
import { chooseCounters, shareCounters } from "./counters.ts";
import { closeLog } from "./log-output.ts";
import { second, takenSet } from "./signals.ts";
import { keepListener, listenerCount, listenTimes } from "./socket.ts";

const SIGTERM = 15;
const SIGCHLD = 17;
const WNOHANG = 1;
const PR_SET_PDEATHSIG = 1;

/** Bit n is processor n. */
const processorSet = zeroed<Fixed<u32, 32>>();
/** Process numbers; what is below 1 as a signed number is none, and has to be started. */
const workers = zeroed<Fixed<u32, typeof mostWorkers>>();

/** Before rights are given up. */
export function listenForWorkers(port: u32): void {
  listenTimes(port, hasAutomaticWorkers ? processors() : mostWorkers);
}

/** Each has a listener. */
function workerCount(): u32 {
  return hasAutomaticWorkers ? listenerCount : mostWorkers;
}

/** Returns in each worker. The parent ends here. Signals are blocked. */
export function startWorkers(): void {
  shareCounters();
  do {
    for (let i: u32 = 0; i < workerCount(); i++) {
      // Looked for each second, so that a worker that cannot live does not keep the machine busy.
      const worker = workers[i];
      if ((worker as i32) > 0 && (syscall(SYS_wait4, worker, 0, WNOHANG, 0) as i32) === 0) continue;
      // Without flags the kernel looks at no further arguments.
      const child = syscall(SYS_clone, SIGCHLD, 0) as u32;
      if (child === 0) {
        // It stops with the parent.
        syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGTERM);
        keepListener(i);
        chooseCounters(i);
        return;
      }
      workers[i] = child;
    }
  } while ((syscall(SYS_rt_sigtimedwait, takenSet, 0, second, 8) as i32) < 0);
  // Nobody is to wait at a listener whose worker has gone.
  keepListener(workerCount());
  let i: u32 = 0;
  do {
    if ((workers[i] as i32) > 0) syscall(SYS_kill, workers[i], SIGTERM);
    i++;
  } while (i < workerCount());
  do {
    i--;
    syscall(SYS_wait4, workers[i], 0, 0, 0);
  } while (i !== 0);
  if (hasLog) closeLog();
  syscall(SYS_exit_group, 0);
  unreachable();
}

/** Those that this process may run on, at most `mostWorkers`; 1 when the kernel does not say. */
function processors(): u32 {
  processorSet[0] = 1;
  syscall(SYS_sched_getaffinity, 0, sizeof<Fixed<u32, 32>>(), processorSet);
  let count: u32 = 0;
  let word: u32 = 0;
  do {
    for (let bits: u32 = processorSet[word]; bits !== 0; bits &= bits - 1) count++;
    word++;
  } while (word < 32);
  return count < mostWorkers ? count : mostWorkers;
}
