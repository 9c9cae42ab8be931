/**
 * Forms that are shorter where it is known which registers are read later, and which have nothing above their low byte:
 *
 * - `xchg eax, r` has one byte and `mov` two; it will do where the source is not read again;
 * - `and [m], 0`, `or [m], -1`, and `push` with `pop [m]` take the number in one byte, `mov` in four;
 * - `cmp al, n` has two bytes, `cmp eax, n` three, or five for numbers from 128 on;
 * - a load for a comparison only is an operand of the comparison.
 *
 * Last of the improvements: the others know `mov`.
 */

import {
  changedRegisters,
  definitionsOf,
  liveAfterEach,
  liveAtEnds,
  type RegisterBits,
  registerBit,
} from "../../machine/live-registers.ts";
import {
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  successors,
} from "../../machine/machine.ts";
import { compare, immediate, instruction, modify, rax, rbp, rsp, symbol } from "./instructions.ts";
import type { Mode } from "./mode.ts";

/** Changes the blocks' instructions. `flagsLiveAfter` says for each of a block whether flags are read after it. */
export function shrink(
  fn: MachineFunction,
  mode: Pick<Mode, "word">,
  flagsLiveAfter: (block: MachineBlock) => readonly boolean[],
): void {
  const changed = changedRegisters(fn);
  const live = liveAtEnds(fn);
  const bytes = byteRegistersAtStart(fn);
  for (const block of fn.blocks) {
    joinLoads(block, live.get(block) ?? 0);
    const after = liveAfterEach(block, live.get(block) ?? 0);
    const flags = flagsLiveAfter(block);
    let narrow = bytes.get(block) ?? 0;
    block.instructions = block.instructions.flatMap((each, index) => {
      const before = narrow;
      narrow = byteRegistersAfter(each, narrow);
      const shorter =
        exchanged(each, changed & ~(after[index] as RegisterBits)) ??
        comparedByte(each, before, block, index) ??
        constantInMemory(each, flags[index] === true, mode) ??
        sumInPlace(each, flags[index] === true);
      if (shorter === undefined) return [each];
      for (const made of shorter) made.span = each.span;
      return shorter;
    });
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

/** `lea eax, [rax + symbol]` is an addition, which has a form of its own for eax. */
function sumInPlace(
  { op, width, operands: [to, from] }: MachineInstruction,
  flagsLive: boolean,
): MachineInstruction[] | undefined {
  if (op !== "lea" || width !== 32 || to?.kind !== "register" || from?.kind !== "memory" || flagsLive)
    return undefined;
  if (to.register !== rax || from.base !== rax || from.index !== undefined || from.symbol === undefined)
    return undefined;
  return [modify("add", 32, to, symbol(from.symbol, from.displacement))];
}

/** The conditions that look at the operands as unsigned, or at whether they are equal. */
const unsigned: ReadonlySet<string> = new Set(["e", "ne", "b", "ae", "be", "a"]);

/** The comparison that ends `block`, of a register with nothing above its low byte. */
function comparedByte(
  { op, width, operands: [left, right] }: MachineInstruction,
  narrow: RegisterBits,
  block: MachineBlock,
  index: number,
): MachineInstruction[] | undefined {
  if (op !== "cmp" || width < 32 || left?.kind !== "register" || right?.kind !== "immediate")
    return undefined;
  if (index !== block.instructions.length - 1 || !unsigned.has(block.branch?.condition ?? ""))
    return undefined;
  const isByte = (narrow & registerBit(left.register)) !== 0 && right.value >= 0n && right.value <= 255n;
  // Others than al gain where the number would take four bytes; the second four have no byte without a prefix.
  const isShorter = left.register === rax || (right.value > 127n && left.register < 4);
  if (!isByte || !isShorter) return undefined;
  return [compare("cmp", 8, left, immediate(BigInt.asIntN(8, right.value)))];
}

/** Registers whose upper 24 bits are zero after the instruction, of those before it. */
function byteRegistersAfter(each: MachineInstruction, before: RegisterBits): RegisterBits {
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
function byteRegistersAtStart(fn: MachineFunction): ReadonlyMap<MachineBlock, RegisterBits> {
  const starts = new Map<MachineBlock, RegisterBits>(fn.blocks.map((block) => [block, -1]));
  const [entry] = fn.blocks;
  if (entry) starts.set(entry, 0);
  /** Blocks at whose start there are fewer than when they were last looked at. */
  const stale = new Set(fn.blocks);
  for (const block of stale) {
    stale.delete(block);
    let bits = starts.get(block) as RegisterBits;
    for (const each of block.instructions) bits = byteRegistersAfter(each, bits);
    for (const next of successors(block)) {
      const agreed = (starts.get(next) as RegisterBits) & bits;
      if (agreed === starts.get(next)) continue;
      starts.set(next, agreed);
      stale.add(next);
    }
  }
  return starts;
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
