/**
 * The branches of amd64: one byte of displacement, or four, counted from the end of the instruction. A call has the
 * long form only. (Intel SDM vol. 2: Jcc, JMP, CALL.)
 */

import { Bug } from "../../base/errors.ts";
import { type BranchForm, fallThrough } from "../assembler.ts";
import { conditions } from "./opcodes.ts";

export const callForms: readonly BranchForm[] = [relative(4, 0xe8)];

export const jumpForms: readonly BranchForm[] = [fallThrough, relative(1, 0xeb), relative(4, 0xe9)];

const conditional: readonly (readonly BranchForm[])[] = Object.values(conditions).map((number) => [
  fallThrough,
  relative(1, 0x70 | number),
  relative(4, 0x0f, 0x80 | number),
]);

/** By the four bits of the condition. */
export function conditionalForms(condition: number): readonly BranchForm[] {
  const forms = conditional[condition];
  if (forms === undefined) throw new Bug(`no condition ${condition}`);
  return forms;
}

/** `opcode`, then the displacement in `bytes` bytes. */
function relative(bytes: 1 | 4, ...opcode: readonly number[]): BranchForm {
  const size = opcode.length + bytes;
  const reach = 2 ** (8 * bytes - 1);
  return {
    size,
    minimum: size - reach,
    maximum: size + reach - 1,
    write: (text, at, displacement) => {
      text.set(opcode, at);
      const value = displacement - size;
      for (let i = 0; i < bytes; i++) text[at + opcode.length + i] = value >> (8 * i);
    },
  };
}
