/**
 * Unpacks the tables of a program that has them packed: docs/architecture.md says when, src/elf/packed-code.ts what the bits mean.
 *
 * It is the first thing that such a program does. Everything is one loop over bits, because a call costs more than a comparison: the
 * value that a number has grown to says what kind of number it is.
 */

import { packed, tables, tablesEnd } from "microlith:tables";

/** Numbers grow from here: bytes and lengths, and distances. */
const symbolRoot = 15;
const distanceRoot = 1;
/** From here on a number is whole, and from there on it is a symbol, or a length. */
const leaves = 4096;
const symbolStart = 7680;
const copyStart = 7936;
/** More than half of the least state, by its upper part. */
const leastUpper = 127;

/** What `unpackTables` works with. */
export const chanceBytes = leaves;

/**
 * Before anything looks at a table. `chances` are so many zeros, which are something else afterwards: by what a number has grown to, the chance of
 * a 1 as its next bit, in 256ths, less a half.
 */
export function unpackTables(chances: Ptr<u8>): void {
  let from = packed;
  let to = tables;
  let state: u32 = 0;
  let length: u32 = 0;
  let value: u32 = symbolRoot;
  do {
    do {
      while (state >>> 8 <= leastUpper) {
        state = (state << 8) | from[0];
        from = from.add(1);
      }
      const place = chances.add(value);
      const chance = ((place as Ptr<i8>)[0] + (128 as i32)) as u32;
      place[0] -= ((chance + 4) >>> 3) as u8;
      const share = (state >>> 8) * chance;
      const rest = state & 255;
      value += value;
      if (rest < chance) {
        place[0] += 32;
        value++;
        state = share + rest;
      } else state -= share + chance;
    } while (value < leaves);
    if (value >= copyStart) {
      length = value as u8;
      value = distanceRoot;
      continue;
    }
    if (value < symbolStart) {
      do {
        to[0] = to.add(-(value as i32))[leaves];
        to = to.add(1);
        length--;
      } while (length !== 0);
    } else {
      to[0] = value as u8;
      to = to.add(1);
    }
    value = symbolRoot;
  } while (to !== tablesEnd);
}
