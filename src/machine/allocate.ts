/**
 * Register allocation by graph colouring with iterated coalescing (George and Appel, "Iterated Register
 * Coalescing", TOPLAS 18(3), 1996).
 *
 * The one idea: selection wrote a move wherever the machine or SSA wants a value in some register;
 * colouring two ends of a move alike makes it vanish. Nodes are registers, physical ones coloured from the
 * start. Nodes used most are coloured first, so that they get the registers with the shortest encodings.
 *
 * Nothing is callee-saved: the caller knows exactly what each callee changes, and keeps what it needs elsewhere.
 */

import { assert } from "../base/errors.ts";
import { colour } from "./colour.ts";
import { firstVirtual, type MachineFunction, type MachineInstruction, type Register } from "./machine.ts";
import { forEachDefinition, forEachInstruction, mapRegisters } from "./registers.ts";
import { noSpills, spill } from "./spill.ts";

/** What the allocator has to know of a target. */
export interface RegisterFile {
  readonly allocatable: readonly Register[];
  /** Those of them that encode shorter than others at most places; empty where all are alike. */
  readonly cheapRegisters: readonly Register[];
  readonly wordBytes: 4 | 8;
  /**
   * What an instruction's registers, which `colourOf` gives, cost in bytes beyond the cheapest ones. Absent where all are
   * alike. Not asked about moves that vanish.
   */
  registerBytes?(instruction: MachineInstruction, colourOf: (register: Register) => Register): number;
  /** Registers that operand `index` must not be in. Absent: any will do. */
  excluded?(instruction: MachineInstruction, index: number): readonly Register[];
  /** Where the part of the program's storage ends that its functions share for spill slots, in bytes from its start; absent: there is none. */
  readonly spillLimit?: number;
  move(to: Register, from: Register): MachineInstruction;
  loadSpill(to: Register, offset: number, width: 32 | 64): MachineInstruction;
  storeSpill(from: Register, offset: number, width: 32 | 64): MachineInstruction;
  /** The instruction with its operand `index`, a register, replaced by the stack slot; undefined where the machine cannot. */
  useSpill(
    instruction: MachineInstruction,
    index: number,
    offset: number,
    width: 32 | 64,
  ): MachineInstruction | undefined;
}

/** Replaces every virtual register of `fn` by a physical one, through stack slots where there are too few. */
export function allocate(fn: MachineFunction, file: RegisterFile): void {
  const spills = noSpills();
  for (let round = 0; ; round++) {
    assert(round < 50, `register allocation of ${fn.name} does not end`);
    const colouring = colour(fn, file, spills.unspillable);
    if (colouring.spilled.length === 0) {
      rewrite(fn, colouring.colours);
      return;
    }
    renameRegisters(fn, colouring.shared);
    // A copy of a slot that was coalesced with something else has a value of its own.
    for (const root of colouring.shared.values()) spills.shared.delete(root);
    spill(fn, colouring.spilled, file, spills);
  }
}

/** Every physical register that callers of an allocated function find changed. */
export function clobbers(fn: MachineFunction): Register[] {
  const set = new Set<Register>();
  forEachInstruction(fn, (instruction) => forEachDefinition(instruction, (register) => set.add(register)));
  for (const register of fn.preserved ?? []) set.delete(register);
  return [...set].sort((a, b) => a - b);
}

function rewrite(fn: MachineFunction, colours: Int32Array): void {
  const map = (register: Register): Register =>
    register < firstVirtual ? register : (colours[register] as number);
  for (const block of fn.blocks) {
    const kept: MachineInstruction[] = [];
    for (const instruction of block.instructions) {
      mapRegisters(instruction, map);
      const [to, from] = instruction.operands;
      const idle =
        instruction.isMove &&
        to?.kind === "register" &&
        from?.kind === "register" &&
        to.register === from.register;
      if (!idle) kept.push(instruction);
    }
    block.instructions = kept;
    if (block.branch) mapRegisters(block.branch, map);
  }
  fn.parameters = fn.parameters.map(map);
  if (fn.result !== undefined) fn.result = map(fn.result);
  if (fn.resultHigh !== undefined) fn.resultHigh = map(fn.resultHigh);
}

function renameRegisters(fn: MachineFunction, names: ReadonlyMap<Register, Register>): void {
  const map = (register: Register): Register => names.get(register) ?? register;
  forEachInstruction(fn, (instruction) => mapRegisters(instruction, map));
  fn.parameters = fn.parameters.map(map);
  if (fn.result !== undefined) fn.result = map(fn.result);
  if (fn.resultHigh !== undefined) fn.resultHigh = map(fn.resultHigh);
}
