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
  /** What arm and arm64 do to the value on its way in. */
  readonly modifier?: Modifier;
}

/** A shift by `amount` bits, or an extension followed by one. */
export interface Modifier {
  readonly kind: "lsl" | "lsr" | "asr" | "ror" | "uxtw" | "sxtw";
  readonly amount: number;
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
  /** The sum may exceed 32 bits and must wrap: an index that may be negative. amd64 pays one prefix byte. */
  readonly wraps: boolean;
  /** Of a spill slot, its offset: nothing else names the place. */
  readonly slot?: number | undefined;
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
  /** Unique in the function. */
  id: number;
  /** Until layout: everything but the jumps at the end. After it: everything, in order. */
  instructions: MachineInstruction[];
  /** The conditional branch that ends the block; its last operand is the block that it goes to. */
  branch: MachineInstruction | undefined;
  /** Where control goes when the branch is not taken; undefined after a return or a tail call. */
  next: MachineBlock | undefined;
  /** Nesting of loops, to weigh spills. */
  loopDepth: number;
}

export interface MachineFunction {
  readonly name: string;
  /** Entry first. */
  blocks: MachineBlock[];
  /** The registers in which the parameters arrive: virtual until allocation chose. */
  parameters: Register[];
  /** The register of the result; every return uses it. */
  result: Register | undefined;
  /** On 32-bit targets the upper half of a 64-bit result. */
  resultHigh?: Register | undefined;
  /** Registers that the function changes and restores before it returns. */
  preserved?: readonly Register[];
  /** The first virtual register that is not in use. */
  registers: number;
  /** Bytes of stack for spill slots. */
  frameBytes: number;
  /** Where the part of the program's storage ends that this function and those that it calls keep spilled registers in. */
  spillEnd?: number;
}

/** The blocks that control may reach from `block`. */
export function successors(block: MachineBlock): MachineBlock[] {
  const list = block.next ? [block.next] : [];
  const target = block.branch && branchTarget(block.branch);
  if (target) list.push(target);
  return list;
}

/** Where a branch goes: its last operand. */
export function branchTarget(branch: MachineInstruction): MachineBlock | undefined {
  const last = branch.operands.at(-1);
  return last?.kind === "block" ? last.block : undefined;
}
