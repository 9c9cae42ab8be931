/**
 * Loads and stores. How far a displacement reaches depends on what is accessed.
 */

import { Bug } from "../../base/errors.ts";
import type { Instruction, LoadOp, StoreOp } from "../../ir/ir.ts";
import type { Selection } from "../../machine/selection.ts";
import type { SelectContext } from "../target.ts";
import { addressOperand, type Reach } from "./address.ts";
import { define, store } from "./instructions.ts";

interface Access {
  readonly op: string;
  readonly reach: Reach;
}

const loads: Readonly<Partial<Record<LoadOp, Access>>> = {
  load8u: { op: "ldrb", reach: 4095 },
  load8s: { op: "ldrsb", reach: 255 },
  load16u: { op: "ldrh", reach: 255 },
  load16s: { op: "ldrsh", reach: 255 },
  load32: { op: "ldr", reach: 4095 },
};

const stores: Readonly<Partial<Record<StoreOp, Access>>> = {
  store8: { op: "strb", reach: 4095 },
  store16: { op: "strh", reach: 255 },
  store32: { op: "str", reach: 4095 },
};

function accessOf(value: Instruction): Access {
  const access = loads[value.op as LoadOp] ?? stores[value.op as StoreOp];
  if (access === undefined) throw new Bug(`arm has no instruction for ${value.op}`);
  return access;
}

export function selectLoad(selection: Selection, value: Instruction, context: SelectContext): void {
  const { op, reach } = accessOf(value);
  const place = addressOperand(selection, value.args[0] as Instruction, value.offset, reach, context);
  selection.emit(define(op, selection.register(value), place));
}

export function selectStore(selection: Selection, value: Instruction, context: SelectContext): void {
  const { op, reach } = accessOf(value);
  const [address, stored] = value.args as [Instruction, Instruction];
  const place = addressOperand(selection, address, value.offset, reach, context);
  selection.emit(store(op, selection.register(stored), place));
}
