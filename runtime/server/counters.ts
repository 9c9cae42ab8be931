/**
 * What the server has counted, in the text format of Prometheus.
 *
 * The text is ready but for its numbers, which are written, aligned to the right, into the room that each line has at
 * its end. So its length never changes, and a peer that takes it slowly gets a whole text, with some numbers newer than others.
 */

import { hasMetrics, hasWorkers, mostWorkers } from "microlith:options";
import { SYS_mmap } from "microlith:target";
import { passOver, textEnd } from "./writer.ts";

/** In the order of the lines (src/site/live-routes.ts). */
export enum Counter {
  /** Requests answered with a status from 200 on, from 300 on, … */
  successes,
  redirections,
  clientErrors,
  serverErrors,
  sentBytes,
  /** Open now. */
  openConnections,
  connections,
  /** Closed to make room for others. */
  droppedConnections,
  /** Of the log. */
  droppedLines,
}

const counterCount = 9;
const rowBytes = counterCount * 8;
/** The room for a number. */
const counterDigits = 20;

/**
 * A row for each worker, in memory that all of them see; whoever is asked adds them up. It takes the place of storage of our
 * own, which is large enough to hold a page of the largest size at that size's multiple.
 */
const pageBytes = 0x1_0000;
const storageBytes = hasWorkers ? 2 * pageBytes : rowBytes;
const storage = zeroed<Fixed<u8, typeof storageBytes>>();
const PROT_READ_WRITE = 3;
/** MAP_SHARED | MAP_FIXED | MAP_ANONYMOUS */
const mapShared = 0x31;
/** Where the rows begin, and that of this process: addresses that only workers have to find out. */
let sharedRows: u32 = 0;
let ownRow: u32 = 0;

/** Before there are workers. */
export function shareCounters(): void {
  if (!hasMetrics || !hasWorkers) return;
  sharedRows = (address(storage) + pageBytes - 1) & ~(pageBytes - 1);
  syscall(SYS_mmap, sharedRows, pageBytes, PROT_READ_WRITE, mapShared, -1, 0);
}

/** This process is the worker of this number, maybe in another's place, whose connections have ended with it. */
export function chooseCounters(worker: u32): void {
  if (!hasMetrics) return;
  ownRow = sharedRows + worker * rowBytes;
  pointer<u64>(ownRow)[Counter.openConnections] = 0;
}

export function increase(counter: u32, amount: i64): void {
  if (hasMetrics) pointer<u64>(hasWorkers ? ownRow : address(storage))[counter] += amount as u64;
}

export function count(counter: u32): void {
  if (hasMetrics) increase(counter, 1);
}

/** By the status line of a response. */
export function countResponse(statusLine: Ptr<u8>): void {
  if (hasMetrics) count(statusLine[9] - byte("2"));
}

/** Writes the sum of all workers', aligned to the right. */
export function writeCounter(counter: u32): void {
  let sum: u64 = 0;
  let worker: u32 = 0;
  do {
    sum += pointer<u64>(hasWorkers ? sharedRows : address(storage))[worker * counterCount + counter];
    worker++;
  } while (worker < mostWorkers);
  fill(textEnd(), byte(" "), counterDigits);
  let at = passOver(counterDigits);
  do {
    at = at.add(-1);
    at[0] = byte("0") + ((sum % 10) as u8);
    sum /= 10;
  } while (sum !== 0);
}
