/**
 * Bytes in registers: where the upper 24 bits of a register are known to be zero, it can be compared as a byte; where nobody looks at
 * them, it can be loaded and computed as one. Both are a byte or more shorter, above all in al.
 *
 * Which registers are bytes is known along with control, which of them are looked at as a whole against it. Compares
 * become those of bytes first, because they look at less then.
 */

import { definitionsOf, type RegisterBits, registerBit, usesOf } from "../../machine/live-registers.ts";
import {
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type Operand,
  type Register,
  successors,
} from "../../machine/machine.ts";
import { compare, define, immediate, modify, rax, register } from "./instructions.ts";
import type { Mode } from "./mode.ts";

/** Changes the blocks' instructions. `flagsLiveAfter` says for each of a block whether flags are read after it. */
export function useBytes(
  fn: MachineFunction,
  mode: Pick<Mode, "word">,
  flagsLiveAfter: (block: MachineBlock) => readonly boolean[],
): void {
  compareBytes(fn, mode);
  const flagsOf = new Map(fn.blocks.map((block) => [block, flagsLiveAfter(block)]));
  const wide = wideAtEnds(fn, flagsOf);
  for (const block of fn.blocks) {
    const flags = flagsOf.get(block) ?? [];
    let wanted = wide.get(block) ?? 0;
    for (let at = block.instructions.length - 1; at >= 0; at--) {
      const each = block.instructions[at] as MachineInstruction;
      const shorter = asByte(each, wanted, flags[at] === true, mode);
      if (shorter && movesNothing(shorter)) {
        block.instructions.splice(at, 1);
        continue;
      }
      if (shorter) {
        shorter.span = each.span;
        block.instructions[at] = shorter;
      }
      wanted = wideBefore(shorter ?? each, wanted, flags[at] === true);
    }
  }
}

/** Of a byte that was extended in its own register. */
function movesNothing({ op, operands: [to, from] }: MachineInstruction): boolean {
  return (
    op === "mov" && to?.kind === "register" && from?.kind === "register" && to.register === from.register
  );
}

/** The conditions that look at the operands as unsigned, or at whether they are equal. */
export const unsigned: ReadonlySet<string> = new Set(["e", "ne", "b", "ae", "be", "a"]);

function compareBytes(fn: MachineFunction, mode: Pick<Mode, "word">): void {
  const bytes = bytesAtStarts(fn);
  for (const block of fn.blocks) {
    if (!unsigned.has(block.branch?.condition ?? "")) continue;
    let known = bytes.get(block) ?? 0;
    const last = block.instructions.length - 1;
    for (const [index, each] of block.instructions.entries()) {
      const compared = index === last ? comparedByte(each, known, mode) : undefined;
      if (compared) block.instructions[index] = { ...compared, span: each.span };
      known = bytesAfter(each, known);
    }
  }
}

/** The comparison of registers with nothing above their low bytes. */
function comparedByte(
  { op, width, operands: [left, right] }: MachineInstruction,
  known: RegisterBits,
  mode: Pick<Mode, "word">,
): MachineInstruction | undefined {
  if ((op !== "cmp" && op !== "test") || width < 32 || left?.kind !== "register") return undefined;
  const isByte = (operand: Operand | undefined): boolean =>
    operand?.kind === "register"
      ? (known & registerBit(operand.register)) !== 0 && bytePrefix(operand.register, mode) === 0
      : operand?.kind === "immediate" && operand.value >= 0n && operand.value <= 255n;
  if (!isByte(left) || right === undefined || !isByte(right)) return undefined;
  if (right.kind !== "immediate") return compare(op, 8, left, right);
  return compare(op, 8, left, immediate(BigInt.asIntN(8, right.value)));
}

/** Bytes of prefix that the low byte of a register costs beyond the register itself; without end where it has none. */
export function bytePrefix(register: Register, { word }: Pick<Mode, "word">): number {
  if (register < 4 || register > 7) return 0;
  return word === 64 ? 1 : Number.POSITIVE_INFINITY;
}

/** Registers whose upper 24 bits are zero after the instruction, of those before it. */
function bytesAfter(each: MachineInstruction, before: RegisterBits): RegisterBits {
  const { op, width, operands } = each;
  const [to, from] = operands;
  const rest = before & ~definitionsOf(each);
  if (to?.kind !== "register" || width < 32) return rest;
  const own = registerBit(to.register);
  switch (op) {
    case "movzx8":
      return rest | own;
    case "mov": {
      if (from?.kind === "immediate") return from.value >= 0n && from.value <= 255n ? rest | own : rest;
      const isCopy = from?.kind === "register" && (before & registerBit(from.register)) !== 0;
      return isCopy ? rest | own : rest;
    }
    case "and": {
      const isMask = from?.kind === "immediate" && from.value >= 0n && from.value <= 255n;
      return isMask || (before & own) !== 0 ? rest | own : rest;
    }
    case "or":
    case "xor": {
      const isByte =
        from?.kind === "immediate"
          ? from.value >= 0n && from.value <= 255n
          : from?.kind === "register" && (before & registerBit(from.register)) !== 0;
      const isZero = op === "xor" && from?.kind === "register" && from.register === to.register;
      return isZero || (isByte && (before & own) !== 0) ? rest | own : rest;
    }
    case "shr":
      return (before & own) !== 0 ? rest | own : rest;
    default:
      return rest;
  }
}

