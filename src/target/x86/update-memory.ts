/**
 * Updates in place: a load, an operation on what was loaded and a store to the same place are one instruction, where nobody
 * else reads the register. Selection does so with the program's own variables; what is left are mostly spill slots.
 */

import {
  liveAfterEach,
  liveAtEnds,
  type RegisterBits,
  registerBit,
  usesOf,
} from "../../machine/live-registers.ts";
import type {
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  MemoryOperand,
  Operand,
} from "../../machine/machine.ts";

const operations: ReadonlySet<string> = new Set([
  "add",
  "sub",
  "and",
  "or",
  "xor",
  "inc",
  "dec",
  "neg",
  "not",
  "shl",
  "shr",
  "sar",
  "rol",
]);

/** Changes the blocks' instructions. */
export function updateMemory(fn: MachineFunction): void {
  const live = liveAtEnds(fn);
  for (const block of fn.blocks) joinIn(block, live.get(block) ?? 0);
}

function joinIn(block: MachineBlock, end: RegisterBits): void {
  const after = liveAfterEach(block, end);
  const { instructions } = block;
  const kept: MachineInstruction[] = [];
  for (let at = 0; at < instructions.length; at++) {
    const [load, operation, store] = instructions.slice(at, at + 3);
    const updated = load && operation && store && updateOf(load, operation, store, after[at + 2] ?? 0);
    kept.push(updated ?? (load as MachineInstruction));
    if (updated) at += 2;
  }
  block.instructions = kept;
}

/** `liveAfter`: the registers that are read behind the store. */
function updateOf(
  load: MachineInstruction,
  operation: MachineInstruction,
  store: MachineInstruction,
  liveAfter: RegisterBits,
): MachineInstruction | undefined {
  const { width } = operation;
  const [register, place] = load.operands;
  if (load.op !== "mov" || store.op !== "mov" || load.width !== width || store.width !== width)
    return undefined;
  if (register?.kind !== "register" || place?.kind !== "memory" || !operations.has(operation.op))
    return undefined;
  if (!isRegister(operation.operands[0], register.register) || operation.roles[0] !== "m") return undefined;
  const [to, stored] = store.operands;
  if (!isSamePlace(to, place) || !isRegister(stored, register.register)) return undefined;
  const bit = registerBit(register.register);
  const source = operation.operands[1];
  const isPlain = source === undefined || source.kind === "register" || source.kind === "immediate";
  if (!isPlain || isRegister(source, register.register)) return undefined;
  if ((liveAfter & bit) !== 0 || (usesOf({ ...store, operands: [place] }) & bit) !== 0) return undefined;
  return { ...operation, operands: [place, ...operation.operands.slice(1)], span: load.span };
}

function isRegister(operand: Operand | undefined, register: number): boolean {
  return operand?.kind === "register" && operand.register === register;
}

function isSamePlace(operand: Operand | undefined, place: MemoryOperand): boolean {
  return (
    operand?.kind === "memory" &&
    operand.base === place.base &&
    operand.index === place.index &&
    operand.scale === place.scale &&
    operand.displacement === place.displacement &&
    operand.symbol === place.symbol
  );
}
