/**
 * Loads and stores, and the updates in place that are both.
 */

import type { Instruction } from "../../ir/ir.ts";
import type { MachineInstruction, Operand } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { addressOperand } from "./address.ts";
import { commutative, unitStep } from "./arithmetic.ts";
import { define, immediate, modify, modifyOne, store, type Width, widthOf } from "./instructions.ts";
import type { ModeContext } from "./mode.ts";
import { asImmediate, memoryOf, registerOfWidth } from "./sources.ts";

const loadNames = {
  load8u: "movzx8",
  load8s: "movsx8",
  load16u: "movzx16",
  load16s: "movsx16",
  load32: "mov",
  load64: "mov",
} as const;

export function selectLoad(selection: Selection, value: Instruction, context: ModeContext): void {
  const op = loadNames[value.op as keyof typeof loadNames];
  const place = memoryOf(selection, value, context);
  selection.emit(define(op, widthOf(value.type), selection.register(value), place));
}

const storeWidths = { store8: 8, store16: 16, store32: 32, store64: 64 } as const;
const loadsOfWidth: Readonly<Record<number, readonly string[]>> = {
  8: ["load8u", "load8s"],
  16: ["load16u", "load16s"],
  32: ["load32"],
  64: ["load64"],
};
const inPlace = new Set(["add", "sub", "and", "or", "xor"]);

export function selectStore(selection: Selection, value: Instruction, context: ModeContext): void {
  const width = storeWidths[value.op as keyof typeof storeWidths];
  const [address, stored] = value.args as [Instruction, Instruction];
  const updated = updateInPlace(selection, value, width, context);
  if (updated) return selection.emit(updated);
  const direct = stored.op === "zext32" ? (stored.args[0] as Instruction) : stored;
  let operand = storedImmediate(direct, width, context);
  operand ??= registerOfWidth(selection, stored, width, context);
  selection.emit(store(width, addressOperand(selection, address, value.offset, context), operand));
}

function storedImmediate(value: Instruction, width: Width, context: ModeContext): Operand | undefined {
  if (value.op === "const" && width < 64) return immediate(BigInt.asIntN(width, value.value));
  if (value.op === "address" && width < 32) return undefined;
  return asImmediate(value, context);
}

/** A load, an operation and a store of one place as one instruction. */
function updateInPlace(
  selection: Selection,
  value: Instruction,
  width: Width,
  context: ModeContext,
): MachineInstruction | undefined {
  const [address, operation] = value.args as [Instruction, Instruction];
  if (!inPlace.has(operation.op) || !selection.canFold(operation)) return undefined;
  const isSamePlace = (candidate: Instruction | undefined): boolean =>
    candidate !== undefined &&
    (loadsOfWidth[width] as readonly string[]).includes(candidate.op) &&
    candidate.offset === value.offset &&
    sameAddress(candidate.args[0] as Instruction, address) &&
    selection.canFold(candidate);
  let [loaded, other] = operation.args as [Instruction, Instruction];
  if (!isSamePlace(loaded) && commutative.has(operation.op)) [loaded, other] = [other, loaded];
  if (!isSamePlace(loaded)) return undefined;
  const place = addressOperand(selection, address, value.offset, context);
  const step = operation.op === "add" || operation.op === "sub" ? unitStep(operation.op, other) : undefined;
  if (step) return modifyOne(step, width, place);
  const operand = storedImmediate(other, width, context) ?? registerOfWidth(selection, other, width, context);
  return modify(operation.op, width, place, operand);
}

function sameAddress(a: Instruction, b: Instruction): boolean {
  return (
    a === b || (a.op === "address" && b.op === "address" && a.symbol === b.symbol && a.offset === b.offset)
  );
}
