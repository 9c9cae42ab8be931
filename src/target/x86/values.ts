/**
 * What values in registers cost, for the pass that reuses them: bytes, as the encoder and the shorter forms of peephole.ts
 * will have them.
 */

import type { ValueMaker } from "../../machine/known-values.ts";
import type { MachineInstruction, MemoryOperand, Operand, Register } from "../../machine/machine.ts";
import { bytePrefix } from "./bytes.ts";
import { define, immediate, memory, modify, move, register, rsp, set } from "./instructions.ts";
import type { Mode } from "./mode.ts";
import { singleInstructions } from "./single-instructions.ts";

export function valueMakerFor(mode: Pick<Mode, "word">): ValueMaker {
  const { loadSpill, storeSpill } = singleInstructions(mode);
  return {
    loadSpill,
    storeSpill,
    valueBytes: (instruction) => valueBytes(instruction, mode.word),
    move: (to, from, width) => move(mode.word === 32 ? 32 : (width ?? 64), to, from),
    addConstant: (to, from, distance, width) =>
      width === 32 && distance >= -128n && distance <= 127n && (from & 7) !== rsp
        ? define("lea", 32, to, memory({ base: from, displacement: Number(distance) }))
        : undefined,
    changePart: (to, from, number) => changeByte(to, from, number, mode),
  };
}

/**
 * All registers are zero: Linux clears them when it starts a program, lest anything of the kernel be seen (ELF_PLAT_INIT in
 * arch/x86/include/asm/elf.h).
 */
export function initialZeros({
  word,
  registers,
}: Pick<Mode, "word" | "registers">): readonly MachineInstruction[] {
  const widths = word === 64 ? ([32, 64] as const) : ([32] as const);
  return registers.flatMap((each) => widths.map((width) => set(width, each, immediate(0))));
}

/** The low byte alone, where that is shorter. */
function changeByte(
  to: Register,
  from: bigint,
  number: bigint,
  mode: Pick<Mode, "word">,
): MachineInstruction | undefined {
  if (BigInt.asUintN(64, from ^ number) > 255n || bytePrefix(to, mode) === Number.POSITIVE_INFINITY)
    return undefined;
  return modify("mov", 8, register(to), immediate(BigInt.asIntN(8, number)));
}

function valueBytes({ width, operands: [to, from] }: MachineInstruction, word: 32 | 64): number {
  const wide = width === 64 ? 1 : 0;
  const high = (operand: Operand | undefined): number =>
    registersOf(operand).some((register) => register > 7) ? 1 : 0;
  const prefix = wide | high(to) | high(from);
  switch (from?.kind) {
    case "register":
      return 2 + prefix;
    case "memory": {
      if (isStep(to, from)) return word === 32 ? 1 : 2 + prefix;
      const sib = from.base === rsp ? 1 : 0;
      const isFar = from.displacement < -128 || from.displacement > 127;
      return 2 + prefix + sib + (from.displacement === 0 && sib === 1 ? 0 : isFar ? 4 : 1);
    }
    case "immediate":
      if (width === 8 && to?.kind === "register") return 2 + (high(to) | bytePrefix(to.register, { word }));
      return constantBytes(width === word ? BigInt.asIntN(word, from.value) : from.value, wide, high(to));
    default:
      return 5 + prefix;
  }
}

/** `inc` or `dec`, which it will be where nobody reads the flags. */
function isStep(to: Operand | undefined, { base, displacement }: MemoryOperand): boolean {
  return to?.kind === "register" && base === to.register && Math.abs(displacement) === 1;
}

function constantBytes(value: bigint, wide: 0 | 1, high: number): number {
  if (value === 0n) return 2 + high;
  if (value === -1n) return 3 + (wide | high);
  if (value >= (wide === 1 ? -128n : 0n) && value <= 127n) return 3 + high;
  if (value === 0xffff_ffffn) return 3 + high;
  if (value === BigInt.asIntN(32, value) || wide === 0) return 5 + high + wide;
  return 10;
}

function registersOf(operand: Operand | undefined): readonly Register[] {
  if (operand?.kind === "register") return [operand.register];
  if (operand?.kind !== "memory") return [];
  return [operand.base, operand.index].filter((each) => each !== undefined);
}
