/**
 * Operands that are shifted or extended on their way into an addition or a logical operation: what another instruction would
 * have done is free here.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { Operand } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { modified, register } from "./instructions.ts";

const shifts: Readonly<Record<string, "lsl" | "lsr" | "asr">> = { shl: "lsl", lshr: "lsr", ashr: "asr" };

/** `value` as a register with a modifier, when it is a shift or an extension nobody else needs. */
function modifiedOperand(
  selection: Selection,
  value: Instruction,
  takes: "shifts" | "shifts and extensions",
): Operand | undefined {
  const [from, amount] = value.args;
  if (from === undefined || !selection.canFold(value)) return undefined;
  const kind = shifts[value.op];
  if (kind !== undefined && amount?.op === "const") {
    const width = value.type === "i64" ? 64n : 32n;
    return modified(selection.register(from), kind, Number(amount.value & (width - 1n)));
  }
  if (value.op === "sext32" && takes === "shifts and extensions") {
    return modified(selection.register(from), "sxtw", 0);
  }
  return undefined;
}

/** The same, or a plain register. */
export function modifiedOrRegister(
  selection: Selection,
  value: Instruction,
  takes: "shifts" | "shifts and extensions",
): Operand {
  return modifiedOperand(selection, value, takes) ?? register(selection.register(value));
}
