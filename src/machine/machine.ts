/**
 * Machine code before and after register allocation: blocks of instructions whose operands are explicit, so
 * that one allocator, one printer and one assembler serve every target.
 *
 * A register is a number: below 64 a physical register in the target's own numbering, from 64 a virtual
 * one. Selection writes virtual registers, with moves to and from physical ones where the machine insists
 * (shifts, division, system calls); allocation replaces them and drops moves that became idle.
 */

import type { Span } from "../lang/source.ts";

export type Register = number;
export const firstVirtual = 64;

export interface RegisterOperand {
  readonly kind: "register";
  register: Register;
}

/** Constant bits; at most 64, as the instruction's width says. */
export interface ImmediateOperand {
  readonly kind: "immediate";
  readonly value: bigint;
}

/** The address of a symbol plus `offset`, known to the linker. */
export interface SymbolOperand {
  readonly kind: "symbol";
  readonly symbol: string;
  readonly offset: number;
}

/** `symbol + displacement + base + index * scale`; what a target cannot say, its `select` does not write. */
export interface MemoryOperand {
  readonly kind: "memory";
  base: Register | undefined;
  index: Register | undefined;
  readonly scale: 1 | 2 | 4 | 8;
  readonly displacement: number;
  readonly symbol: string | undefined;
  /** base is a full machine word (a spill slot relative to the stack pointer, a far address). */
  readonly far: boolean;
}

export interface BlockOperand {
  readonly kind: "block";
  block: MachineBlock;
}

export type Operand = RegisterOperand | ImmediateOperand | SymbolOperand | MemoryOperand | BlockOperand;

/**
 * What an instruction does with each operand: `d`efines, `u`ses, `m`odifies (both). Registers inside a
 * memory operand are always used; the role then tells whether memory is written.
 */
export type Roles = string;

export interface MachineInstruction {
  /** The target's mnemonic: `add`, `movzx`, `jcc`. */
  op: string;
  /** Of the operation, in bits. */
  width: 8 | 16 | 32 | 64;
  /** `jcc`, `setcc`, conditional moves: the target's name of the condition. */
  condition: string | undefined;
  operands: Operand[];
  roles: Roles;
  /** Physical registers used and defined beside the operands. */
  uses: readonly Register[];
  defines: readonly Register[];
  /** A plain copy from the second operand to the first: the allocator may coalesce it. */
  isMove: boolean;
  span: Span | undefined;
}

export interface MachineBlock {
  id: number;
  instructions: MachineInstruction[];
  successors: MachineBlock[];
  /** Nesting of loops, to weigh spills. */
  loopDepth: number;
}

export interface MachineFunction {
  readonly name: string;
  blocks: MachineBlock[];
  /** Where the parameters arrive; after allocation physical, or a frame offset when spilled. */
  parameters: Register[];
  result: Register | undefined;
  /** The next free virtual register. */
  registers: number;
  /** Bytes of stack for spill slots. */
  frameBytes: number;
}
