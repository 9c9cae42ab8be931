/**
 * Improvements that need to know the registers: shorter forms of the same effect.
 *
 * Each rule looks at one instruction, or two neighbours, and must know whether anybody still reads the flags. Flags never
 * live across blocks: a compare stands right before the branch that reads it.
 */

import type { Optimize } from "../../base/optimize.ts";
import type {
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  Operand,
  Register,
} from "../../machine/machine.ts";
import { forEachDefinition, forEachUse } from "../../machine/registers.ts";
import { define, immediate, instruction, memory, modify, register } from "./instructions.ts";
import type { Mode } from "./mode.ts";
import { shrink } from "./shrink.ts";
import { updateMemory } from "./update-memory.ts";

/** The target's `peephole`. */
export function peepholeFor(mode: Pick<Mode, "word">): (fn: MachineFunction, optimize: Optimize) => void {
  return (fn, optimize) => {
    updateMemory(fn);
    peephole(fn, mode, optimize);
  };
}

function peephole(fn: MachineFunction, mode: Pick<Mode, "word">, optimize: Optimize): void {
  returnBehindCalls(fn);
  for (const block of fn.blocks) {
    dropTests(block);
    block.instructions = shorten(block, mode, optimize);
    callAtEnd(block, fn.frameBytes);
  }
  shrink(fn, mode, optimize, flagsLiveAfter);
}

const readsFlags = new Set(["setcc", "cmovcc", "jcc", "adc", "sbb", "repe-cmpsb"]);
const keepsFlags = new Set([
  "mov",
  "movzx8",
  "movzx16",
  "movsx8",
  "movsx16",
  "movsxd",
  "lea",
  "push",
  "pop",
  "not",
  "xchg",
  "bswap",
  "setcc",
  "cmovcc",
  "cdq",
  "cqo",
  "rep-movsb",
  "rep-stosb",
]);

/** For each instruction, whether flags are read after it before they are set anew. */
function flagsLiveAfter(block: MachineBlock): boolean[] {
  const live: boolean[] = [];
  let now = block.branch !== undefined;
  for (let i = block.instructions.length - 1; i >= 0; i--) {
    const { op } = block.instructions[i] as MachineInstruction;
    live[i] = now;
    if (!keepsFlags.has(op)) now = false;
    if (readsFlags.has(op)) now = true;
  }
  return live;
}

/** Instructions after which the zero and sign flags describe the first operand. */
const setsResultFlags = new Set(["add", "sub", "and", "or", "xor", "inc", "dec", "neg"]);
const shifts = new Set(["shl", "shr", "sar"]);
/** After these, carry and overflow are clear too, as after `test`. */
const setsAllFlags = new Set(["and", "or", "xor"]);

/** `test r, r` says nothing new after an instruction that computed r. */
function dropTests(block: MachineBlock): void {
  const at = block.instructions.length - 1;
  const test = block.instructions[at];
  const condition = block.branch?.condition;
  if (!test || !condition || test.op !== "test" || !isSameRegister(test.operands[0], test.operands[1]))
    return;
  const tested = test.operands[0];
  for (let i = at - 1; i >= 0; i--) {
    const before = block.instructions[i] as MachineInstruction;
    const [result] = before.operands;
    if (describesResult(before) && isSameRegister(result, tested) && before.width === test.width) {
      const fits = setsAllFlags.has(before.op) || ["e", "ne", "s", "ns"].includes(condition);
      if (fits) block.instructions.splice(at, 1);
      return;
    }
    if (!keepsFlags.has(before.op) || writes(before, tested)) return;
  }
}

/** A shift by a register leaves the flags alone when that holds 0. */
function describesResult({ op, operands: [, amount] }: MachineInstruction): boolean {
  return setsResultFlags.has(op) || (shifts.has(op) && amount?.kind === "immediate" && amount.value !== 0n);
}

function isSameRegister(a: Operand | undefined, b: Operand | undefined): boolean {
  return a?.kind === "register" && b?.kind === "register" && a.register === b.register;
}

function writes(candidate: MachineInstruction, operand: Operand | undefined): boolean {
  let found = false;
  forEachDefinition(candidate, (defined) => {
    if (operand?.kind === "register" && defined === operand.register) found = true;
  });
  return found;
}

