/**
 * Instructions as text, equal for those that encode alike.
 */

import type { MachineInstruction, Operand } from "./machine.ts";

const keys = new WeakMap<MachineInstruction, string>();

/** Equal for instructions that encode alike. */
export function keyOf(instruction: MachineInstruction): string {
  let key = keys.get(instruction);
  if (key === undefined) {
    key = `${instruction.op} ${instruction.width} ${instruction.condition ?? ""} ${instruction.operands.map(operandKey).join()}`;
    keys.set(instruction, key);
  }
  return key;
}

/** Its operands have changed. */
export function forgetKey(instruction: MachineInstruction): void {
  keys.delete(instruction);
}

/** Equal for branches that are taken under the same conditions, wherever to. */
export function conditionKey({ op, condition, operands }: MachineInstruction): string {
  return `${op} ${condition} ${operands.slice(0, -1).map(operandKey).join()}`;
}

function operandKey(operand: Operand): string {
  switch (operand.kind) {
    case "register":
      return `r${operand.register}${operand.modifier ? `${operand.modifier.kind}${operand.modifier.amount}` : ""}`;
    case "immediate":
      return `#${operand.value}`;
    case "symbol":
      return `${operand.symbol}+${operand.offset}`;
    case "memory":
      return `[${operand.base} ${operand.index} ${operand.scale} ${operand.displacement} ${operand.symbol} ${operand.wraps}]`;
    case "block":
      return `@${operand.block.id}`;
  }
}
