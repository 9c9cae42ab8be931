/**
 * The stack frame of a function with spill slots: made at the entry, given back before each return.
 */

import type { MachineFunction, MachineInstruction, Register } from "./machine.ts";

/** What the frame needs of a target. */
export interface FrameMaker {
  readonly stackPointer: Register;
  readonly allocatable: readonly Register[];
  enterFrame(bytes: number): MachineInstruction[];
  leaveFrame(bytes: number): MachineInstruction[];
  readStackPointer(to: Register): MachineInstruction;
}

export function addFrame(fn: MachineFunction, maker: FrameMaker): void {
  if (fn.frameBytes === 0) return;
  fn.blocks[0]?.instructions.unshift(...maker.enterFrame(fn.frameBytes));
  for (const block of fn.blocks) {
    if (block.instructions.at(-1)?.op === "ret")
      block.instructions.splice(-1, 0, ...maker.leaveFrame(fn.frameBytes));
  }
}

/**
 * The frame of the program's first function, whose first instruction reads the stack pointer: that must happen before the
 * frame moves it, but what is read may belong into a slot of the frame. The function does not return.
 */
export function addEntryFrame(fn: MachineFunction, maker: FrameMaker): void {
  const instructions = fn.blocks[0]?.instructions;
  const arrival = instructions?.shift();
  if (instructions === undefined || arrival === undefined || fn.frameBytes === 0) {
    if (arrival) instructions?.unshift(arrival);
    return;
  }
  const frame = maker.enterFrame(fn.frameBytes);
  // Nothing is live yet, so any register will do in between.
  const [between] = maker.allocatable;
  if (arrival.operands[0]?.kind === "register" || between === undefined) {
    instructions.unshift(arrival, ...frame);
    return;
  }
  const operands = arrival.operands.map((operand) =>
    operand.kind === "register" && operand.register === maker.stackPointer
      ? { ...operand, register: between }
      : operand,
  );
  instructions.unshift(maker.readStackPointer(between), ...frame, { ...arrival, operands });
}
