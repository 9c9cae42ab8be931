/**
 * The second colouring after the first: shows the coloured graph to `recolour`, which looks for cheaper colours. What was
 * coalesced there is one node, and an instruction costs what the target says of its registers.
 */

import type { RegisterFile } from "./allocate.ts";
import { classNeighbours, type InterferenceGraph } from "./interference.ts";
import { firstVirtual, type MachineFunction, type MachineInstruction, type Register } from "./machine.ts";
import { type ColouredGraph, recolour } from "./recolour.ts";
import { forEachDefinition, forEachInstruction, forEachUse } from "./registers.ts";

/** What a move between registers costs, about. */
const moveBytes = 2;

/** Changes `colours`, by representative. `nodes`: the representatives that got a colour; `find`: a register's representative. */
export function recolourClasses(
  fn: MachineFunction,
  file: RegisterFile,
  graph: InterferenceGraph,
  nodes: readonly number[],
  find: (node: number) => number,
  colours: Int32Array,
): void {
  const roots = Int32Array.from({ length: graph.count }, (_, node) => find(node));
  const colourOf = (register: Register): Register => colours[roots[register] as number] as number;
  const users = usersOf(fn, file, roots);
  const coloured: ColouredGraph = {
    nodes,
    neighbours: classNeighbours(graph, find),
    moves: graph.moves
      .map(({ to, from }) => ({ to: roots[to] as number, from: roots[from] as number }))
      .filter(({ to, from }) => to !== from),
    users: (node) => users[node] as MachineInstruction[],
    bytes: instructionBytes(file, colourOf),
    colours,
  };
  recolour(coloured, file.allocatable);
}

/** What an instruction costs beyond some constant, where `colourOf` gives its registers; 0 for a move that vanishes. */
export function instructionBytes(
  { registerBytes }: RegisterFile,
  colourOf: (register: Register) => Register,
): (instruction: MachineInstruction) => number {
  return (instruction) => {
    const bytes = registerBytes?.(instruction, colourOf) ?? 0;
    if (!instruction.isMove) return bytes;
    const [to, from] = instruction.operands;
    const isIdle =
      to?.kind === "register" &&
      from?.kind === "register" &&
      colourOf(to.register) === colourOf(from.register);
    return isIdle ? 0 : moveBytes + bytes;
  };
}

/** By representative: the instructions that name it, where the register matters to their size. */
export function usersOf(fn: MachineFunction, file: RegisterFile, roots: Int32Array): MachineInstruction[][] {
  const users: MachineInstruction[][] = Array.from({ length: roots.length }, () => []);
  forEachInstruction(fn, (instruction) => {
    if (!instruction.isMove && !file.registerBytes) return;
    const note = (register: Register): void => {
      const list = users[roots[register] as number] as MachineInstruction[];
      if (register >= firstVirtual && list.at(-1) !== instruction) list.push(instruction);
    };
    forEachUse(instruction, note);
    forEachDefinition(instruction, note);
  });
  return users;
}
