import { expect, test } from "vitest";
import type { PushProgress } from "../registry/push.ts";
import { createTransferBar, renderTransfer } from "./transfer-bar.ts";

function blob(
  name: string,
  state: PushProgress["state"],
  sentBytes: number,
  totalBytes: number,
): PushProgress {
  return { digest: `sha256:${name.repeat(64)}`, state, sentBytes, totalBytes };
}

test.each<[string, readonly PushProgress[], string]>([
  ["nothing", [], "[########################] 0 of 0 blobs, 0 of 0 kB"],
  [
    "half of one",
    [blob("a", "sending", 1_000_000, 2_000_000)],
    "[############------------] 0 of 1 blobs, 1,000 of 2,000 kB",
  ],
  [
    "what is there counts as sent",
    [blob("a", "exists", 0, 3000), blob("b", "mounted", 0, 3000), blob("c", "sending", 0, 6000)],
    "[############------------] 2 of 3 blobs, 6 of 12 kB",
  ],
  ["all", [blob("a", "sent", 10, 10)], "[########################] 1 of 1 blobs, 1 of 1 kB"],
  // A chunk that broke off is sent again.
  [
    "more than there is",
    [blob("a", "sending", 30, 10)],
    "[########################] 0 of 1 blobs, 1 of 1 kB",
  ],
])("%s", (_, blobs, line) => {
  expect(renderTransfer(blobs)).toBe(line);
});

/** What a bar writes when these are sent, `step` milliseconds apart. */
function drawn(isTTY: boolean, step: number, count: number): string {
  let written = "";
  let now = 0;
  const stream = {
    isTTY,
    write: (text: string): void => {
      written += text;
    },
  };
  const bar = createTransferBar(stream, () => now);
  for (let sent = 1; sent <= count; sent++) {
    now += step;
    bar.onProgress(blob("a", "sending", sent * 1000, count * 1000));
  }
  bar.end();
  return written;
}

test("a terminal gets one line that is written over, and taken away", () => {
  const written = drawn(true, 100, 3);
  expect(written.split("\r\u001b[2K").slice(1)).toEqual([
    expect.stringContaining("1 of 3 kB"),
    expect.stringContaining("2 of 3 kB"),
    expect.stringContaining("3 of 3 kB"),
    "",
  ]);
  expect(written).not.toContain("\n");
});

test("a log gets nothing, nor a terminal for what takes a moment", () => {
  expect([drawn(false, 100, 3), drawn(true, 10, 3)]).toEqual(["", ""]);
});

test("it is not drawn more often than it can be read", () => {
  expect(drawn(true, 10, 40).split("kB").length - 1).toBe(5);
});
