/**
 * Constructors of arm64 machine instructions: mnemonic, operands in the manual's order, and what each operand's role
 * is. Selection and peephole improvement write instructions only through these.
 *
 * Memory operands are `[base, #displacement]` or `[base, index, lsl #log2(scale)]`; `ldr-post` and its kin access `[base]` and
 * then add the displacement to the base, `str-pre` and its kin add first.
 */

import type { Type } from "../../ir/ir.ts";
import { immediate, instruction, memory, register, symbol, type Width } from "../../machine/build.ts";
import type {
  MachineBlock,
  MachineInstruction,
  MemoryOperand,
  Modifier,
  Operand,
  Register,
} from "../../machine/machine.ts";
import { zero } from "./registers.ts";

export { immediate, instruction, memory, register, symbol, type Width };

/** A register with a shift or an extension. */
export function modified(number: Register, kind: Modifier["kind"], amount: number): Operand {
  return { kind: "register", register: number, modifier: { kind, amount } };
}

/** Of the operations on a value. */
export function widthOf(type: Type | "void"): 32 | 64 {
  return type === "i64" ? 64 : 32;
}

/** A copy between registers that the allocator may drop. */
export function move(width: Width, to: Register, from: Register): MachineInstruction {
  return instruction("mov", width, [register(to), register(from)], "du", { isMove: true });
}

/** `to` = `from`: a constant, a symbol's address, or a register to be cut to its low half. */
export function set(width: Width, to: Register, from: Operand): MachineInstruction {
  return instruction("mov", width, [register(to), from], "du");
}

/** Every operation that writes its first operand and only reads the others. */
export function define(op: string, width: Width, to: Register, ...sources: Operand[]): MachineInstruction {
  return instruction(op, width, [register(to), ...sources], `d${"u".repeat(sources.length)}`);
}

/** `cmp`, `cmn`, `tst`. */
export function compare(op: string, width: Width, left: Register, right: Operand): MachineInstruction {
  return instruction(op, width, [register(left), right], "uu");
}

/** `strb`, `strh`, `str`. */
export function store(op: string, width: Width, value: Register, to: MemoryOperand): MachineInstruction {
  return instruction(op, width, [register(value), to], "ud");
}

/** 1 when the condition holds, else 0. */
export function setIf(condition: string, to: Register): MachineInstruction {
  const zeros = [register(zero), register(zero)];
  const extra = { condition: opposite[condition] ?? "" };
  return instruction("csinc", 32, [register(to), ...zeros], "duu", extra);
}

export function jumpIf(condition: string, to: MachineBlock): MachineInstruction {
  return instruction("b.cond", 64, [{ kind: "block", block: to }], "u", { condition });
}

/** `cbz`, `cbnz`. */
export function jumpIfZero(op: string, width: Width, tested: Register, to: MachineBlock): MachineInstruction {
  return instruction(op, width, [register(tested), { kind: "block", block: to }], "uu");
}

/** `tbz`, `tbnz`: on one bit. */
export function jumpIfBit(op: string, tested: Register, bit: number, to: MachineBlock): MachineInstruction {
  const width = bit < 32 ? 32 : 64;
  return instruction(op, width, [register(tested), immediate(bit), { kind: "block", block: to }], "uuu");
}

export function jump(to: MachineBlock): MachineInstruction {
  return instruction("b", 64, [{ kind: "block", block: to }], "u");
}

/** The condition that holds exactly when the given one does not. */
export const opposite: Readonly<Record<string, string>> = {
  eq: "ne",
  ne: "eq",
  hs: "lo",
  lo: "hs",
  mi: "pl",
  pl: "mi",
  vs: "vc",
  vc: "vs",
  hi: "ls",
  ls: "hi",
  ge: "lt",
  lt: "ge",
  gt: "le",
  le: "gt",
};

const oppositeBranches: Readonly<Record<string, string>> = {
  cbz: "cbnz",
  cbnz: "cbz",
  tbz: "tbnz",
  tbnz: "tbz",
};

/** The opposite conditional branch, to `to`. */
export function invert(branch: MachineInstruction, to: MachineBlock): MachineInstruction {
  const operands: Operand[] = [...branch.operands.slice(0, -1), { kind: "block", block: to }];
  const condition = branch.condition === undefined ? undefined : opposite[branch.condition];
  return { ...branch, op: oppositeBranches[branch.op] ?? branch.op, condition, operands };
}
