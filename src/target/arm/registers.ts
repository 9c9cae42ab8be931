/**
 * The sixteen registers of arm, by number (Arm Architecture Reference Manual, A2.3). The program counter is one of them;
 * selection never names it.
 */

import type { Register } from "../../machine/machine.ts";

export const sp: Register = 13;
/** A call leaves the return address here. */
export const link: Register = 14;
export const pc: Register = 15;

/** Those that the allocator may hand out; the link register comes last, because calls overwrite it. */
export const allRegisters: readonly Register[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, link];

export const registerNames: readonly string[] = [
  ..."r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12".split(" "),
  "sp",
  "lr",
  "pc",
];

/** A virtual register, before allocation, is printed as `v64`. */
export function registerName(register: Register): string {
  return registerNames[register] ?? `v${register}`;
}
