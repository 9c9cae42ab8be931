import { expect, test } from "vitest";
import { collectBytes, gathered } from "./byte-source.ts";

/** Chunks of these lengths, all in the same memory, and each byte with the number of its chunk. */
async function* reused(lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(Math.max(1, ...lengths));
  for (const [number, length] of lengths.entries()) yield memory.fill(number, 0, length).subarray(0, length);
}

test.each([
  { lengths: [] },
  { lengths: [0] },
  { lengths: [1, 2, 3] },
  { lengths: [65_535, 1, 0, 1] },
  { lengths: [65_536] },
  { lengths: [100_000, 5, 200_000, 7] },
])("chunks of $lengths are put together", async ({ lengths }) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gathered(reused(lengths))) chunks.push(chunk);
  const expected = Buffer.concat(lengths.map((length, number) => Buffer.alloc(length, number)));
  expect(Buffer.concat(chunks).equals(expected)).toBe(true);
  expect(chunks.slice(0, -1).every(({ length }) => length === 65_536)).toBe(true);
  expect(await collectBytes(gathered(reused(lengths)), 1 << 20, "it")).toHaveLength(expected.length);
});
