/**
 * Forms that are shorter where it is known which registers are read later:
 *
 * - `xchg eax, r` has one byte and `mov` two; it will do where the source is not read again;
 * - `and [m], 0`, `or [m], -1`, and `push` with `pop [m]` take the number in one byte, `mov` in four;
 * - zeros of four bytes that lie beside each other are one of eight;
 * - bytes are shorter to load and to compare;
 * - so is a test of bits in memory that lie in one byte;
 * - a load for a comparison only is an operand of the comparison.
 *
 * The first two cost time, and are left out for speed. Last of the improvements: the others know `mov`.
 */

import type { Optimize } from "../../base/optimize.ts";
import {
  changedRegisters,
  liveAfterEach,
  liveAtEnds,
  type RegisterBits,
  registerBit,
} from "../../machine/live-registers.ts";
import type {
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  MemoryOperand,
} from "../../machine/machine.ts";
import { unsigned, useBytes } from "./bytes.ts";
import { compare, immediate, instruction, modify, modifyOne, rax, rbp, rsp, symbol } from "./instructions.ts";
import type { Mode } from "./mode.ts";

/** Changes the blocks' instructions. `flagsLiveAfter` says for each of a block whether flags are read after it. */
export function shrink(
  fn: MachineFunction,
  mode: Pick<Mode, "word">,
  optimize: Optimize,
  flagsLiveAfter: (block: MachineBlock) => readonly boolean[],
): void {
  const changed = changedRegisters(fn);
  const live = liveAtEnds(fn);
  for (const block of fn.blocks) joinLoads(block, live.get(block) ?? 0);
  useBytes(fn, mode, flagsLiveAfter);
  for (const block of fn.blocks) {
    const after = liveAfterEach(block, live.get(block) ?? 0);
    const flags = flagsLiveAfter(block);
    block.instructions = block.instructions.flatMap((each, index) => {
      const slower = (): MachineInstruction[] | undefined =>
        exchanged(each, changed & ~(after[index] as RegisterBits)) ??
        testedByte(each, block, index) ??
        constantInMemory(each, flags[index] === true, mode);
      const shorter = (optimize === "size" ? slower() : undefined) ?? sumInPlace(each, flags[index] === true);
      if (shorter === undefined) return [each];
      for (const made of shorter) made.span = each.span;
      return shorter;
    });
    if (mode.word === 64) joinZeros(block);
  }
}

/** `free`: registers that nobody reads later, and that callers know to change. */
function exchanged(move: MachineInstruction, free: RegisterBits): MachineInstruction[] | undefined {
  const [to, from] = move.operands;
  if (!move.isMove || to?.kind !== "register" || from?.kind !== "register" || move.width < 32)
    return undefined;
  if ((to.register !== rax && from.register !== rax) || to.register === from.register) return undefined;
  // The storage base is read by callees, too, and the stack pointer by everybody.
  if (from.register === rbp || to.register === rbp || from.register === rsp || to.register === rsp)
    return undefined;
  if ((free & registerBit(from.register)) === 0) return undefined;
  return [instruction("xchg", move.width, [to, from], "mm")];
}

function constantInMemory(
  { op, width, operands: [to, from] }: MachineInstruction,
  flagsLive: boolean,
  { word }: Pick<Mode, "word">,
): MachineInstruction[] | undefined {
  if (op !== "mov" || to?.kind !== "memory" || from?.kind !== "immediate" || width < 16) return undefined;
  const value = BigInt.asIntN(width, from.value);
  if (value === 0n && !flagsLive) return [modify("and", width, to, immediate(0))];
  if (value === -1n && !flagsLive) return [modify("or", width, to, immediate(-1))];
  // `pop` computes an address on the stack when it has moved the pointer.
  if (width !== word || value < -128n || value > 127n || to.base === rsp) return undefined;
  return [instruction("push", word, [immediate(value)], "u"), instruction("pop", word, [to], "d")];
}

