/**
 * What a target is: a record. Adding a machine means one folder with `select.ts` and `encode.ts`, and one
 * line in `targets.ts`.
 */

import type { IrFunction, IrProgram } from "../ir/ir.ts";
import type { MachineFunction, MachineInstruction, Register } from "../machine/machine.ts";
import type { Assembler } from "./assembler.ts";

export type TargetId = "amd64" | "arm64" | "arm" | "riscv64" | "386";

export interface RegisterInfo {
  /** As the machine's manual writes it, at full width. */
  readonly name: string;
}

export interface Target {
  readonly id: TargetId;
  /** OCI platform: os/architecture[/variant]. */
  readonly platform: string;
  /** 4 or 8. */
  readonly wordBytes: 4 | 8;
  /** ELF `e_machine` and `e_flags`. */
  readonly elfMachine: number;
  readonly elfFlags: number;
  /** Segment alignment, in bytes. */
  readonly pageBytes: number;
  /** By number; the index is the register's number. */
  readonly registers: readonly RegisterInfo[];
  /** Those the allocator may hand out, cheapest encodings first. */
  readonly allocatable: readonly Register[];
  readonly stackPointer: Register;
  /** System-call numbers by name; a name that is absent does not exist on this machine. */
  readonly systemCalls: Readonly<Record<string, number>>;

  /** IR to machine instructions over virtual registers. */
  select(fn: IrFunction, program: IrProgram, context: SelectContext): MachineFunction;
  /** One allocated instruction to bytes, fixups and branches. */
  encode(instruction: MachineInstruction, assembler: Assembler): void;
  /** Instructions that move between registers and the frame, for the allocator. */
  move(to: Register, from: Register): MachineInstruction;
  loadSpill(to: Register, offset: number): MachineInstruction;
  storeSpill(from: Register, offset: number): MachineInstruction;
  /** One instruction as the target's assembler writes it, for `--emit asm`. */
  format(instruction: MachineInstruction): string;
}

/** What is already known of the functions selected before (callees come first). */
export interface SelectContext {
  /** Undefined while the callee is not allocated yet (recursion): every register may be clobbered. */
  convention(callee: string): CallingConvention | undefined;
}

/** Chosen per function by its allocation: the whole program is known. */
export interface CallingConvention {
  readonly parameters: readonly Register[];
  readonly result: Register | undefined;
  /** Every register that the function or its callees may change. */
  readonly clobbers: readonly Register[];
}
