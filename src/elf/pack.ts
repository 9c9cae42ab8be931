/**
 * Packs tables: finds the pieces that packed-code.ts writes in the fewest bits.
 *
 * What a piece costs depends on the pieces before it, because chances adapt. So costs are estimated first, the cheapest way through the bytes
 * is found, its pieces are coded, and what they cost on the way is the next round's estimate. A few rounds are enough.
 *
 * Costs are integers, so that every machine finds the same.
 */

import {
  type Chances,
  type CodedBit,
  codeLeaf,
  copyStart,
  distanceLimit,
  leaves,
  longestCopy,
  newChances,
  symbolStart,
  writeBits,
} from "./packed-code.ts";

/** A byte as it is (`distance` 0), or `length` bytes from so far back. */
interface Piece {
  readonly length: number;
  readonly distance: number;
}

/** In 4096ths of a bit. */
interface Costs {
  /** By position: its byte as it is. */
  readonly bytes: Float64Array;
  /** By length. */
  readonly lengths: Float64Array;
  readonly distances: Float64Array;
}

const rounds = 6;
/** How often in a round costs are looked at. */
const samples = 3;
/** Shorter copies cost more than they save. */
const shortestCopy = 2;
/** So many of the nearest are looked at. */
const mostCopies = 100;

/** What `runtime/support/unpack.ts` makes `bytes` of. */
export function pack(bytes: Uint8Array): Uint8Array {
  const copies = findCopies(bytes);
  let costs = firstCosts(bytes);
  let best: Uint8Array | undefined;
  for (let round = 0; round < rounds; round++) {
    const pieces = cheapestPieces(bytes, copies, costs);
    const coded = codePieces(bytes, pieces);
    const written = writeBits(coded.bits);
    if (best === undefined || written.length < best.length) best = written;
    costs = coded.costs;
  }
  return best ?? new Uint8Array(0);
}

/** By position: copies that may begin there, the nearest first, each longer than those before it. */
function findCopies(bytes: Uint8Array): readonly (readonly Piece[])[] {
  const last = new Map<number, number>();
  // By position: where its two bytes stood before.
  const previous = new Int32Array(bytes.length).fill(-1);
  const copies: Piece[][] = [];
  for (let at = 0; at < bytes.length; at++) {
    const found: Piece[] = [];
    copies.push(found);
    if (at + 1 === bytes.length) break;
    const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    let from = last.get(pair) ?? -1;
    previous[at] = from;
    last.set(pair, at);
    let longest = 1;
    for (let looked = 0; looked < mostCopies && from >= 0 && at - from < distanceLimit; looked++) {
      if (bytes[from + longest] === bytes[at + longest]) {
        const length = commonLength(bytes, from, at);
        if (length > longest) {
          longest = length;
          found.push({ length, distance: at - from });
        }
      }
      from = previous[from] ?? -1;
    }
  }
  return copies;
}

function commonLength(bytes: Uint8Array, from: number, at: number): number {
  const most = Math.min(longestCopy, bytes.length - at);
  let length = 0;
  while (length < most && bytes[from + length] === bytes[at + length]) length++;
  return length;
}

const unit = 4096;