/** Two zeros of four bytes that lie beside each other are one of eight. */
function joinZeros({ instructions }: MachineBlock): void {
  for (let index = instructions.length - 1; index > 0; index--) {
    const before = instructions[index - 1] as MachineInstruction;
    const one = zeroedWord(before);
    const other = zeroedWord(instructions[index] as MachineInstruction);
    if (!one || !other || one.base !== other.base || one.index !== other.index) continue;
    if (one.symbol !== other.symbol || one.scale !== other.scale) continue;
    if (Math.abs(one.displacement - other.displacement) !== 4) continue;
    const lower = one.displacement < other.displacement ? one : other;
    instructions.splice(index - 1, 2, { ...modify("and", 64, lower, immediate(0)), span: before.span });
  }
}

/** Where the instruction puts a zero of four bytes, as `constantInMemory` writes it. */
function zeroedWord({ op, width, operands: [to, from] }: MachineInstruction): MemoryOperand | undefined {
  const isZero = op === "and" && width === 32 && from?.kind === "immediate" && from.value === 0n;
  return isZero && to?.kind === "memory" ? to : undefined;
}

/** A test of bits in memory that lie in one byte, right before the branch. */
function testedByte(
  { op, width, operands: [place, mask] }: MachineInstruction,
  { instructions, branch }: MachineBlock,
  index: number,
): MachineInstruction[] | undefined {
  if (op !== "test" || width < 16 || place?.kind !== "memory" || mask?.kind !== "immediate") return undefined;
  const isEquality = branch?.condition === "e" || branch?.condition === "ne";
  if (index !== instructions.length - 1 || !isEquality) return undefined;
  const bits = BigInt.asUintN(width, mask.value);
  for (let byte = 0; byte < width / 8; byte++) {
    const rest = bits >> BigInt(8 * byte);
    if (rest << BigInt(8 * byte) !== bits || rest > 255n) continue;
    const part = { ...place, displacement: place.displacement + byte };
    return [compare("test", 8, part, immediate(BigInt.asIntN(8, rest)))];
  }
  return undefined;
}

/** A register as a sum of itself: one more and one less are short, and so is an address more in eax. */
function sumInPlace(
  { op, width, operands: [to, from] }: MachineInstruction,
  flagsLive: boolean,
): MachineInstruction[] | undefined {
  if (op !== "lea" || width !== 32 || to?.kind !== "register" || from?.kind !== "memory" || flagsLive)
    return undefined;
  const { base, index, displacement } = from;
  if (base !== to.register || index !== undefined) return undefined;
  if (from.symbol !== undefined)
    return to.register === rax ? [modify("add", 32, to, symbol(from.symbol, displacement))] : undefined;
  if (displacement === 1) return [modifyOne("inc", 32, to)];
  return displacement === -1 ? [modifyOne("dec", 32, to)] : undefined;
}

/** A load right before the comparison that ends the block, when nobody else reads it. */
function joinLoads(block: MachineBlock, end: RegisterBits): void {
  const at = block.instructions.length - 1;
  const [load, test] = [block.instructions[at - 1], block.instructions[at]];
  const condition = block.branch?.condition;
  if (!load || !test || !condition) return;
  const [to, place] = load.operands;
  if (to?.kind !== "register" || place?.kind !== "memory" || (end & registerBit(to.register)) !== 0) return;
  const [left, right] = test.operands;
  if (left?.kind !== "register" || left.register !== to.register) return;
  const isTest = test.op === "test" && right?.kind === "register" && right.register === left.register;
  const isCompare = test.op === "cmp" && right?.kind === "immediate";
  if (!isTest && !isCompare) return;
  const number = isTest ? 0n : right?.kind === "immediate" ? right.value : 0n;
  const width = widthOfLoad(load, test, number, condition);
  if (width === undefined) return;
  const joined = compare("cmp", width, place, immediate(BigInt.asIntN(width, number)));
  joined.span = test.span;
  block.instructions.splice(at - 1, 2, joined);
}

function widthOfLoad(
  load: MachineInstruction,
  test: MachineInstruction,
  number: bigint,
  condition: string,
): 8 | 32 | 64 | undefined {
  if (load.op === "mov" && load.width === test.width && load.width >= 32) return load.width === 64 ? 64 : 32;
  const isByte = load.op === "movzx8" && number >= 0n && number <= 255n && unsigned.has(condition);
  return isByte ? 8 : undefined;
}
