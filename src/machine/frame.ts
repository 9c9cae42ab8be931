/**
 * The stack frame of a function with spill slots: made at the entry, given back before each return.
 */

import type { MachineFunction, MachineInstruction, Register } from "./machine.ts";

/** What the frame needs of a target. */
export interface FrameMaker {
  readonly stackPointer: Register;
  enterFrame(bytes: number): MachineInstruction[];
  leaveFrame(bytes: number): MachineInstruction[];
}

/**
 * `arrivals`: how many instructions stand before the frame, because they read the stack pointer as it was. One that
 * writes to a slot counts from there.
 */
export function addFrame(fn: MachineFunction, maker: FrameMaker, arrivals: number): void {
  if (fn.frameBytes === 0) return;
  const entry = fn.blocks[0];
  for (const arrival of entry?.instructions.slice(0, arrivals) ?? []) {
    arrival.operands = arrival.operands.map((operand) =>
      operand.kind === "memory" && operand.base === maker.stackPointer
        ? { ...operand, displacement: operand.displacement - fn.frameBytes }
        : operand,
    );
  }
  entry?.instructions.splice(arrivals, 0, ...maker.enterFrame(fn.frameBytes));
  for (const block of fn.blocks) {
    if (block.instructions.at(-1)?.op === "ret")
      block.instructions.splice(-1, 0, ...maker.leaveFrame(fn.frameBytes));
  }
}
