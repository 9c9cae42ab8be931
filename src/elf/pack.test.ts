/** What is packed is what a reader makes of it, written here a second time and in the plainest way. */

import { describe, expect, test } from "vitest";
import { pack } from "./pack.ts";

/** By the description in packed-code.ts. */
function unpack(packed: Uint8Array, size: number): { readonly bytes: Uint8Array; readonly read: number } {
  const chances = new Map<number, number>();
  const bytes: number[] = [];
  let state = 0;
  let read = 0;
  const bit = (node: number): number => {
    while (state < 2 ** 15) {
      expect(read).toBeLessThan(packed.length);
      state = state * 256 + (packed[read++] ?? 0);
    }
    const chance = chances.get(node) ?? 128;
    const rest = state % 256;
    const upper = Math.floor(state / 256);
    const one = rest < chance;
    state = one ? upper * chance + rest : upper * (256 - chance) + rest - chance;
    chances.set(node, chance - Math.floor((chance + 4) / 8) + (one ? 32 : 0));
    return one ? 1 : 0;
  };
  const number = (root: number, bits: number): number => {
    let value = root;
    for (let i = 0; i < bits; i++) value = 2 * value + bit(value);
    return value - root * 2 ** bits;
  };
  while (bytes.length < size) {
    const symbol = number(15, 9);
    if (symbol < 256) bytes.push(symbol);
    else {
      const distance = number(1, 12);
      expect(distance).toBeGreaterThan(0);
      expect(distance).toBeLessThanOrEqual(bytes.length);
      for (let i = 256; i < symbol; i++) bytes.push(bytes.at(-distance) ?? -1);
    }
  }
  return { bytes: Uint8Array.from(bytes), read };
}

function random(size: number, symbols = 256): Uint8Array {
  let seed = size + symbols;
  return Uint8Array.from({ length: size }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 16) % symbols;
  });
}

const text = Buffer.from(
  "Content-Type: text/plain\r\nCache-Control: no-store\r\n\r\nAccept-Encoding: br\r\n",
);
const far = Buffer.concat([text, random(3600), text]);
const records = Uint8Array.from({ length: 1200 }, (_, at) => [at >> 4, 0x20, 0x40, 0][at & 3] ?? 0);

const inputs: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  "a byte": Uint8Array.of(7),
  "two bytes": Uint8Array.of(255, 0),
  "equal bytes": new Uint8Array(8192).fill(200),
  zeros: new Uint8Array(300),
  text,
  "text that comes again": Buffer.concat([text, text, text]),
  "text that comes again too far away": far,
  addresses: records,
  "random bytes": random(1000),
  "8 KiB of random bytes": random(8192),
  "8 KiB of few different bytes": random(8192, 3),
  "every byte": Uint8Array.from({ length: 256 }, (_, at) => at),
  "every byte in copies of copies": Uint8Array.from({ length: 8192 }, (_, at) => (at ^ (at >> 8)) & 255),
};

describe("a reader gets back", () => {
  test.each(Object.entries(inputs))("%s", (_, bytes) => {
    const packed = pack(bytes);
    const { bytes: unpacked, read } = unpack(packed, bytes.length);
    expect(Buffer.compare(unpacked, bytes)).toBe(0);
    // Nothing is behind what it needs. Of nothing it needs nothing.
    if (bytes.length > 0) expect(read).toBe(packed.length);
    expect(packed.length).toBeLessThanOrEqual(2 * bytes.length + 64);
  });

  test("every size up to 300", () => {
    for (let size = 0; size <= 300; size++) {
      const bytes = random(size, 1 + (size % 9));
      expect(Buffer.compare(unpack(pack(bytes), size).bytes, bytes)).toBe(0);
    }
  });
});

test("what repeats gets smaller", () => {
  expect(pack(new Uint8Array(8192).fill(200)).length).toBeLessThan(120);
  const repeated = Buffer.concat(Array.from({ length: 10 }, () => text));
  expect(pack(repeated).length).toBeLessThan(pack(text).length + 40);
  expect(pack(records).length).toBeLessThan(records.length / 2);
});

test("packing again gives the same", () => {
  for (const bytes of Object.values(inputs)) expect(Buffer.compare(pack(bytes), pack(bytes))).toBe(0);
});
