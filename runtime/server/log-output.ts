/**
 * Lines of the log on their way out: collected, written once a second or when a page is full, and never waited for.
 *
 * The descriptor does not block: what a slow reader does not take stays here, and when there is no room left, lines are
 * dropped and counted. The flag belongs to the open file, which we may share with a shell, so it is put back at the end.
 * Writes end with a line and are at most a page, which a pipe takes whole: lines of several workers do not mix.
 */

import { logDescriptor } from "microlith:options";
import { SYS_fcntl, SYS_write } from "microlith:target";
import type { Buffer } from "../std/buffer.ts";
import { Counter, increase } from "./counters.ts";

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

/** The longest line, and what is written at once (PIPE_BUF). */
export const lineBytes = 4096;
const waitingBytes = 0x4_0000;
const EAGAIN = 11;

const waitingStorage = zeroed<Fixed<u8, typeof waitingBytes>>();
const waiting = zeroed<Buffer>();
let flags: u32 = 0;

/** Before there are workers. */
export function openLog(): void {
  waiting.use(waitingStorage, waitingBytes);
  flags = syscall(SYS_fcntl, logDescriptor, F_GETFL) as u32;
  syscall(SYS_fcntl, logDescriptor, F_SETFL, flags | O_NONBLOCK);
}

export function closeLog(): void {
  syscall(SYS_fcntl, logDescriptor, F_SETFL, flags);
}

/** Adds the line and its end. */
export function addLine(line: Buffer): void {
  line.byte(byte("\n"));
  if (waiting.length + line.length > waitingBytes) {
    increase(Counter.droppedLines, 1);
    return;
  }
  waiting.append(line.start, line.length);
  if (waiting.length >= lineBytes) flushLog();
}

/** Writes what the reader takes; whether that is all. What nobody will ever take is thrown away. */
export function flushLog(): bool {
  let at = waiting.start;
  let left = waiting.length;
  while (left !== 0) {
    let length = left;
    if (length > lineBytes) {
      length = lineBytes;
      while (at[length - 1] !== byte("\n")) length--;
    }
    const written = syscall(SYS_write, logDescriptor, at, length) as i32;
    if (written === -EAGAIN) break;
    if (written < 0) {
      left = 0;
      break;
    }
    at = at.add(written);
    left -= written as u32;
  }
  copy(waitingStorage, at, left);
  waiting.length = left;
  return left === 0;
}
