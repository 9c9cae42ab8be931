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
  SYS_getpid,
  SYS_getppid,
  SYS_kill,
  SYS_prctl,
  SYS_rt_sigprocmask,
  SYS_rt_sigtimedwait,
  SYS_sched_getaffinity,
  SYS_wait4,
} from "microlith:target";
import { chooseCounters, shareCounters } from "./counters.ts";
import { closeLog } from "./log-output.ts";
import { keepListener, listenTimes } from "./socket.ts";

const SIG_BLOCK = 0;
const SIGINT = 2;
const SIGTERM = 15;
const SIGCHLD = 17;
const WNOHANG = 1;
const PR_SET_PDEATHSIG = 1;

/** SIGINT, SIGTERM, SIGCHLD: bit n is signal n + 1. */
const awaited = table<u32>((1 << 1) | (1 << 14) | (1 << 16), 0);
/** `struct timespec` */
const second = table<usize>(1, 0);

/** Bit n is processor n. */
const processorSet = zeroed<Fixed<u32, 32>>();
/** Process numbers; 0: it has to be started. */
const workers = zeroed<Fixed<i32, typeof mostWorkers>>();
let workerCount: u32 = mostWorkers;

/** Before rights are given up. */
export function listenForWorkers(port: u32): void {
  if (hasAutomaticWorkers) workerCount = processors();
  listenTimes(port, workerCount);
}

/** Returns in each worker. The parent ends here. */
export function startWorkers(): void {
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, awaited, 0, 8);
  shareCounters();
  const parent = syscall(SYS_getpid) as i32;
  let isEnding = false;
  let signal: i32 = -1;
  for (;;) {
    let running: u32 = 0;
    for (let i: u32 = 0; i < workerCount; i++) {
      let worker = workers[i];
      if (worker > 0) {
        // A worker that is ending does not mind.
        if (isEnding) syscall(SYS_kill, worker, SIGTERM);
        if ((syscall(SYS_wait4, worker, 0, WNOHANG, 0) as i32) !== 0) worker = 0;
      } else if (signal < 0 && !isEnding) {
        // Each second at most, so that a worker that cannot live does not keep the machine busy.
        worker = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) as i32;
        if (worker === 0) {
          // Stops with the parent, also when that has gone already.
          syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGTERM);
          if ((syscall(SYS_getppid) as i32) !== parent) syscall(SYS_exit_group, 0);
          keepListener(i, workerCount);
          chooseCounters(i);
          return;
        }
      }
      workers[i] = worker;
      if (worker > 0) running++;
    }
    if (isEnding && running === 0) {
      if (hasLog) closeLog();
      syscall(SYS_exit_group, 0);
      unreachable();
    }
    signal = syscall(SYS_rt_sigtimedwait, awaited, 0, second, 8) as i32;
    if (signal === SIGINT || signal === SIGTERM) {
      isEnding = true;
      // Nobody is to wait at a listener whose worker has gone. Later there is nothing left to close.
      keepListener(workerCount, workerCount);
    }
  }
}

/** Those that this process may run on, at most `mostWorkers`; 1 when the kernel does not say. */
function processors(): u32 {
  processorSet[0] = 1;
  syscall(SYS_sched_getaffinity, 0, sizeof<Fixed<u32, 32>>(), processorSet);
  let count: u32 = 0;
  for (let word: u32 = 0; word < 32; word++) {
    for (let bits: u32 = processorSet[word]; bits !== 0; bits &= bits - 1) count++;
  }
  return count < mostWorkers ? count : mostWorkers;
}
