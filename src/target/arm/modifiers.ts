/**
 * Operands that are shifted on their way into an operation: what another instruction would have done is free here.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { Operand } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { isConstant } from "./constants.ts";
import { immediate, modified, register } from "./instructions.ts";

const kinds: Readonly<Record<string, "lsl" | "lsr" | "asr" | "ror">> = {
  shl: "lsl",
  lshr: "lsr",
  ashr: "asr",
  rotl: "ror",
};

/** Whether `value` can be the last operand of an operation without an instruction of its own. */
export function isModifiable({ op, args }: Instruction): boolean {
  return kinds[op] !== undefined && args[1]?.op === "const";
}

/** `value` with its shift, when nobody else needs the result of that, or a plain register. */
export function modifiedOrRegister(selection: Selection, value: Instruction): Operand {
  const [from, amount] = value.args;
  const kind = kinds[value.op];
  if (from && kind !== undefined && amount?.op === "const" && selection.canFold(value)) {
    const count = Number((kind === "ror" ? -amount.value : amount.value) & 31n);
    const source = selection.register(from);
    return count === 0 ? register(source) : modified(source, kind, count);
  }
  return register(selection.register(value));
}

/** The last operand of an operation: a constant that fits, or a register, perhaps shifted. */
export function flexible(selection: Selection, value: Instruction): Operand {
  if (value.op === "const" && isConstant(value.value)) return immediate(value.value);
  return modifiedOrRegister(selection, value);
}
