/**
 * Short constructors of amd64 instructions and operands, for programs written by hand: tests of the encoder and
 * of the linker. Roles and implicit registers are left empty, because the encoder does not look at them.
 */

import type {
  ImmediateOperand,
  MachineBlock,
  MachineInstruction,
  MemoryOperand,
  Operand,
  Register,
  RegisterOperand,
  SymbolOperand,
} from "../../src/machine/machine.ts";

export function instruction(
  op: string,
  width: 8 | 16 | 32 | 64,
  operands: readonly Operand[] = [],
  condition?: string,
): MachineInstruction {
  return {
    op,
    width,
    condition,
    operands: [...operands],
    roles: "",
    uses: [],
    defines: [],
    isMove: false,
    span: undefined,
  };
}

export function reg(register: Register): RegisterOperand {
  return { kind: "register", register };
}

export function imm(value: number | bigint): ImmediateOperand {
  return { kind: "immediate", value: BigInt(value) };
}

export function sym(symbol: string, offset = 0): SymbolOperand {
  return { kind: "symbol", symbol, offset };
}

export function mem(parts: Partial<Omit<MemoryOperand, "kind">>): MemoryOperand {
  const nothing = {
    base: undefined,
    index: undefined,
    scale: 1,
    displacement: 0,
    symbol: undefined,
  } as const;
  return { kind: "memory", wraps: false, ...nothing, ...parts };
}

export function block(id: number, instructions: readonly MachineInstruction[] = []): MachineBlock {
  return { id, instructions: [...instructions], branch: undefined, next: undefined, loopDepth: 0 };
}
