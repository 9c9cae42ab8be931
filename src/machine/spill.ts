/**
 * Spilling: a register for which there was no room lives in a stack slot. Instructions that can take an operand
 * from memory use the slot; otherwise the neighbouring uses within a block share a register, loaded before the first and
 * stored after each change. Where even that finds no room, it is spilled in its turn, and each use gets a short-lived
 * register of its own.
 */

import type { RegisterFile } from "./allocate.ts";
import type { MachineBlock, MachineFunction, MachineInstruction, Register } from "./machine.ts";
import { forEachDefinition, forEachInstruction, forEachUse } from "./registers.ts";

interface Slot {
  /** From the stack pointer, in bytes; below zero in the program's storage, whose first byte is -1. */
  readonly offset: number;
  /** Of every access: the widest that the function makes of the register. */
  readonly width: 32 | 64;
}

/** What one allocation knows of its spills, over all its rounds. */
export interface Spills {
  /** Registers that live for one instruction. */
  readonly unspillable: Set<Register>;
  /** Those that several uses share, with the slots that they are copies of. */
  readonly shared: Map<Register, Slot>;
  /** The loads and stores between them and the slots. */
  readonly copies: Map<MachineInstruction, Register>;
}

export function noSpills(): Spills {
  return { unspillable: new Set(), shared: new Map(), copies: new Map() };
}

/** In the storage for it while there is room, else in the frame. */
function newSlot(fn: MachineFunction, width: 32 | 64, file: RegisterFile): Slot {
  const bytes = Math.min(width / 8, file.wordBytes);
  const end = Math.ceil((fn.spillEnd ?? 0) / bytes) * bytes + bytes;
  if (end <= (file.spillLimit ?? 0)) {
    fn.spillEnd = end;
    return { offset: bytes - end - 1, width };
  }
  fn.frameBytes += file.wordBytes;
  return { offset: fn.frameBytes - file.wordBytes, width };
}

/** Rewrites `fn` so that the `spilled` registers live in the frame. */
export function spill(
  fn: MachineFunction,
  spilled: readonly Register[],
  file: RegisterFile,
  spills: Spills,
): void {
  const wide = wideRegisters(fn);
  const slots = new Map<Register, Slot>();
  for (const register of spilled) {
    slots.set(register, spills.shared.get(register) ?? newSlot(fn, wide.has(register) ? 64 : 32, file));
  }
  const fresh = (): Register => {
    const register = fn.registers++;
    spills.unspillable.add(register);
    return register;
  };

  const arrivals: MachineInstruction[] = [];
  fn.parameters = fn.parameters.map((parameter) => {
    const slot = slots.get(parameter);
    if (slot === undefined) return parameter;
    const arrived = fresh();
    arrivals.push(file.storeSpill(arrived, slot.offset, slot.width));
    return arrived;
  });

  /** Every return reads a result from one register. */
  const results = new Map<Register, Register>();
  const returned = (register: Register | undefined): Register | undefined => {
    if (register === undefined || !slots.has(register)) return register;
    const temporary = fresh();
    results.set(register, temporary);
    return temporary;
  };
  fn.result = returned(fn.result);
  fn.resultHigh = returned(fn.resultHigh);

  for (const block of fn.blocks) {
    const rewritten: MachineInstruction[] = block === fn.blocks[0] ? arrivals : [];
    const groups = groupsOf(block);
    for (const instruction of block.instructions) {
      const copied = spills.copies.get(instruction);
      if (isIdle(instruction) || (copied !== undefined && slots.has(copied) && spills.shared.has(copied)))
        continue;
      rewritten.push(...through(instruction, groups));
    }
    if (block.branch) {
      const around = through(block.branch, groups);
      block.branch = around.pop();
      rewritten.push(...around);
    }
    block.instructions = rewritten;
  }

  /** Loads, the instruction itself, stores. A branch only reads registers, so nothing follows it. */
  function through(given: MachineInstruction, groups: Groups): MachineInstruction[] {
    const instruction = withSlot(given, groups);
    const renamed = new Map<Register, Register>();
    const loads: MachineInstruction[] = [];
    const stores: MachineInstruction[] = [];
    const copy = (made: MachineInstruction, group: Group | undefined): MachineInstruction => {
      if (group?.temporary !== undefined) spills.copies.set(made, group.temporary);
      return made;
    };
    const rename = (register: Register, role: string): Register => {
      const slot = slots.get(register);
      if (slot === undefined) return register;
      const group = groups.get(given)?.get(register);
      let temporary = renamed.get(register);
      if (temporary === undefined) {
        temporary =
          group?.temporary ?? (instruction.op === "ret" ? results.get(register) : undefined) ?? fresh();
        if (group !== undefined && group.temporary === undefined) {
          temporary = fn.registers++;
          group.temporary = temporary;
          spills.shared.set(temporary, slot);
        }
        renamed.set(register, temporary);
        if (isRead(instruction, register) && !(group?.isLoaded ?? false))
          loads.push(copy(file.loadSpill(temporary, slot.offset, slot.width), group));
        if (group !== undefined) group.isLoaded = true;
      }
      if (role !== "u") stores.push(copy(file.storeSpill(temporary, slot.offset, slot.width), group));
      return temporary;
    };
    for (const [index, operand] of instruction.operands.entries()) {
      if (operand.kind === "register") {
        operand.register = rename(operand.register, instruction.roles[index] ?? "u");
      } else if (operand.kind === "memory") {
        if (operand.base !== undefined) operand.base = rename(operand.base, "u");
        if (operand.index !== undefined) operand.index = rename(operand.index, "u");
      }
    }
    return [...loads, instruction, ...stores];
  }

  /** The instruction on the slot itself, when one spilled register occurs in it once. */
  function withSlot(instruction: MachineInstruction, groups: Groups): MachineInstruction {
    for (const [index, operand] of instruction.operands.entries()) {
      if (operand.kind !== "register" || groups.get(instruction)?.has(operand.register)) continue;
      const slot = slots.get(operand.register);
      if (!slot || occurrences(instruction, operand.register) > 1) continue;
      const direct = file.useSpill(instruction, index, slot.offset, slot.width);
      if (direct) return direct;
    }
    return instruction;
  }

  /** Neighbouring uses of one spilled register that had better share a register of their own. */
  function groupsOf(block: MachineBlock): Groups {
    const groups: Groups = new Map();
    const open = new Map<
      Register,
      { readonly users: MachineInstruction[]; alone: number; together: number }
    >();
    const close = (register: Register): void => {
      const found = open.get(register);
      open.delete(register);
      if (found === undefined || found.users.length < 2 || found.together >= found.alone) return;
      const group: Group = { temporary: undefined, isLoaded: false };
      for (const user of found.users) {
        const own = groups.get(user) ?? new Map<Register, Group>();
        groups.set(user, own.set(register, group));
      }
    };
    for (const instruction of block.branch ? [...block.instructions, block.branch] : block.instructions) {
      if (isIdle(instruction) || instruction.op === "ret") continue;
      for (const register of spilledIn(instruction)) {
        const found = open.get(register) ?? { users: [], alone: 0, together: 0 };
        const cost = costOf(instruction, register);
        if (found.users.length === 0 && isRead(instruction, register)) found.together += accessBytes;
        found.together += cost.writes;
        found.alone += cost.alone;
        found.users.push(instruction);
        open.set(register, found);
      }
      if (instruction.defines.length > file.allocatable.length / 2)
        for (const register of [...open.keys()]) close(register);
    }
    for (const register of [...open.keys()]) close(register);
    return groups;
  }

  function spilledIn(instruction: MachineInstruction): Set<Register> {
    const found = new Set<Register>();
    const note = (register: Register): void => {
      if (slots.has(register) && !spills.shared.has(register)) found.add(register);
    };
    forEachUse(instruction, note);
    forEachDefinition(instruction, note);
    return found;
  }

  /** Bytes of the accesses to the slot: with the instruction by itself, and of the stores when it shares a register. */
  function costOf(instruction: MachineInstruction, register: Register): { alone: number; writes: number } {
    const slot = slots.get(register) as Slot;
    const writes = isWritten(instruction, register) ? accessBytes : 0;
    const reads = isRead(instruction, register) ? accessBytes : 0;
    const index = instruction.operands.findIndex(
      (operand) => operand.kind === "register" && operand.register === register,
    );
    const isDirect =
      index >= 0 &&
      occurrences(instruction, register) === 1 &&
      file.useSpill(instruction, index, slot.offset, slot.width) !== undefined;
    return { alone: isDirect ? accessBytes / 2 : reads + writes, writes };
  }
}

