/**
 * Loads and stores. A load extends to 32 or to 64 bits, whichever is asked for; a zero is stored from the zero register.
 */

import type { Instruction, LoadOp, StoreOp } from "../../ir/ir.ts";
import type { Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import type { SelectContext } from "../target.ts";
import { addressOperand } from "./address.ts";
import { define, store } from "./instructions.ts";
import { zero } from "./registers.ts";

/** By operation: the mnemonic, and how many bytes it reads. */
export const loads: Readonly<Record<LoadOp, { readonly op: string; readonly bytes: number }>> = {
  load8u: { op: "ldrb", bytes: 1 },
  load8s: { op: "ldrsb", bytes: 1 },
  load16u: { op: "ldrh", bytes: 2 },
  load16s: { op: "ldrsh", bytes: 2 },
  load32: { op: "ldr", bytes: 4 },
  load64: { op: "ldr", bytes: 8 },
};

export function selectLoad(
  selection: Selection,
  to: Register,
  load: Instruction,
  op: string,
  width: 32 | 64,
  context: SelectContext,
): void {
  const { bytes } = loads[load.op as LoadOp];
  const place = addressOperand(selection, load.args[0] as Instruction, load.offset, bytes, context);
  selection.emit(define(op, width, to, place));
}

/** By operation: the mnemonic, and how many bytes it writes. */
export const stores: Readonly<Record<StoreOp, { readonly op: string; readonly bytes: number }>> = {
  store8: { op: "strb", bytes: 1 },
  store16: { op: "strh", bytes: 2 },
  store32: { op: "str", bytes: 4 },
  store64: { op: "str", bytes: 8 },
};

export function selectStore(
  selection: Selection,
  value: Instruction,
  { op, bytes }: { readonly op: string; readonly bytes: number },
  context: SelectContext,
): void {
  const [address, stored] = value.args as [Instruction, Instruction];
  const place = addressOperand(selection, address, value.offset, bytes, context);
  const isZero = stored.op === "const" && stored.value === 0n;
  const from = isZero ? zero : selection.register(stored);
  selection.emit(store(op, bytes === 8 ? 64 : 32, from, place));
}
