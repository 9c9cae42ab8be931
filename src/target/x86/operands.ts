/**
 * An instruction's operands by position, each as the kind that the encoder needs there; anything else is a Bug
 * of selection.
 */

import { Bug } from "../../base/errors.ts";
import type { MachineInstruction, Operand } from "../../machine/machine.ts";
import { operand, register } from "../operands.ts";
import type { Constant, Place } from "./forms.ts";
import { conditions } from "./opcodes.ts";

export { operand, register };

export function place(instruction: MachineInstruction, index: number): Place {
  const found = operand(instruction, index);
  if (found.kind === "register" || found.kind === "memory") return found;
  throw new Bug(`${instruction.op}: operand ${index + 1} is neither register nor memory`);
}

export function constantOf(found: Operand): Constant {
  if (found.kind === "immediate" || found.kind === "symbol") return found;
  throw new Bug(`${found.kind} operand where a constant belongs`);
}

export function condition(instruction: MachineInstruction): number {
  const number = conditions[instruction.condition ?? ""];
  if (number === undefined) throw new Bug(`${instruction.op}: no condition ${instruction.condition}`);
  return number;
}
