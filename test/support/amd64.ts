/** Short constructors of amd64 code for tests of the encoder and the linker, which do not look at roles. */

import type { MachineBlock, MachineInstruction, Operand } from "../../src/machine/machine.ts";
import { instruction as anyInstruction, symbol, type Width } from "../../src/target/x86/instructions.ts";

export { immediate as imm, memory as mem, register as reg } from "../../src/target/x86/instructions.ts";

export function instruction(
  op: string,
  width: Width,
  operands: readonly Operand[] = [],
  condition?: string,
): MachineInstruction {
  return anyInstruction(op, width, [...operands], "", condition === undefined ? {} : { condition });
}

export function sym(name: string, offset = 0): Operand {
  return symbol(name, offset);
}

export function block(id: number, instructions: readonly MachineInstruction[] = []): MachineBlock {
  return { id, instructions: [...instructions], branch: undefined, next: undefined, loopDepth: 0 };
}
