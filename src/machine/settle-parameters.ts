/**
 * Where a much-called function takes its parameters: allocation puts each where the body likes it, which may be a register
 * that every caller pays an encoding prefix for. One move at the entry from a cheaper register is smaller then.
 */

import type { MachineFunction, MachineInstruction, Register } from "./machine.ts";

/** From this many calls on, a byte less at each outweighs the move. */
const manyCalls = 4;

/** Changes the parameters of an allocated function. `cheap` are the registers that encode without a prefix. */
export function settleParameters(
  fn: MachineFunction,
  calls: number,
  cheap: readonly Register[],
  move: (to: Register, from: Register) => MachineInstruction,
): void {
  if (calls < manyCalls) return;
  const arrivals: MachineInstruction[] = [];
  for (const [index, parameter] of fn.parameters.entries()) {
    if (cheap.includes(parameter)) continue;
    const better = cheap.find((register) => !fn.parameters.includes(register));
    if (better === undefined) continue;
    fn.parameters[index] = better;
    arrivals.push(move(parameter, better));
  }
  fn.blocks[0]?.instructions.unshift(...arrivals);
}
