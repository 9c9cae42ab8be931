/**
 * The stack frame of a function with spill slots: made at the entry, given back before each return.
 */

import type { MachineFunction, MachineInstruction } from "./machine.ts";

/** After these the function is done: the return, and the jump to another function in place of a call and a return. */
const exits: ReadonlySet<string> = new Set(["ret", "tail"]);

/** What the frame needs of a target. */
export interface FrameMaker {
  enterFrame(bytes: number): MachineInstruction[];
  leaveFrame(bytes: number): MachineInstruction[];
}

export function addFrame(fn: MachineFunction, maker: FrameMaker): void {
  if (fn.frameBytes === 0) return;
  fn.blocks[0]?.instructions.unshift(...maker.enterFrame(fn.frameBytes));
  for (const block of fn.blocks) {
    if (exits.has(block.instructions.at(-1)?.op ?? ""))
      block.instructions.splice(-1, 0, ...maker.leaveFrame(fn.frameBytes));
  }
}
