/**
 * Constructors of riscv64 machine instructions: mnemonic, operands in the manual's order, and what each operand's role is.
 * Selection and peephole improvement write instructions only through these.
 *
 * Mnemonics are those of the full instructions: which are compressed is the encoder's to see. `li` takes any number and
 * `la` a symbol's address (`c.la` one that `c.lui` reaches); `lui` and `c.lui` take the upper part of a symbol's address, memory operands with a symbol the lower.
 */

import { immediate, instruction, memory, register, symbol, type Width } from "../../machine/build.ts";
import type {
  MachineBlock,
  MachineInstruction,
  MemoryOperand,
  Operand,
  Register,
} from "../../machine/machine.ts";

export { immediate, instruction, memory, register, symbol, type Width };

/** A copy between registers that the allocator may drop. */
export function move(to: Register, from: Register): MachineInstruction {
  return instruction("mv", 64, [register(to), register(from)], "du", { isMove: true });
}

/** Every operation that writes its first operand and only reads the others. */
export function define(op: string, to: Register, ...sources: Operand[]): MachineInstruction {
  return instruction(op, 64, [register(to), ...sources], `d${"u".repeat(sources.length)}`);
}

/** `to` = `to` op `source`: most operations have a compressed form for that. */
export function modify(op: string, to: Register, source: Operand): MachineInstruction {
  return instruction(op, 64, [register(to), register(to), source], "mmu");
}

/** `sb`, `sh`, `sw`, `sd`. */
export function store(op: string, value: Register, to: MemoryOperand): MachineInstruction {
  return instruction(op, 64, [register(value), to], "ud");
}

/** `beq`, `bne`, `blt`, `bge`, `bltu`, `bgeu`. */
export function jumpIf(op: string, left: Register, right: Register, to: MachineBlock): MachineInstruction {
  return instruction(op, 64, [register(left), register(right), { kind: "block", block: to }], "uuu");
}

export function jump(to: MachineBlock): MachineInstruction {
  return instruction("j", 64, [{ kind: "block", block: to }], "u");
}

/** The branch that is taken exactly when the given one is not. */
export const opposite: Readonly<Record<string, string>> = {
  beq: "bne",
  bne: "beq",
  blt: "bge",
  bge: "blt",
  bltu: "bgeu",
  bgeu: "bltu",
};

/** The opposite conditional branch, to `to`. */
export function invert(branch: MachineInstruction, to: MachineBlock): MachineInstruction {
  const operands: Operand[] = [...branch.operands.slice(0, -1), { kind: "block", block: to }];
  return { ...branch, op: opposite[branch.op] ?? branch.op, operands };
}
