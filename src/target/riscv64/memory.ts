/**
 * Loads and stores. A zero is stored from the zero register.
 */

import type { Instruction, LoadOp, StoreOp } from "../../ir/ir.ts";
import type { Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import type { SelectContext } from "../target.ts";
import { addressOperand } from "./address.ts";
import { define, store } from "./instructions.ts";
import { zero } from "./registers.ts";

export const loadNames: Readonly<Record<LoadOp, string>> = {
  load8u: "lbu",
  load8s: "lb",
  load16u: "lhu",
  load16s: "lh",
  load32: "lw",
  load64: "ld",
};

export function selectLoad(
  selection: Selection,
  to: Register,
  load: Instruction,
  op: string,
  context: SelectContext,
): void {
  const place = addressOperand(selection, load.args[0] as Instruction, load.offset, context);
  selection.emit(define(op, to, place));
}

export const storeNames: Readonly<Record<StoreOp, string>> = {
  store8: "sb",
  store16: "sh",
  store32: "sw",
  store64: "sd",
};

export function selectStore(
  selection: Selection,
  value: Instruction,
  op: string,
  context: SelectContext,
): void {
  const [address, stored] = value.args as [Instruction, Instruction];
  const place = addressOperand(selection, address, value.offset, context);
  const isZero = stored.op === "const" && stored.value === 0n;
  selection.emit(store(op, isZero ? zero : selection.register(stored), place));
}
