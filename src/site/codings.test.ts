import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress } from "fzstd";
import { describe, expect, test } from "vitest";
import { digestOf } from "../base/digest.ts";
import { codeContents, type Encoder, isCompressible, isWorthIt } from "./codings.ts";
import { type Encode, encode } from "./encoders.ts";
import type { SiteFile } from "./scan.ts";
import { defaultSiteOptions } from "./site-options.ts";

const file = (path: string, content: Uint8Array): SiteFile => ({
  path,
  source: path,
  size: content.length,
  content,
});

const text = Buffer.from(
  Array.from({ length: 400 }, (_, line) => `line ${line}: ${(line * line) % 97} stones\n`).join(""),
);
const all = { ...defaultSiteOptions, codings: ["br", "gzip", "zstd", "identity"] as const };

describe("content", () => {
  test("is stored in each coding, the smallest first, and comes back whole", async () => {
    const coded = (await codeContents([file("/a.txt", text)], all)).get(digestOf(text)) ?? [];
    const sizes = coded.map(({ bytes }) => bytes.length);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    const decoded = coded.map(({ coding, bytes }) => {
      if (coding === "br") return brotliDecompressSync(bytes);
      return coding === "gzip" ? gunzipSync(bytes) : Buffer.from(decompress(bytes));
    });
    expect(decoded).toEqual([text, text, text]);
  });

  test("has the same bytes on every machine and every Node", async () => {
    const coded = (await codeContents([file("/a.txt", text)], all)).get(digestOf(text)) ?? [];
    const digests = coded.map(({ coding, bytes }) => [
      coding,
      bytes.length,
      createHash("sha256").update(bytes).digest("hex").slice(0, 16),
    ]);
    expect(digests).toMatchInlineSnapshot(`
      [
        [
          "br",
          906,
          "a5672c6befd3a2ee",
        ],
        [
          "zstd",
          1092,
          "ca0fa4c7a158d7a1",
        ],
        [
          "gzip",
          1261,
          "8c9f4cc3c49a8dee",
        ],
      ]
    `);
  });

  test("is encoded as many at a time as the encoder takes, the same content once", async () => {
    const files = [0, 1, 2, 3, 4, 4].map((seed, index) =>
      file(`/${index}.txt`, Buffer.from(`${seed}${text}`)),
    );
    let running = 0;
    let most = 0;
    let calls = 0;
    const slowly: Encode = async (coding, content) => {
      calls++;
      most = Math.max(most, ++running);
      const bytes = await encode(coding, content);
      running--;
      return bytes;
    };
    const open = (bytes: number): Encoder => {
      expect(bytes).toBe(6 * (text.length + 1));
      return { encode: slowly, width: 3 };
    };
    const coded = await codeContents(files, all, open);
    expect({ most, calls }).toEqual({ most: 3, calls: 15 });
    expect(coded).toEqual(await codeContents(files, all));
  });

  test("fails as its encoder does", async () => {
    const open = (): Encoder => ({ encode: () => Promise.reject(new Error("no memory")), width: 2 });
    await expect(codeContents([file("/a.txt", text)], all, open)).rejects.toThrow("no memory");
  });

  test("is left as it is when nothing is asked for, when it is short, when it does not shrink", async () => {
    const noise = Buffer.concat(
      Array.from({ length: 200 }, (_, index) => createHash("sha256").update(String(index)).digest()),
    );
    const short = Buffer.from("x".repeat(1400));
    const coded = await codeContents([file("/short.txt", short), file("/noise.css", noise)], all);
    expect(coded.get(digestOf(short))).toBeUndefined();
    expect(coded.get(digestOf(noise))).toEqual([]);
    const identity = { ...all, codings: ["identity"] as const };
    expect((await codeContents([file("/a.txt", text)], identity)).size).toBe(0);
  });
});

test.each([
  [10_000, 9_001, false],
  [10_000, 8_540, true],
  [10_000, 8_541, false],
  [100_000, 90_001, false],
  [100_000, 90_000, true],
  [1_500, 100, false],
])("%d bytes coded in %d: kept %s", (plain, coded, kept) => {
  expect(isWorthIt(plain, coded)).toBe(kept);
});

test.each([
  ["/a.html", true],
  ["/a.js", true],
  ["/a.svg", true],
  ["/a.json", true],
  ["/a.wasm", true],
  ["/a.webmanifest", true],
  ["/a.png", false],
  ["/a.woff2", false],
  ["/a.zip", false],
  ["/a.mp4", false],
  ["/a.js.map", false],
  ["/a.bin", false],
  ["/a", false],
])("%s is tried: %s", (path, tried) => {
  expect(isCompressible(path)).toBe(tried);
});