/** At each block's start: what all predecessors agree on. */
function bytesAtStarts(fn: MachineFunction): ReadonlyMap<MachineBlock, RegisterBits> {
  const starts = new Map<MachineBlock, RegisterBits>(fn.blocks.map((block) => [block, -1]));
  const [entry] = fn.blocks;
  if (entry) starts.set(entry, 0);
  /** Blocks at whose start there are fewer than when they were last looked at. */
  const stale = new Set(fn.blocks);
  for (const block of stale) {
    stale.delete(block);
    let bits = starts.get(block) as RegisterBits;
    for (const each of block.instructions) bits = bytesAfter(each, bits);
    for (const next of successors(block)) {
      const agreed = (starts.get(next) as RegisterBits) & bits;
      if (agreed === starts.get(next)) continue;
      starts.set(next, agreed);
      stale.add(next);
    }
  }
  return starts;
}

/** Registers of which more than the low byte is looked at later, when control leaves each block. */
function wideAtEnds(
  fn: MachineFunction,
  flagsOf: ReadonlyMap<MachineBlock, readonly boolean[]>,
): ReadonlyMap<MachineBlock, RegisterBits> {
  const starts = new Map<MachineBlock, RegisterBits>();
  const ends = new Map<MachineBlock, RegisterBits>();
  for (let again = true; again; ) {
    again = false;
    for (let index = fn.blocks.length - 1; index >= 0; index--) {
      const block = fn.blocks[index] as MachineBlock;
      let end = 0;
      for (const next of successors(block)) end |= starts.get(next) ?? 0;
      if (end === ends.get(block)) continue;
      ends.set(block, end);
      let wide = end;
      const flags = flagsOf.get(block) ?? [];
      for (let at = block.instructions.length - 1; at >= 0; at--) {
        wide = wideBefore(block.instructions[at] as MachineInstruction, wide, flags[at] === true);
      }
      if (wide === starts.get(block)) continue;
      starts.set(block, wide);
      again = true;
    }
  }
  return ends;
}

/** Operations whose result's low byte comes from the low bytes of the operands; most set flags by the whole result, too. */
const lowFromLow: ReadonlySet<string> = new Set([
  "mov",
  "not",
  "add",
  "sub",
  "and",
  "or",
  "xor",
  "inc",
  "dec",
  "neg",
]);
const keepsFlags: ReadonlySet<string> = new Set(["mov", "not"]);

/** Of the registers of which more than the low byte is looked at after the instruction, those before it. */
function wideBefore(each: MachineInstruction, after: RegisterBits, flagsLive: boolean): RegisterBits {
  const { op, width, operands, uses, defines } = each;
  const [to, from] = operands;
  // What is written as a byte leaves the rest as it was.
  if (width === 8) {
    const implied = [...uses, ...defines].reduce((bits, register) => bits | registerBit(register), 0);
    return after | addressRegisters(operands) | implied;
  }
  const kept = after & ~definitionsOf(each);
  if (op === "movzx8" || op === "movsx8") return kept | addressRegisters(operands);
  const isByByte = lowFromLow.has(op) && to?.kind === "register" && from?.kind !== "memory";
  const isWanted = to?.kind === "register" && (after & registerBit(to.register)) !== 0;
  if (isByByte && !isWanted && (keepsFlags.has(op) || !flagsLive)) return kept;
  return kept | usesOf(each);
}

function addressRegisters(operands: readonly Operand[]): RegisterBits {
  let bits = 0;
  for (const operand of operands) {
    if (operand.kind !== "memory") continue;
    if (operand.base !== undefined) bits |= registerBit(operand.base);
    if (operand.index !== undefined) bits |= registerBit(operand.index);
  }
  return bits;
}

const withNumber: ReadonlySet<string> = new Set(["add", "sub", "and", "or", "xor"]);

/** The instruction on a byte, where it is shorter and `wanted` has not the register that it writes. */
function asByte(
  { op, width, operands: [to, from] }: MachineInstruction,
  wanted: RegisterBits,
  flagsLive: boolean,
  mode: Pick<Mode, "word">,
): MachineInstruction | undefined {
  if (width < 32 || to?.kind !== "register" || (wanted & registerBit(to.register)) !== 0) return undefined;
  const prefix = bytePrefix(to.register, mode);
  if (op === "movzx8" && from !== undefined) {
    const isFree = prefix === 0 || (mode.word === 64 && (addressRegisters([from]) & 0xff00) !== 0);
    return isFree ? define("mov", 8, to.register, from) : undefined;
  }
  if (!withNumber.has(op) || flagsLive || from?.kind !== "immediate" || prefix > 0) return undefined;
  const isShorter = to.register === rax || from.value !== BigInt.asIntN(8, from.value);
  return isShorter
    ? modify(op, 8, register(to.register), immediate(BigInt.asIntN(8, from.value)))
    : undefined;
}