/** What a load or store of a slot costs, about. As an operand of another instruction it is half of that. */
const accessBytes = 4;

/** Several uses of a slot in one block. */
interface Group {
  temporary: Register | undefined;
  isLoaded: boolean;
}

type Groups = Map<MachineInstruction, Map<Register, Group>>;

/** A move of a register to itself, left over where several share a slot. */
function isIdle({ isMove, operands: [to, from] }: MachineInstruction): boolean {
  return isMove && to?.kind === "register" && from?.kind === "register" && to.register === from.register;
}

function occurrences(instruction: MachineInstruction, register: Register): number {
  let count = 0;
  for (const operand of instruction.operands) {
    if (operand.kind === "register" && operand.register === register) count++;
    if (operand.kind === "memory")
      count += Number(operand.base === register) + Number(operand.index === register);
  }
  return count;
}

function isRead(instruction: MachineInstruction, register: Register): boolean {
  let read = false;
  forEachUse(instruction, (used) => {
    if (used === register) read = true;
  });
  return read;
}

function isWritten(instruction: MachineInstruction, register: Register): boolean {
  let written = false;
  forEachDefinition(instruction, (defined) => {
    if (defined === register) written = true;
  });
  return written;
}

/**
 * Registers that some instruction names at 64 bits. As a base or index a register of 32 bits is zero-extended, and so it is when
 * 32 bits are loaded; but of one that is nothing else nobody knows the width.
 */
function wideRegisters(fn: MachineFunction): Set<Register> {
  const wide = new Set<Register>();
  const narrow = new Set<Register>();
  const inAddresses = new Set<Register>();
  forEachInstruction(fn, ({ width, operands }) => {
    for (const operand of operands) {
      if (operand.kind === "register") (width === 64 ? wide : narrow).add(operand.register);
      if (operand.kind === "memory") {
        if (operand.base !== undefined) inAddresses.add(operand.base);
        if (operand.index !== undefined) inAddresses.add(operand.index);
      }
    }
  });
  for (const register of inAddresses) if (!narrow.has(register)) wide.add(register);
  return wide;
}
