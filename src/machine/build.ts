/**
 * Constructors of machine instructions and operands that are the same for every target. A target's own
 * `instructions.ts` adds those with its mnemonics; nobody writes the records by hand.
 */

import type { MachineInstruction, MemoryOperand, Operand, Register } from "./machine.ts";

export type Width = 8 | 16 | 32 | 64;

/** What few instructions have beside operands. */
export interface Extra {
  readonly condition?: string;
  readonly uses?: readonly Register[];
  readonly defines?: readonly Register[];
  readonly isMove?: boolean;
}

const none: readonly Register[] = [];

/** Any instruction. */
export function instruction(
  op: string,
  width: Width,
  operands: Operand[],
  roles: string,
  extra: Extra = {},
): MachineInstruction {
  return {
    op,
    width,
    condition: extra.condition,
    operands,
    roles,
    uses: extra.uses ?? none,
    defines: extra.defines ?? none,
    isMove: extra.isMove ?? false,
    span: undefined,
  };
}

export function register(number: Register): Operand {
  return { kind: "register", register: number };
}

export function immediate(value: bigint | number): Operand {
  return { kind: "immediate", value: BigInt(value) };
}

export function symbol(name: string, offset: number): Operand {
  return { kind: "symbol", symbol: name, offset };
}

export function memory(parts: Partial<Omit<MemoryOperand, "kind">>): MemoryOperand {
  return {
    kind: "memory",
    base: parts.base,
    index: parts.index,
    scale: parts.scale ?? 1,
    displacement: parts.displacement ?? 0,
    symbol: parts.symbol,
    wraps: parts.wraps ?? false,
    slot: parts.slot,
  };
}
