import type { MachineFunction } from "../../machine/machine.ts";
export function peephole(_: MachineFunction): void {}
