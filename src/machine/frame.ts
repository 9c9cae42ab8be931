/**
 * The stack frame of a function with spill slots: made at the entry, given back before each return. In a frame that is larger than
 * a displacement reaches, the stack pointer moves to the slot and back.
 */

import type { MachineFunction, MachineInstruction, Operand, Register } from "./machine.ts";

/** After these the function is done: the return, and the jump to another function in place of a call and a return. */
const exits: ReadonlySet<string> = new Set(["ret", "tail"]);

/** What the frame needs of a target. */
export interface FrameMaker {
  enterFrame(bytes: number): MachineInstruction[];
  leaveFrame(bytes: number): MachineInstruction[];
  readonly stackPointer: Register;
  readonly slotReach?: SlotReach;
}

/** How far from the stack pointer a slot may lie. */
export interface SlotReach {
  /** The largest displacement of any access to a slot. */
  readonly most: number;
  /** A distance below that which `leaveFrame` and `enterFrame` take in one instruction; a multiple of 16. */
  readonly step: number;
}

export function addFrame(fn: MachineFunction, maker: FrameMaker): void {
  if (fn.frameBytes === 0) return;
  fn.blocks[0]?.instructions.unshift(...maker.enterFrame(fn.frameBytes));
  for (const block of fn.blocks) {
    if (exits.has(block.instructions.at(-1)?.op ?? ""))
      block.instructions.splice(-1, 0, ...maker.leaveFrame(fn.frameBytes));
  }
}

/** Last of the changes to a function: the others take the stack pointer to stay where it is. */
export function reachSlots(fn: MachineFunction, maker: FrameMaker): void {
  const { slotReach, stackPointer } = maker;
  if (slotReach === undefined || fn.frameBytes <= slotReach.most) return;
  for (const block of fn.blocks) {
    block.instructions = block.instructions.flatMap((each) => {
      const far = each.operands.reduce((most, operand) => Math.max(most, slotAt(operand, stackPointer)), 0);
      if (far <= slotReach.most) return [each];
      const distance = far - (far % slotReach.step);
      each.operands = each.operands.map((operand) =>
        operand.kind === "memory" && operand.base === stackPointer
          ? { ...operand, displacement: operand.displacement - distance, slot: undefined }
          : operand,
      );
      const made = [...maker.leaveFrame(distance), each, ...maker.enterFrame(distance)];
      for (const one of made) one.span = each.span;
      return made;
    });
  }
}

function slotAt(operand: Operand, stackPointer: Register): number {
  return operand.kind === "memory" && operand.base === stackPointer ? operand.displacement : 0;
}