function firstCosts(bytes: Uint8Array): Costs {
  return {
    bytes: new Float64Array(bytes.length).fill(7 * unit),
    lengths: Float64Array.from({ length: longestCopy + 1 }, (_, length) => bitLength(length) * 2 * unit),
    distances: Float64Array.from(
      { length: distanceLimit },
      (_, distance) => (8 + bitLength(distance) / 4) * unit,
    ),
  };
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

/** The cheapest way from the first byte to the last. */
function cheapestPieces(
  bytes: Uint8Array,
  copies: readonly (readonly Piece[])[],
  costs: Costs,
): readonly Piece[] {
  const least = new Float64Array(bytes.length + 1).fill(Number.POSITIVE_INFINITY);
  const arrivals: (Piece | undefined)[] = new Array(bytes.length + 1);
  least[0] = 0;
  for (let at = 0; at < bytes.length; at++) {
    const here = least[at] ?? 0;
    const byte = here + (costs.bytes[at] ?? 0);
    if (byte < (least[at + 1] ?? 0)) {
      least[at + 1] = byte;
      arrivals[at + 1] = { length: 1, distance: 0 };
    }
    for (const { length: longest, distance } of copies[at] ?? []) {
      const base = here + (costs.distances[distance] ?? 0);
      for (let length = shortestCopy; length <= longest; length++) {
        const cost = base + (costs.lengths[length] ?? 0);
        if (cost >= (least[at + length] ?? 0)) continue;
        least[at + length] = cost;
        arrivals[at + length] = { length, distance };
      }
    }
  }
  const pieces: Piece[] = [];
  for (let at = bytes.length; at > 0; ) {
    const piece = arrivals[at] as Piece;
    pieces.push(piece);
    at -= piece.length;
  }
  return pieces.reverse();
}

interface CodedPieces {
  readonly bits: readonly CodedBit[];
  readonly costs: Costs;
}

/** The pieces' bits, and what everything would have cost among them. */
function codePieces(bytes: Uint8Array, pieces: readonly Piece[]): CodedPieces {
  const chances = newChances();
  const bits: CodedBit[] = [];
  const costs: Costs = {
    bytes: new Float64Array(bytes.length),
    lengths: new Float64Array(longestCopy + 1),
    distances: new Float64Array(distanceLimit),
  };
  let taken = 0;
  let at = 0;
  for (const { length, distance } of pieces) {
    for (; taken * bytes.length <= at * samples; taken++) addCosts(chances, costs);
    for (let i = 0; i < length; i++)
      costs.bytes[at + i] = costOf(symbolStart + (bytes[at + i] ?? 0), chances);
    if (distance === 0) codeLeaf(symbolStart + (bytes[at] ?? 0), chances, bits);
    else {
      codeLeaf(copyStart + length, chances, bits);
      codeLeaf(leaves + distance, chances, bits);
    }
    at += length;
  }
  for (let i = 0; i < costs.lengths.length; i++)
    costs.lengths[i] = Math.round((costs.lengths[i] ?? 0) / taken);
  for (let i = 0; i < costs.distances.length; i++)
    costs.distances[i] = Math.round((costs.distances[i] ?? 0) / taken);
  return { bits, costs };
}

/** Of a bit with so many 256ths of a chance. */
const bitCosts: readonly number[] = Array.from({ length: 257 }, (_, chance) =>
  Math.round(-Math.log2(Math.max(chance, 1) / 256) * unit),
);

/** Adds what each length and each distance costs now. */
function addCosts(chances: Chances, { lengths, distances }: Costs): void {
  const nodes = new Float64Array(2 * leaves);
  const grow = (from: number, to: number): void => {
    for (let node = from; node < to; node++) {
      const chance = chances[node] ?? 0;
      const cost = nodes[node] ?? 0;
      nodes[2 * node] = cost + (bitCosts[256 - chance] ?? 0);
      nodes[2 * node + 1] = cost + (bitCosts[chance] ?? 0);
    }
  };
  grow(1, leaves);
  for (let distance = 1; distance < distanceLimit; distance++)
    distances[distance] = (distances[distance] ?? 0) + (nodes[leaves + distance] ?? 0);
  // Symbols begin within the tree of distances: what it takes to get there is not theirs.
  const before = nodes[symbolStart >> 9] ?? 0;
  for (let length = 1; length <= longestCopy; length++)
    lengths[length] = (lengths[length] ?? 0) + (nodes[copyStart + length] ?? 0) - before;
}

/** Of a symbol, given as its leaf. */
function costOf(leaf: number, chances: Chances): number {
  let cost = 0;
  for (let shift = 9; shift > 0; shift--) {
    const chance = chances[leaf >>> shift] ?? 0;
    cost += bitCosts[((leaf >>> (shift - 1)) & 1) === 1 ? chance : 256 - chance] ?? 0;
  }
  return cost;
}
