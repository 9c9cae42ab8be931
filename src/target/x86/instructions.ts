/**
 * Constructors of amd64 machine instructions: mnemonic, operands in Intel order, and what each operand's role is.
 * Selection and peephole improvement write instructions only through these.
 */

import type { Type } from "../../ir/ir.ts";
import { immediate, instruction, memory, register, symbol, type Width } from "../../machine/build.ts";
import type {
  MachineBlock,
  MachineInstruction,
  MemoryOperand,
  Operand,
  Register,
} from "../../machine/machine.ts";

export { immediate, instruction, memory, register, symbol, type Width };

export const rax = 0;
export const rcx = 1;
export const rdx = 2;
export const rbx = 3;
export const rsp = 4;
export const rbp = 5;
export const rsi = 6;
export const rdi = 7;
export const r8 = 8;
export const r9 = 9;
export const r10 = 10;
export const r11 = 11;

/** Of the operations on a value. */
export function widthOf(type: Type | "void"): 32 | 64 {
  return type === "i64" ? 64 : 32;
}

/** A copy between registers that the allocator may drop. */
export function move(width: Width, to: Register, from: Register): MachineInstruction {
  return instruction("mov", width, [register(to), register(from)], "du", { isMove: true });
}

/** `to` = `from`, anything that `mov` takes but a register to be coalesced. */
export function set(width: Width, to: Register, from: Operand): MachineInstruction {
  return instruction("mov", width, [register(to), from], "du");
}

/** `add`, `sub`, `and`, `or`, `xor`, shifts, `imul`: the first operand is read and written. */
export function modify(op: string, width: Width, target: Operand, source: Operand): MachineInstruction {
  return instruction(op, width, [target, source], "mu");
}

/** `inc`, `dec`, `neg`, `not`, `bswap`. */
export function modifyOne(op: string, width: Width, target: Operand): MachineInstruction {
  return instruction(op, width, [target], "m");
}

/** `cmp`, `test`. */
export function compare(op: string, width: Width, left: Operand, right: Operand): MachineInstruction {
  return instruction(op, width, [left, right], "uu");
}

/** `movzx8`, `lea`, `imul` with three operands and others that only write the first operand. */
export function define(op: string, width: Width, to: Register, ...sources: Operand[]): MachineInstruction {
  return instruction(op, width, [register(to), ...sources], `d${"u".repeat(sources.length)}`);
}

export function store(width: Width, to: MemoryOperand, value: Operand): MachineInstruction {
  return instruction("mov", width, [to, value], "du");
}

/** `rep-movsb` and its kin: on the bytes at rsi and rdi, as many as rcx says. */
export function stringInstruction(
  op: string,
  uses: readonly Register[],
  defines: readonly Register[],
): MachineInstruction {
  return instruction(op, 8, [], "", { uses, defines });
}

/** The low byte of `to`: 1 when the condition holds, else 0. */
export function setIf(condition: string, to: Register): MachineInstruction {
  return instruction("setcc", 8, [register(to)], "m", { condition });
}

export function jumpIf(condition: string, to: MachineBlock): MachineInstruction {
  return instruction("jcc", 64, [{ kind: "block", block: to }], "u", { condition });
}

export function jump(to: MachineBlock): MachineInstruction {
  return instruction("jmp", 64, [{ kind: "block", block: to }], "u");
}

/** The condition that holds exactly when the given one does not. */
export const opposite: Readonly<Record<string, string>> = {
  e: "ne",
  ne: "e",
  b: "ae",
  ae: "b",
  be: "a",
  a: "be",
  l: "ge",
  ge: "l",
  le: "g",
  g: "le",
  s: "ns",
  ns: "s",
};
