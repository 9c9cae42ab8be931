/**
 * The names of riscv64's registers, by number (RISC-V ELF psABI, chapter 1). Only the zero register and the stack
 * pointer are special to us; any other may hold the return address.
 */

import type { Register } from "../../machine/machine.ts";

/** Reads as zero, forgets what is written. */
export const zero = 0;
export const ra = 1;
export const sp = 2;

/** By number. */
export const registerNames: readonly string[] = (
  "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 " + "s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"
).split(" ");

/** A virtual register, before allocation, is printed as `v64`. */
export function registerName(register: Register): string {
  return registerNames[register] ?? `v${register}`;
}

/** One of the eight registers that most compressed instructions can name, x8 to x15. */
export function isPopular(register: Register): boolean {
  return register >= 8 && register < 16;
}
