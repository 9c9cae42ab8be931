/**
 * What a target is: a record. Adding a machine means one folder with the same files and functions as the others, and one
 * line in `targets.ts`.
 */

import type { Optimize } from "../base/optimize.ts";
import type { Unwinding } from "../elf/dwarf.ts";
import type { Extent } from "../elf/extents.ts";
import type { Expansions } from "../ir/expand.ts";
import type { IrFunction } from "../ir/ir.ts";
import type { AllBranchSizes } from "../machine/arrange.ts";
import type { SlotReach } from "../machine/frame.ts";
import type { ValueMaker } from "../machine/known-values.ts";
import type { MachineBlock, MachineFunction, MachineInstruction, Register } from "../machine/machine.ts";
import type { Assembler } from "./assembler.ts";
import type { StackRules } from "./return-address.ts";

export type TargetId = "amd64" | "arm64" | "arm" | "riscv64" | "386";

export interface Target {
  readonly id: TargetId;
  /** OCI platform: os/architecture[/variant]. */
  readonly platform: string;
  /** 4 or 8. */
  readonly wordBytes: 4 | 8;
  /** It has no instruction that divides: runtime/support/arithmetic.ts does. 32-bit targets only. */
  readonly lacksDivision?: boolean;
  /** ELF `e_machine` and `e_flags`. */
  readonly elfMachine: number;
  readonly elfFlags: number;
  /** The kernel's name for the machine in seccomp filters: AUDIT_ARCH_… of linux/audit.h, SCMP_ARCH_… of libseccomp. */
  readonly auditArchitecture: number;
  readonly seccompArchitecture: string;
  /** Segment alignment, in bytes: the largest page size that kernels of this machine use. */
  readonly pageBytes: number;
  /** Address of the file's first byte in memory; a multiple of the page size. */
  readonly base: number;
  /** Numbers are loaded from anywhere at the same cost. */
  readonly loadsUnaligned?: boolean;
  /** Names by number, as the machine's manual writes them, at full width. */
  readonly registers: readonly string[];
  /** Those the allocator may hand out, cheapest encodings first. */
  readonly allocatable: readonly Register[];
  /** Registers that encode shorter than others at most places; empty where all are alike. */
  readonly cheapRegisters: readonly Register[];
  /** What an instruction's registers cost beyond the cheapest ones: see RegisterFile. Absent where all are alike. */
  registerBytes?(instruction: MachineInstruction, colourOf: (register: Register) => Register): number;
  readonly stackPointer: Register;
  /** Holds the address of the writable storage (plus a bias) throughout; not allocatable when it is in use. */
  readonly storageBase: Register;
  /** Added to the start of the storage to get the base register's value, so that short displacements reach more. */
  readonly storageBias: number;
  /**
   * Bytes of storage in which a program that has any may keep spilled registers: accesses are shorter there than on the stack.
   * Absent: none.
   */
  readonly spillStorageBytes?: number;
  /** Parameters and result of functions that call themselves, whose convention must be known in advance. */
  readonly fixedParameters: readonly Register[];
  readonly fixedResult: Register;
  /** What becomes of operations that this machine has no instructions for. */
  readonly expansions: Expansions;
  /** Constants of `microlith:target` that differ between machines. */
  readonly facts: { readonly epollEventBytes: number; readonly epollDataOffset: number };
  /** System-call numbers by name; a name that is absent does not exist on this machine. */
  readonly systemCalls: Readonly<Record<string, number>>;

  /** IR to machine instructions over virtual registers. */
  select(fn: IrFunction, context: SelectContext): MachineFunction;
  /** For debuggers: how calls use registers and the stack. */
  readonly unwinding: Unwinding & StackRules;

  /** What values in registers cost. */
  readonly values: ValueMaker;
  /** What registers hold at the program's start, as instructions that would have put it there. Absent: nothing is known. */
  readonly initialValues?: readonly MachineInstruction[];
  /** Improvements that need to know the registers: short forms, fused operations. */
  peephole(fn: MachineFunction, optimize: Optimize): void;
  /**
   * Where constants lie in the text: places those that the functions, in the order of the text, load from there. Addresses are in
   * the text or in `dataBytes` next to it; Infinity when there is storage, too.
   */
  placeLiterals?(functions: readonly MachineFunction[], dataBytes: number): void;
  /** Instructions for the frame, around the body. */
  enterFrame(bytes: number): MachineInstruction[];
  leaveFrame(bytes: number): MachineInstruction[];
  /** Absent: any slot is within reach. */
  readonly slotReach?: SlotReach;
  /** At the program's start: puts the address of `symbol` plus `storageBias` into `storageBase`. */
  loadStorageBase(symbol: string, extent: Extent): MachineInstruction[];
  /** At the program's start: the initial stack pointer. */
  readStackPointer(to: Register): MachineInstruction;

  /** One allocated instruction to bytes, fixups and branches. */
  encode(instruction: MachineInstruction, assembler: Assembler): void;
  /** One instruction as the target's assembler writes it, for `--emit asm`. */
  format(instruction: MachineInstruction): string;

  /** Single instructions that shared code needs. Spill offsets are bytes from the stack pointer. */
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
  /** Registers that operand `index`, a register, must not be in. Absent: any will do. */
  excluded?(instruction: MachineInstruction, index: number): readonly Register[];
  jump(to: MachineBlock): MachineInstruction;
  /** Where near branches are shorter than far ones: the sizes of conditional branches and of jumps. */
  readonly branchSizes?: AllBranchSizes;
  /** The opposite conditional branch, to `to`. */
  invert(branch: MachineInstruction, to: MachineBlock): MachineInstruction;
}

/** What is known of the program while one function is selected; callees are selected before their callers. */
export interface SelectContext {
  /** Undefined in a recursive cycle: the fixed convention, every register clobbered. */
  convention(callee: string): CallingConvention | undefined;
  /** Bytes from the start of the writable storage to the global; undefined when `name` is not a global. */
  storageOffset(name: string): number | undefined;
  /** There is storage: `storageBase` holds its address. */
  readonly hasStorage: boolean;
  /** Of data, globals and functions. */
  readonly extent: Extent;
  /** This function is part of a recursive cycle. */
  readonly recursive: boolean;
}

/** Chosen per function by its allocation: the whole program is known. */
export interface CallingConvention {
  readonly parameters: readonly Register[];
  readonly result: Register | undefined;
  /** 32-bit targets: of a 64-bit result, whose lower half `result` is. */
  readonly resultHigh?: Register | undefined;
  /** Every register that the function or its callees may change. */
  readonly clobbers: readonly Register[];
}
