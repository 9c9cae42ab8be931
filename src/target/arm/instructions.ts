/**
 * Constructors of arm machine instructions: mnemonic, operands in the manual's order, and what each operand's role is.
 * Selection and peephole improvement write instructions only through these.
 *
 * `condition` is that of any instruction, not of branches only: it is executed when the condition holds. Memory operands are
 * `[base, #displacement]` or `[base, index, lsl #log2(scale)]`; `ldr-post` and its kin access `[base]` and then add the
 * displacement to the base, `str-pre` and its kin add first.
 */

import { immediate, instruction, memory, register, symbol } from "../../machine/build.ts";
import type {
  MachineBlock,
  MachineInstruction,
  MemoryOperand,
  Modifier,
  Operand,
  Register,
} from "../../machine/machine.ts";

export { immediate, instruction, memory, register, symbol };

/** A register with a shift. */
export function modified(number: Register, kind: Modifier["kind"], amount: number): Operand {
  return { kind: "register", register: number, modifier: { kind, amount } };
}

/** A copy between registers that the allocator may drop. */
export function move(to: Register, from: Register): MachineInstruction {
  return instruction("mov", 32, [register(to), register(from)], "du", { isMove: true });
}

/** `to` = `from`: any constant, or a symbol's address. */
export function set(to: Register, from: Operand): MachineInstruction {
  return instruction("mov", 32, [register(to), from], "du");
}

/** Every operation that writes its first operand and only reads the others. */
export function define(op: string, to: Register, ...sources: Operand[]): MachineInstruction {
  return instruction(op, 32, [register(to), ...sources], `d${"u".repeat(sources.length)}`);
}

/** `cmp`, `cmn`, `tst`, `teq`. */
export function compare(op: string, left: Register, right: Operand): MachineInstruction {
  return instruction(op, 32, [register(left), right], "uu");
}

/** `strb`, `strh`, `str`. */
export function store(op: string, value: Register, to: MemoryOperand): MachineInstruction {
  return instruction(op, 32, [register(value), to], "ud");
}

/** 1 when the condition holds, else 0. */
export function setIf(condition: string, to: Register): MachineInstruction[] {
  const number = (value: number, when: string, roles: string): MachineInstruction =>
    instruction("mov", 32, [register(to), immediate(value)], roles, { condition: when });
  return [number(1, condition, "du"), number(0, opposite[condition] ?? "", "mu")];
}

export function jumpIf(condition: string, to: MachineBlock): MachineInstruction {
  return instruction("b", 32, [{ kind: "block", block: to }], "u", { condition });
}

export function jump(to: MachineBlock): MachineInstruction {
  return instruction("b", 32, [{ kind: "block", block: to }], "u");
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

/** The opposite conditional branch, to `to`. */
export function invert(branch: MachineInstruction, to: MachineBlock): MachineInstruction {
  return jumpIf(opposite[branch.condition ?? ""] ?? "", to);
}
