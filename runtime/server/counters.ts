/**
 * What the server has counted, in the text format of Prometheus.
 *
 * The text is ready but for its numbers, which are written, aligned to the right, into the room that each line has at
 * its end. So its length never changes, and a peer that takes it slowly gets a whole text, with some numbers newer than others.
 */

import { hasMetrics, hasWorkers, mostWorkers } from "microlith:options";
import { metrics, type Representation } from "microlith:site";
import { SYS_mmap } from "microlith:target";
import type { Buffer } from "../std/buffer.ts";
import { formatDecimal64 } from "../std/format.ts";

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
const textBytes = 2048;
const textStorage = zeroed<Fixed<u8, typeof textBytes>>();
const text = zeroed<Buffer>();

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
let ownRow: u32 = 0;

/** Before there are workers. */
export function shareCounters(): void {
  if (hasMetrics && hasWorkers) {
    syscall(SYS_mmap, address(rows()), pageBytes, PROT_READ_WRITE, mapShared, -1, 0);
  }
}

/** This process is the worker of this number, maybe in another's place, whose connections have ended with it. */
export function chooseCounters(worker: u32): void {
  if (!hasMetrics) return;
  ownRow = worker * counterCount;
  rows()[ownRow + Counter.openConnections] = 0;
}

export function increase(counter: u32, amount: i32): void {
  if (hasMetrics) rows()[hasWorkers ? ownRow + counter : counter] += amount as u64;
}

/** By the status line of a response. */
export function countResponse(statusLine: Ptr<u8>): void {
  if (hasMetrics) increase(statusLine[9] - byte("2"), 1);
}

/** The text with the numbers of this moment. The site's has marks for what is often in it, and for the numbers. */
export function renderCounters(): Representation {
  text.use(textStorage, textBytes);
  let at = pointer<u8>(address(metrics));
  const headEnd = sizeof<Representation>() + metrics.headLength;
  text.append(at, headEnd);
  let counter: u32 = 0;
  for (at = at.add(headEnd as i32); at[0] !== 0; at = at.add(1)) {
    switch (at[0]) {
      case 1:
        text.text("# TYPE ");
        break;
      case 2:
        text.text("microlith_");
        break;
      case 3:
        text.text(" counter\n");
        break;
      case 4:
        writeCounter(counter);
        counter++;
        break;
      default:
        text.byte(at[0]);
    }
  }
  return reference<Representation>(address(textStorage));
}

/** The sum of all workers', aligned to the right. */
function writeCounter(counter: u32): void {
  let sum: u64 = 0;
  for (let worker: u32 = 0; worker < mostWorkers; worker++) sum += rows()[worker * counterCount + counter];
  const room = text.start.add(text.length as i32);
  fill(room, byte(" "), counterDigits);
  formatDecimal64(sum, room.add(counterDigits));
  text.length += counterDigits;
  text.byte(byte("\n"));
}

function rows(): Ptr<u64> {
  return pointer<u64>(hasWorkers ? (address(storage) + pageBytes - 1) & ~(pageBytes - 1) : address(storage));
}
