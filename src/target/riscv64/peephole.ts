/**
 * Improvements that need to know the registers: a copy that allocation could not avoid joins the operation on it, which
 * costs no more bytes and one instruction less.
 */

import type { MachineFunction, MachineInstruction } from "../../machine/machine.ts";

export function peephole(fn: MachineFunction): void {
  for (const block of fn.blocks) block.instructions = joinCopies(block.instructions);
}

/** `mv d, s` and `op d, d, x` are `op d, s, x`. */
function joinCopies(instructions: readonly MachineInstruction[]): MachineInstruction[] {
  const joined: MachineInstruction[] = [];
  for (let at = 0; at < instructions.length; at++) {
    const current = instructions[at] as MachineInstruction;
    const next = instructions[at + 1];
    const both = next && joinCopy(current, next);
    joined.push(both ?? current);
    if (both) at++;
  }
  return joined;
}

function joinCopy(copy: MachineInstruction, operation: MachineInstruction): MachineInstruction | undefined {
  const [copied, source] = copy.operands;
  const [to, first, second] = operation.operands;
  if (copy.op !== "mv" || operation.roles !== "mmu") return undefined;
  if (copied?.kind !== "register" || to?.kind !== "register" || first?.kind !== "register") return undefined;
  if (source?.kind !== "register" || second === undefined || to.register !== copied.register)
    return undefined;
  if (second.kind === "symbol" || (second.kind === "register" && second.register === to.register))
    return undefined;
  return { ...operation, operands: [to, { ...source }, second], roles: "duu" };
}
