/**
 * The stack frame of a function with spill slots: made at the entry, given back before each return.
 */

import type { MachineFunction, MachineInstruction } from "./machine.ts";

/** What the frame needs of a target. */
export interface FrameMaker {
  enterFrame(bytes: number): MachineInstruction[];
  leaveFrame(bytes: number): MachineInstruction[];
}

export function addFrame(fn: MachineFunction, maker: FrameMaker): void {
  if (fn.frameBytes === 0) return;
  fn.blocks[0]?.instructions.unshift(...maker.enterFrame(fn.frameBytes));
  for (const block of fn.blocks) {
    if (block.instructions.at(-1)?.op === "ret")
      block.instructions.splice(-1, 0, ...maker.leaveFrame(fn.frameBytes));
  }
}
