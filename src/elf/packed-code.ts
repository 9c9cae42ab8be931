/**
 * How packed tables are written: a sequence of bits, each coded by how likely it was to be 1. runtime/support/unpack.ts is the reader.
 *
 * ```
 *   piece    symbol of 9 bits: 0 and a byte, or 1 and the length of a copy in 8; a copy's distance of 12 bits is behind it
 *   bit      the more likely, the less it takes: asymmetric numeral systems (Duda, 2013), in 256ths of a chance
 *   chance   of its own for each bit and each value of those before it in the same number; goes an eighth of the way to what came
 * ```
 *
 * A number grows from a 1, or for symbols from 15, to which its bits are appended; what it is on the way is the place of the next bit's chance. So
 * distances that begin with 111 cannot be told from symbols, and are not used.
 */

/** Chances of a bit being 1, by node. */
export type Chances = Uint8Array;

/** Nodes from here on are whole numbers. */
export const leaves = 4096;
const symbolRoot = 15;
const distanceRoot = 1;
/** What symbols are told by. */
export const symbolStart: number = symbolRoot << 9;
export const copyStart: number = symbolStart + 256;
/** One more than the longest distance. */
export const distanceLimit: number = symbolStart - leaves;
export const longestCopy = 255;

/** A bit and its chance of being 1, in 256ths. */
export interface CodedBit {
  readonly bit: number;
  readonly chance: number;
}

export function newChances(): Chances {
  return new Uint8Array(leaves).fill(128);
}

/** The chance after `bit`; between 3 and 252. */
export function adapted(chance: number, bit: number): number {
  return chance - ((chance + 4) >> 3) + (bit === 1 ? 32 : 0);
}

/** Appends the bits of a number, given as its leaf, and adapts their chances. */
export function codeLeaf(leaf: number, chances: Chances, bits: CodedBit[]): void {
  const root = leaf >= symbolStart ? symbolRoot : distanceRoot;
  for (let shift = Math.clz32(root) - Math.clz32(leaf); shift > 0; shift--) {
    const node = leaf >>> shift;
    const bit = (leaf >>> (shift - 1)) & 1;
    const chance = chances[node] ?? 0;
    bits.push({ bit, chance });
    chances[node] = adapted(chance, bit);
  }
}

/** What the reader has when it has read everything, and the least that it goes on with before it reads another byte. */
const leastState = 2 ** 15;

/** The bits as bytes, first bit first. They are written from the last one on, so that the reader can begin with the first. */
export function writeBits(bits: readonly CodedBit[]): Uint8Array {
  const backwards: number[] = [];
  let state = leastState;
  for (let i = bits.length - 1; i >= 0; i--) {
    const { bit, chance } = bits[i] as CodedBit;
    const share = bit === 1 ? chance : 256 - chance;
    while (state >= share * leastState) {
      backwards.push(state & 255);
      state >>>= 8;
    }
    state = Math.floor(state / share) * 256 + (state % share) + (bit === 1 ? 0 : chance);
  }
  for (; state > 0; state >>>= 8) backwards.push(state & 255);
  return Uint8Array.from(backwards.reverse());
}
