/**
 * The names of arm64's registers, by number (Arm Architecture Reference Manual, section B1.2.1). Code 31 of a register
 * field means the stack pointer in some instructions and a zero in the others; here the two are different registers.
 */

import type { Register } from "../../machine/machine.ts";

/** Holds the return address after a call; an ordinary register otherwise. */
export const link = 30;
export const sp = 31;
/** Reads as zero, forgets what is written. */
export const zero = 32;

const numbers = Array.from({ length: 31 }, (_, number) => number);

/** By width in bits, then by number. */
export const registerNames: Readonly<Record<32 | 64, readonly string[]>> = {
  32: [...numbers.map((number) => `w${number}`), "wsp", "wzr"],
  64: [...numbers.map((number) => `x${number}`), "sp", "xzr"],
};

/** A virtual register, before allocation, is printed as `v64`. */
export function registerName(register: Register, width: number): string {
  return registerNames[width === 64 ? 64 : 32][register] ?? `v${register}`;
}
