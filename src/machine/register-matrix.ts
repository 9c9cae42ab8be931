/**
 * A relation between registers: a row of bits for each, all in one array, because making an array for each register takes longer
 * than most functions' whole allocation.
 */

import { has, insert, type RegisterSet } from "./liveness.ts";

export interface RegisterMatrix {
  readonly bits: RegisterSet;
  /** Of a row. */
  readonly words: number;
}

/** Of `count` registers, empty. */
export function newMatrix(count: number): RegisterMatrix {
  const words = (count + 31) >>> 5;
  return { bits: new Uint32Array(count * words), words };
}

export function hasPair({ bits, words }: RegisterMatrix, row: number, member: number): boolean {
  return has(bits, row * words * 32 + member);
}

export function insertPair({ bits, words }: RegisterMatrix, row: number, member: number): void {
  insert(bits, row * words * 32 + member);
}

/** Calls `visit` with each member of the row, in ascending order. */
export function forEachInRow(
  { bits, words }: RegisterMatrix,
  row: number,
  visit: (member: number) => void,
): void {
  for (let word = 0; word < words; word++) {
    for (let rest = bits[row * words + word] as number; rest !== 0; rest &= rest - 1) {
      visit(word * 32 + 31 - Math.clz32(rest & -rest));
    }
  }
}
