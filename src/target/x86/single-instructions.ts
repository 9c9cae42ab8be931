/**
 * What shared code asks of a target one instruction at a time: frames, spills, moves and jumps.
 */

import type { BranchSizes } from "../../machine/arrange.ts";
import type { MachineInstruction, MemoryOperand } from "../../machine/machine.ts";
import { noEffect, plainStackEffect, type StackRules } from "../return-address.ts";
import type { Target } from "../target.ts";
import { storageBias } from "./address.ts";
import {
  immediate,
  jump,
  jumpIf,
  memory,
  modify,
  move,
  opposite,
  rbp,
  register,
  rsp,
  set,
  store,
  symbol,
} from "./instructions.ts";
import type { Mode } from "./mode.ts";

type SingleInstructions = Pick<
  Target,
  | "enterFrame"
  | "leaveFrame"
  | "loadStorageBase"
  | "readStackPointer"
  | "move"
  | "loadSpill"
  | "storeSpill"
  | "useSpill"
  | "jump"
  | "branchSizes"
  | "invert"
>;

const branchSizes: BranchSizes = { near: 2, far: 6, reach: 127 };

export function singleInstructions({ word }: Pick<Mode, "word">): SingleInstructions {
  const narrowed = (width: 32 | 64): 32 | 64 => (word === 32 ? 32 : width);
  return {
    enterFrame: (bytes) => [modify("sub", word, register(rsp), immediate(bytes))],
    leaveFrame: (bytes) => [modify("add", word, register(rsp), immediate(bytes))],
    loadStorageBase: (name) => [set(32, rbp, symbol(name, storageBias))],
    readStackPointer: (to) => move(word, to, rsp),
    move: (to, from) => move(word, to, from),
    loadSpill: (to, offset, width) => set(narrowed(width), to, slot(offset)),
    storeSpill: (from, offset, width) => store(narrowed(width), slot(offset), register(from)),
    useSpill: (given, index, offset, width) => useSpill(given, index, offset, narrowed(width)),
    jump,
    branchSizes: {
      branch: () => branchSizes,
      jump: { near: 2, far: 5, reach: 127 },
    },
    invert: (branch, to) => jumpIf(opposite[branch.condition ?? ""] ?? "", to),
  };
}

/** In the frame, or, for offsets below zero, in the storage: -1 is its first byte. */
function slot(offset: number): MemoryOperand {
  if (offset >= 0) return memory({ base: rsp, displacement: offset, slot: offset });
  return memory({ base: rbp, displacement: -1 - offset - storageBias, slot: offset });
}

const takeMemoryFirst = new Set([
  "add",
  "adc",
  "sub",
  "sbb",
  "and",
  "or",
  "xor",
  "cmp",
  "test",
  "inc",
  "dec",
  "neg",
  "not",
  "mov",
  "mul",
  "div",
  "idiv",
  "int-0x80-six",
]);
const takeMemorySecond = new Set(["add", "adc", "sub", "sbb", "and", "or", "xor", "cmp", "mov", "imul"]);

/** Most instructions take one operand from memory, and as the first one write it there. */
function useSpill(
  given: MachineInstruction,
  index: number,
  offset: number,
  width: 32 | 64,
): MachineInstruction | undefined {
  const able = index === 0 ? takeMemoryFirst : takeMemorySecond;
  if (!able.has(given.op) || given.width !== width || index > 1) return undefined;
  if (given.operands.some((operand) => operand.kind === "memory")) return undefined;
  if (given.op === "imul" && given.operands.length !== 2) return undefined;
  // A wide constant fits a register only.
  const [, source] = given.operands;
  if (given.op === "mov" && width === 64 && source?.kind !== "register") return undefined;
  const operands = given.operands.map((operand, at) => (at === index ? slot(offset) : operand));
  return { ...given, operands, isMove: false };
}

/** A call puts the address on the stack, and a return takes it from there. */
export function stackRules(wordBytes: number): StackRules {
  return {
    arrival: () => ({ kind: "stack", at: 0 }),
    stackEffect: (instruction) => {
      if (instruction.op === "push") return { ...noEffect, pushed: wordBytes };
      if (instruction.op === "pop") return { ...noEffect, pushed: -wordBytes };
      return { ...noEffect, pushed: plainStackEffect(instruction, rsp).pushed };
    },
  };
}
