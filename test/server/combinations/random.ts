/** A seeded generator with what the others of this folder draw from it. */

export interface Random {
  /** From 0 to one less than `limit`. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  /** True so many times of a hundred. */
  chance(percent: number): boolean;
}

/** xorshift32, after a scramble that tells neighbouring seeds apart. */
export function makeRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e37_79b1) | 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return {
    below,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new Error("nothing to pick from");
      return list[below(list.length)] as T;
    },
    chance: (percent) => below(100) < percent,
  };
}

/** What `make` gives, so many times. */
export function times<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
