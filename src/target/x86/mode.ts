/**
 * The two modes of the machine: amd64 is its 64-bit mode, 386 its 32-bit mode. Selection, encoding and improvement are
 * shared; what they must know of the mode is here.
 */

import type { Register } from "../../machine/machine.ts";
import type { SelectContext } from "../target.ts";

export interface Mode {
  /** Bits of a machine word and of an address. */
  readonly word: 32 | 64;
  /** All but the stack pointer. */
  readonly registers: readonly Register[];
  /** Of functions that call themselves. */
  readonly fixedParameters: readonly Register[];
  readonly systemCall: {
    readonly op: string;
    readonly parameters: readonly Register[];
    /** The result's register first. */
    readonly clobbers: readonly Register[];
  };
}

export interface ModeContext extends SelectContext {
  readonly mode: Mode;
}