function shorten(block: MachineBlock, mode: Pick<Mode, "word">, optimize: Optimize): MachineInstruction[] {
  const live = flagsLiveAfter(block);
  const shortened: MachineInstruction[] = [];
  for (let i = 0; i < block.instructions.length; i++) {
    const current = block.instructions[i] as MachineInstruction;
    const next = block.instructions[i + 1];
    const sum = next && !live[i + 1] ? sumOf(current, next) : undefined;
    if (sum) {
      sum.span = current.span;
      shortened.push(sum);
      i++;
      continue;
    }
    const forms = live[i] === true ? undefined : shortAddition(current);
    for (const made of forms ?? constantForms(current, live[i] === true, mode, optimize)) {
      made.span = current.span;
      shortened.push(made);
    }
  }
  return shortened;
}

/** A copy and an addition to it: `lea`. */
function sumOf(copy: MachineInstruction, addition: MachineInstruction): MachineInstruction | undefined {
  const [to, from] = copy.operands;
  const [target, amount] = addition.operands;
  if (copy.op !== "mov" || !copy.isMove || copy.width !== addition.width || copy.width < 32) return undefined;
  if (to?.kind !== "register" || from?.kind !== "register" || !isSameRegister(to, target)) return undefined;
  const parts = addends(addition.op, to.register, from.register, amount);
  return parts ? define("lea", addition.width, to.register, memory(parts)) : undefined;
}

function addends(
  op: string,
  to: Register,
  from: Register,
  amount: Operand | undefined,
): { base: Register; index?: Register; displacement?: number } | undefined {
  if (op === "inc") return { base: from, displacement: 1 };
  if (op === "dec") return { base: from, displacement: -1 };
  if (op !== "add") return undefined;
  if (amount?.kind === "immediate") return { base: from, displacement: Number(amount.value) };
  if (amount?.kind === "register" && amount.register !== to) return { base: from, index: amount.register };
  return undefined;
}

/** One signed byte holds -128, and does not hold 128. */
function shortAddition({
  op,
  width,
  operands: [to, amount],
}: MachineInstruction): MachineInstruction[] | undefined {
  if ((op !== "add" && op !== "sub") || width < 16 || to === undefined) return undefined;
  if (amount?.kind !== "immediate" || amount.value !== 128n) return undefined;
  return [modify(op === "add" ? "sub" : "add", width, to, immediate(-128))];
}

/** Shorter ways to put a small constant into a register. */
function constantForms(
  current: MachineInstruction,
  flagsLive: boolean,
  mode: Pick<Mode, "word">,
  optimize: Optimize,
): MachineInstruction[] {
  const [to, from] = current.operands;
  if (current.op !== "mov" || to?.kind !== "register" || from?.kind !== "immediate" || current.width < 32)
    return [current];
  const isWord = current.width === mode.word;
  const value = isWord ? BigInt.asIntN(mode.word, from.value) : from.value;
  if (value === 0n && !flagsLive) return [modify("xor", 32, register(to.register), register(to.register))];
  // What follows is shorter, but waits for the register's old value or for memory.
  if (optimize === "speed") return [current];
  const allOnes = isWord ? -1n : 0xffff_ffffn;
  // In 64 bits `or` has a prefix.
  const isPushed = current.width === 64 && to.register < 8;
  if (value === allOnes && !flagsLive && !isPushed)
    return [modify("or", current.width, register(to.register), immediate(-1))];
  const isSmall = value >= (isWord ? -128n : 0n) && value <= 127n;
  if (!isSmall) return [current];
  return [
    instruction("push", mode.word, [immediate(value)], "u"),
    instruction("pop", mode.word, [register(to.register)], "d"),
  ];
}

function usedRegisters(instruction: MachineInstruction): Register[] {
  const used: Register[] = [];
  forEachUse(instruction, (each) => used.push(each));
  return used;
}

/** Where a call goes on to a block that does nothing but return, it returns by itself. */
function returnBehindCalls({ blocks }: MachineFunction): void {
  for (const block of blocks) {
    const [first, ...others] = block.next?.instructions ?? [];
    if (block.branch || first?.op !== "ret" || others.length > 0) continue;
    if (block.instructions.at(-1)?.op !== "call") continue;
    block.instructions.push({ ...first, operands: [...first.operands] });
    block.next = undefined;
  }
}

/** A call right before the return, or one that does not come back, is a jump. */
function callAtEnd(block: MachineBlock, frameBytes: number): void {
  const last = block.instructions.at(-1);
  if (last?.op === "ret" && frameBytes === 0) {
    const call = block.instructions.at(-2);
    if (call?.op !== "call") return;
    // What the call leaves alone may be what is returned.
    const returned = usedRegisters(last).filter((each) => !call.defines.includes(each));
    block.instructions.splice(-2, 2, { ...call, op: "jmp", uses: [...call.uses, ...returned] });
  } else if (last?.op === "call" && !block.next && !block.branch) {
    block.instructions.splice(-1, 1, { ...last, op: "jmp" });
  }
}
