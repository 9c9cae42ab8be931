/**
 * The branches of riscv64, shortest first: a compressed one for a popular register against zero, the full one, and the
 * opposite branch over a jump. Displacements count from the branch itself; their bits are scattered over the word so
 * that sign and registers always lie in one place. (Unprivileged manual, "B" and "J" immediates; CB and CJ formats.)
 */

import type { BranchSizes } from "../../machine/arrange.ts";
import type { MachineInstruction } from "../../machine/machine.ts";
import type { BranchForm } from "../assembler.ts";
import { fallThrough } from "../assembler.ts";
import { jumpAndLink, short } from "./opcodes.ts";
import { isPopular, zero } from "./registers.ts";

const longJump = (link: number): BranchForm =>
  form(4, 21, (displacement) => (jumpAndLink | (link << 7) | jumpField(displacement)) >>> 0);

const shortJump: BranchForm = form(2, 12, (displacement) => short.j | shortJumpField(displacement));

export function callForms(link: number): readonly BranchForm[] {
  return [longJump(link)];
}

export const jumpForms: readonly BranchForm[] = [fallThrough, shortJump, longJump(zero)];

const negation = 0x1000;

/** Of the forms below; the opposite branch over a jump is left aside. */
export function branchSizes({ op, operands: [left, right] }: MachineInstruction): BranchSizes {
  const isZeroTest = (op === "beq" || op === "bne") && right?.kind === "register" && right.register === zero;
  const isShort = isZeroTest && left?.kind === "register" && isPopular(left.register);
  return isShort ? { near: 2, far: 4, reach: 250 } : { near: 4, far: 4, reach: 4090 };
}

/** `word` is that of the full branch without registers. */
export function branchForms(word: number, left: number, right: number): readonly BranchForm[] {
  const isZeroTest = (word === 0x63 || word === (0x63 | negation)) && right === zero && isPopular(left);
  const fields = (left << 15) | (right << 20);
  const full = form(4, 13, (displacement) => (word | fields | branchField(displacement)) >>> 0);
  if (!isZeroTest) {
    const inverse = form(
      4,
      13,
      (displacement) => ((word ^ negation) | fields | branchField(displacement)) >>> 0,
    );
    return [fallThrough, full, over(inverse)];
  }
  const [test, opposite] = word === 0x63 ? [short.beqz, short.bnez] : [short.bnez, short.beqz];
  const popular = (left - 8) << 7;
  const compressed = form(2, 9, (displacement) => test | popular | shortBranchField(displacement));
  const inverse = form(2, 9, (displacement) => opposite | popular | shortBranchField(displacement));
  return [fallThrough, compressed, full, over(inverse)];
}

/** The opposite branch over a jump. */
function over(inverse: BranchForm): BranchForm {
  const jump = longJump(zero);
  return {
    size: inverse.size + 4,
    minimum: jump.minimum + inverse.size,
    maximum: jump.maximum + inverse.size,
    write: (text, at, displacement) => {
      inverse.write(text, at, inverse.size + 4);
      jump.write(text, at + inverse.size, displacement - inverse.size);
    },
  };
}

/** A displacement of `bits` bits, the lowest of which is zero. */
function form(size: 2 | 4, bits: number, word: (displacement: number) => number): BranchForm {
  const reach = 2 ** (bits - 1);
  return {
    size,
    minimum: -reach,
    maximum: reach - 2,
    write: (text, at, displacement) => {
      const encoded = word(displacement);
      for (let i = 0; i < size; i++) text[at + i] = encoded >>> (8 * i);
    },
  };
}

/** `count` bits of `value` from bit `from` on, moved to bit `to`. */
function bits(value: number, from: number, count: number, to: number): number {
  return ((value >> from) & ((1 << count) - 1)) << to;
}

/** imm[20|10:1|11|19:12] in bits 31..12 */
function jumpField(d: number): number {
  return bits(d, 20, 1, 31) | bits(d, 1, 10, 21) | bits(d, 11, 1, 20) | bits(d, 12, 8, 12);
}

/** imm[12|10:5] in bits 31..25, imm[4:1|11] in 11..7 */
function branchField(d: number): number {
  return bits(d, 12, 1, 31) | bits(d, 5, 6, 25) | bits(d, 1, 4, 8) | bits(d, 11, 1, 7);
}

/** imm[11|4|9:8|10|6|7|3:1|5] in bits 12..2 */
function shortJumpField(d: number): number {
  const upper = bits(d, 11, 1, 12) | bits(d, 4, 1, 11) | bits(d, 8, 2, 9) | bits(d, 10, 1, 8);
  return upper | bits(d, 6, 1, 7) | bits(d, 7, 1, 6) | bits(d, 1, 3, 3) | bits(d, 5, 1, 2);
}

/** imm[8|4:3] in bits 12..10, imm[7:6|2:1|5] in 6..2 */
function shortBranchField(d: number): number {
  return bits(d, 8, 1, 12) | bits(d, 3, 2, 10) | bits(d, 6, 2, 5) | bits(d, 1, 2, 3) | bits(d, 5, 1, 2);
}
