/**
 * The names of the sixteen general registers of amd64, by number (Intel SDM vol. 1, section 3.4.1). The number is the one
 * that goes into ModRM, SIB and REX. `ah` to `bh` are never used: with a REX prefix their codes mean `spl` to `dil`.
 */

import type { Register } from "../../machine/machine.ts";

const legacy = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"] as const;
const numbered = [8, 9, 10, 11, 12, 13, 14, 15] as const;

/** By width in bits, then by number. */
export const registerNames: Readonly<Record<8 | 16 | 32 | 64, readonly string[]>> = {
  8: [..."al cl dl bl spl bpl sil dil".split(" "), ...numbered.map((n) => `r${n}b`)],
  16: [...legacy, ...numbered.map((n) => `r${n}w`)],
  32: [...legacy.map((name) => `e${name}`), ...numbered.map((n) => `r${n}d`)],
  64: [...legacy.map((name) => `r${name}`), ...numbered.map((n) => `r${n}`)],
};

/** A virtual register, before allocation, is printed as `v64`. */
export function registerName(register: Register, width: 8 | 16 | 32 | 64): string {
  return registerNames[width][register] ?? `v${register}`;
}
