/**
 * The branches of arm64: displacements count instructions of four bytes from the branch itself. A conditional branch
 * that does not reach becomes the opposite one over a jump. (Arm Architecture Reference Manual, C4.1.)
 */

import { assert } from "../../base/errors.ts";
import { type BranchForm, fallThrough } from "../assembler.ts";

/** Where the displacement goes in the word: its lowest bit and its number of bits. */
interface Field {
  readonly low: number;
  readonly bits: number;
}

const wide: Field = { low: 0, bits: 26 };
const middle: Field = { low: 5, bits: 19 };
const narrow: Field = { low: 5, bits: 14 };

const jumpWord = 0x1400_0000;

export const callForms: readonly BranchForm[] = [direct(0x9400_0000, wide)];

/** A jump to another function is there even when that one follows: it need not. */
export const jumpForms: readonly BranchForm[] = [fallThrough, direct(jumpWord, wide)];

/** `b.cond` by its word; bit 0 is the condition's sense. */
export function conditionalForms(word: number): readonly BranchForm[] {
  return withLongForm(word, word ^ 1, middle);
}

/** `cbz`, `cbnz` and their registers; bit 24 is the sense. */
export function zeroForms(word: number): readonly BranchForm[] {
  return withLongForm(word, word ^ 0x0100_0000, middle);
}

/** `tbz`, `tbnz` with register and bit; bit 24 is the sense. */
export function bitForms(word: number): readonly BranchForm[] {
  return withLongForm(word, word ^ 0x0100_0000, narrow);
}

function withLongForm(word: number, inverse: number, field: Field): readonly BranchForm[] {
  const jump = direct(jumpWord, wide);
  return [
    fallThrough,
    direct(word, field),
    {
      size: 8,
      minimum: jump.minimum + 4,
      maximum: jump.maximum + 4,
      write: (text, at, displacement) => {
        direct(inverse, field).write(text, at, 8);
        jump.write(text, at + 4, displacement - 4);
      },
    },
  ];
}

function direct(word: number, { low, bits }: Field): BranchForm {
  const reach = 2 ** (bits + 1);
  return {
    size: 4,
    minimum: -reach,
    maximum: reach - 4,
    write: (text, at, displacement) => {
      assert(displacement % 4 === 0, "instructions lie at multiples of four");
      const field = ((displacement / 4) & (2 ** bits - 1)) << low;
      new DataView(text.buffer, text.byteOffset).setUint32(at, (word | field) >>> 0, true);
    },
  };
}
