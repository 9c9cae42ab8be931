/**
 * The perfect hash of a site's paths: any number of them, one probe.
 *
 * A path's hash (FNV-1a) is turned by a displacement, multiplied, and scaled to the number of slots. Few paths find a
 * multiplier that separates them and need no displacement. Many are put into groups by the high bits of their hash, and
 * each group, largest first, gets the first displacement that leads all its members to free slots (hash and
 * displace: Pagh, 1999). All this happens here; runtime/server/lookup.ts only looks.
 */

import { Bug } from "../base/errors.ts";

export interface HashTable {
  /** What the hash of every path starts from. */
  readonly start: number;
  readonly multiplier: number;
  /** By slot: the number of the path, or -1. */
  readonly slots: Int32Array;
  /** By the high bits of the hash. Its length is a power of two; empty: no displacement. */
  readonly displacements: Uint16Array;
}

const fnvStart = 0x811c_9dc5;
const fnvFactor = 0x0100_0193;
/** 2^32 over the golden ratio, odd: neighbouring displacements lead far from each other. */
const golden = 0x9e37_79b1;
/** Up to here a multiplier alone is tried. */
const mostWithoutDisplacement = 12;
const pathsPerGroup = 3;
const mostDisplacement = 0xffff;
/** From here on some slots stay empty, so that the last groups find theirs. */
const manyPaths = 16_384;
const tries = 1000;

/** A table in which each of the keys, which are different, has its slot. */
export function buildTable(keys: readonly Uint8Array[]): HashTable {
  for (let attempt = 0; attempt < tries; attempt++) {
    const start = (fnvStart + attempt) >>> 0;
    const hashes = Uint32Array.from(keys, (key) => hashPath(key, start));
    if (new Set(hashes).size < keys.length) continue;
    // Hashes of similar paths differ by the same amounts whatever they start from, so the multiplier changes too.
    const multiplier = Math.imul(2 * attempt + 1, golden) >>> 0;
    const table =
      (keys.length <= mostWithoutDisplacement && multiply(hashes)) || displace(hashes, multiplier);
    if (table !== undefined) return { start, ...table };
  }
  throw new Bug(`no hash table for ${keys.length} paths`);
}

export function hashPath(path: Uint8Array, start: number): number {
  let hash = start;
  for (const byte of path) hash = Math.imul(hash ^ byte, fnvFactor);
  return hash >>> 0;
}

/** The slot of a turned hash. */
export function slotOf(hash: number, multiplier: number, count: number): number {
  return Math.floor(((Math.imul(hash, multiplier) >>> 0) * count) / 2 ** 32);
}

/** The group of a hash; `count` is a power of two. */
export function groupOf(hash: number, count: number): number {
  return Math.floor((hash * count) / 2 ** 32);
}

type Placement = Omit<HashTable, "start">;

function multiply(hashes: Uint32Array): Placement | undefined {
  const slots = new Int32Array(hashes.length);
  for (let multiplier = 1; multiplier < 200_000; multiplier += 2) {
    // Small multipliers would use the high bits of the hash only.
    const factor = Math.imul(multiplier, golden) >>> 0;
    if (place(hashes, factor, slots)) return { multiplier: factor, slots, displacements: new Uint16Array(0) };
  }
  return undefined;
}

function place(hashes: Uint32Array, multiplier: number, slots: Int32Array): boolean {
  slots.fill(-1);
  for (const [index, hash] of hashes.entries()) {
    const slot = slotOf(hash, multiplier, slots.length);
    if (slots[slot] !== -1) return false;
    slots[slot] = index;
  }
  return true;
}

function displace(hashes: Uint32Array, multiplier: number): Placement | undefined {
  const count = hashes.length < manyPaths ? hashes.length : hashes.length + (hashes.length >> 5);
  const slots = new Int32Array(count).fill(-1);
  const groups = groupByHighBits(hashes);
  const displacements = new Uint16Array(groups.length);
  const order = [...groups.keys()].sort((a, b) => sizeAt(groups, b) - sizeAt(groups, a) || a - b);
  for (const group of order) {
    const members = groups[group] ?? [];
    if (members.length === 0) break;
    const displacement = findDisplacement(hashes, members, slots, multiplier);
    if (displacement === undefined) return undefined;
    displacements[group] = displacement;
    for (const member of members)
      slots[slotOf((hashes[member] ?? 0) + displacement, multiplier, count)] = member;
  }
  return { multiplier, slots, displacements };
}

function sizeAt(groups: readonly (readonly number[])[], index: number): number {
  return groups[index]?.length ?? 0;
}

function groupByHighBits(hashes: Uint32Array): readonly (readonly number[])[] {
  let count = 1;
  while (count * pathsPerGroup < hashes.length) count *= 2;
  const groups: number[][] = Array.from({ length: count }, () => []);
  for (const [index, hash] of hashes.entries()) groups[groupOf(hash, count)]?.push(index);
  return groups;
}

/** The first displacement that leads all members to slots that are free and different. */
function findDisplacement(
  hashes: Uint32Array,
  members: readonly number[],
  slots: Int32Array,
  multiplier: number,
): number | undefined {
  const taken: number[] = [];
  for (let displacement = 0; displacement <= mostDisplacement; displacement++) {
    taken.length = 0;
    for (const member of members) {
      const slot = slotOf((hashes[member] ?? 0) + displacement, multiplier, slots.length);
      if (slots[slot] !== -1 || taken.includes(slot)) break;
      taken.push(slot);
    }
    if (taken.length === members.length) return displacement;
  }
  return undefined;
}
