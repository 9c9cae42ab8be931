import { createHash } from "node:crypto";
import { deflateRawSync, gunzipSync } from "node:zlib";
import { decompress } from "fzstd";
import { expect, test } from "vitest";
import { type ByteSource, bytesSource, collectBytes } from "../base/byte-source.ts";
import { digestOf } from "../base/digest.ts";
import { compressed } from "./compress.ts";

/** Bytes that do not shrink, the same in each run. */
function noise(length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
    createHash("sha256").update(`${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}
const prose = (length: number): Buffer => Buffer.alloc(length, "All happy families are alike. ");
const mixed = Buffer.concat([prose(1_200_000), noise(1_300_000), prose(1_100_000), noise(70_000)]);
const all = (source: ByteSource): Promise<Uint8Array> => collectBytes(source.read(), 1 << 24, "it");

test.each<[string, Buffer]>([
  ["nothing", Buffer.alloc(0)],
  ["a little text", prose(5000)],
  ["a little noise", noise(5000)],
  ["much text", prose(1_200_000)],
  ["much noise", noise(1_200_000)],
  ["both, in turn", mixed],
])("gzip and zstd give back %s, with the size they announced", async (_, bytes) => {
  const { content: gzip, digest, plainDigest } = await compressed(bytesSource(bytes), "gzip");
  const stored = await all(gzip);
  expect(stored.length).toBe(gzip.size);
  expect([digest, plainDigest]).toEqual([digestOf(stored), digestOf(bytes)]);
  expect(gunzipSync(stored).equals(bytes)).toBe(true);
  expect(Buffer.from(await collectBytes(gzip.read(7), 1 << 24, "it")).equals(stored.subarray(7))).toBe(true);

  const { content: zstd } = await compressed(bytesSource(bytes), "zstd");
  const zstdStored = await all(zstd);
  expect(zstdStored.length).toBe(zstd.size);
  expect(Buffer.from(decompress(zstdStored)).equals(bytes)).toBe(true);
});

test("what is too large to keep is made again, and is the same", async () => {
  const picture = noise(1 << 20);
  const bytes = Buffer.concat([prose(1_300_000), ...Array.from({ length: 17 }, () => picture), prose(5000)]);
  const { content, digest, plainDigest } = await compressed(bytesSource(bytes), "gzip");
  const [stored, again] = [await collectBytes(content.read(), 1 << 25, "it"), content.read(1000)];
  expect(content.size).toBe(stored.length);
  expect([digest, plainDigest]).toEqual([digestOf(stored), digestOf(bytes)]);
  expect(gunzipSync(stored).equals(bytes)).toBe(true);
  expect(Buffer.from(await collectBytes(again, 1 << 25, "it")).equals(stored.subarray(1000))).toBe(true);
});

test("gzip is never larger than level 9 of zlib, up to a mebibyte", async () => {
  for (const bytes of [prose(5000), noise(5000), Buffer.concat([prose(3000), noise(3000)])]) {
    const { content } = await compressed(bytesSource(bytes), "gzip");
    expect(content.size).toBeLessThanOrEqual(deflateRawSync(bytes, { level: 9 }).length + 18);
  }
});

test("the stored bytes do not depend on how the bytes arrive", async () => {
  const inPieces: ByteSource = {
    size: mixed.length,
    async *read() {
      for (let at = 0; at < mixed.length; at += 99_991) yield mixed.subarray(at, at + 99_991);
    },
  };
  for (const compression of ["gzip", "zstd"] as const) {
    const [whole, pieces] = [
      await compressed(bytesSource(mixed), compression),
      await compressed(inPieces, compression),
    ];
    expect(digestOf(await all(pieces.content))).toBe(digestOf(await all(whole.content)));
  }
});

test("the stored bytes are the same on every machine and version of Node", async () => {
  const gzip = (bytes: Buffer): Promise<string> =>
    compressed(bytesSource(bytes), "gzip").then(({ digest }) => digest);
  expect([await gzip(prose(5000)), await gzip(noise(5000)), await gzip(mixed)]).toMatchInlineSnapshot(`
    [
      "sha256:e8fd140516a00ca15e3068e092cfb3a9832a422e58aed214f5824586b39ba805",
      "sha256:575cd66049c0a56ea22cde38960f27830fee1bb6498770af7a15f2322c670b96",
      "sha256:14ff4a848728a860495072b77c4feed33e108b0b09fcfa4cf5bc5a7c9619c1dd",
    ]
  `);
});

test("several zstd streams at once do not mix", async () => {
  const [first, second] = await Promise.all([
    compressed(bytesSource(mixed), "zstd"),
    compressed(bytesSource(mixed), "zstd"),
  ]);
  expect(first.digest).toBe(second.digest);
  expect(digestOf(await all(first.content))).toBe(second.digest);
});
