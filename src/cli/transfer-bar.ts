/**
 * How far an upload is: one line on standard error that is written over, when that is a terminal and the upload takes longer than a moment. Elsewhere nothing: a log is
 * no place for it.
 */

import { formatNumber } from "../base/numbers.ts";
import type { PushProgress } from "../registry/push.ts";

const barWidth = 24;
/** Milliseconds between two drawings. */
const interval = 80;
const clearLine = "\r\u001b[2K";

export interface TransferBar {
  onProgress(progress: PushProgress): void;
  /** Takes the line away. */
  end(): void;
}

/** `stream` is standard error; `now` in milliseconds. */
export function createTransferBar(
  stream: { readonly isTTY?: boolean; write(text: string): unknown } = process.stderr,
  now: () => number = () => performance.now(),
): TransferBar {
  const blobs = new Map<string, PushProgress>();
  const start = now();
  let drawn = start;
  let shown = false;
  return {
    onProgress(progress) {
      blobs.set(progress.digest, progress);
      const time = now();
      if (stream.isTTY !== true || time - start < interval || time - drawn < interval) return;
      drawn = time;
      shown = true;
      stream.write(`${clearLine}${renderTransfer([...blobs.values()])}`);
    },
    end() {
      if (shown) stream.write(clearLine);
    },
  };
}

/** `[######------] 3 of 7 blobs, 1,234 of 5,678 kB`. What the registry has already counts as sent. */
export function renderTransfer(blobs: readonly PushProgress[]): string {
  const done = blobs.filter(({ state }) => state !== "sending");
  const total = blobs.reduce((sum, blob) => sum + blob.totalBytes, 0);
  const sent = blobs.reduce(
    (sum, blob) => sum + (blob.state === "sending" ? blob.sentBytes : blob.totalBytes),
    0,
  );
  const filled = total === 0 ? barWidth : Math.min(barWidth, Math.floor((barWidth * sent) / total));
  const bar = "#".repeat(filled) + "-".repeat(barWidth - filled);
  const kilobytes = (bytes: number): string => formatNumber(Math.ceil(bytes / 1000));
  return `[${bar}] ${done.length} of ${blobs.length} blobs, ${kilobytes(sent)} of ${kilobytes(total)} kB`;
}
