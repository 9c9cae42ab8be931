/**
 * Lines of the log on their way out: collected, written once a second or when a page is full, and never waited for.
 *
 * The descriptor does not block: what a slow reader does not take stays here, and when there is no room left, lines are
 * dropped and counted. The flag belongs to the open file, which we may share with a shell, so it is put back at the end.
 * Writes end with a line and are at most a page, which a pipe takes whole: lines of several workers do not mix.
 */

import { logDescriptor } from "microlith:options";
import { SYS_fcntl, SYS_write } from "microlith:target";
import { Counter, count } from "./counters.ts";
import { startText, textEnd } from "./writer.ts";

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

/** The longest line, and what is written at once (PIPE_BUF). */
const lineBytes = 4096;
/** Of a line; behind it there is room for what the client does not choose. */
const textBytes = lineBytes - 400;
const waitingBytes = 0x4_0000;
const EAGAIN = 11;

/** What waits, and room for the next line. */
const storageBytes = waitingBytes + lineBytes;
const storage = zeroed<Fixed<u8, typeof storageBytes>>();
/** Bytes that wait. */
let waiting: u32 = 0;
let flags: u32 = 0;

/** Before there are workers. */
export function openLog(): void {
  flags = syscall(SYS_fcntl, logDescriptor, F_GETFL) as u32;
  syscall(SYS_fcntl, logDescriptor, F_SETFL, flags | O_NONBLOCK);
}

export function closeLog(): void {
  syscall(SYS_fcntl, logDescriptor, F_SETFL, flags);
}

/** Whether there is room for another line, which then is to be written; else it is dropped. */
export function startLine(): bool {
  if (waiting > waitingBytes) {
    count(Counter.droppedLines);
    return false;
  }
  startText(storage.add(waiting as i32), textBytes);
  return true;
}

/** The line is written, with its end. */
export function endLine(): void {
  const before = waiting;
  waiting = textEnd().since(storage);
  // Once for each page, so that a slow reader is not asked for every line.
  if (((before ^ waiting) & lineBytes) !== 0) flushLog();
}

/** Writes what the reader takes; returns how many bytes still wait. What nobody will ever take is thrown away. */
export function flushLog(): u32 {
  let at: Ptr<u8> = storage;
  let left = waiting;
  while (left !== 0) {
    let length = left;
    if (length > lineBytes) {
      length = lineBytes;
      while (at[length - 1] !== byte("\n")) length--;
    }
    let written = syscall(SYS_write, logDescriptor, at, length) as i32;
    if (written === -EAGAIN) break;
    if (written < 0) written = left as i32;
    at = at.add(written);
    left -= written as u32;
  }
  copy(storage, at, left);
  waiting = left;
  return left;
}
