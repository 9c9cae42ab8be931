/**
 * A third look at a colouring: what was coalesced has one colour, and where one of its registers needs an expensive one, because it
 * lives across calls that change the cheap ones, all of them pay for it. Those that could have a cheap colour take it together,
 * if that saves more than the moves on the border.
 *
 * Registers that moves connect and that may have the colour are tried as a whole: what separates them is what may not.
 */

import type { RegisterFile } from "./allocate.ts";
import type { InterferenceGraph } from "./interference.ts";
import { firstVirtual, type MachineFunction, type MachineInstruction, type Register } from "./machine.ts";
import { instructionBytes, usersOf } from "./recolour-classes.ts";

const leastGain = 0.01;

/** Changes `colours`, by register. `find`: a register's representative. */
export function splitClasses(
  fn: MachineFunction,
  file: RegisterFile,
  { count, neighbours, moves }: InterferenceGraph,
  find: (node: number) => number,
  colours: Int32Array,
): void {
  if (file.cheapRegisters.length === 0) return;
  const bytesOf = instructionBytes(file, (register) => colours[register] as number);
  const users = usersOf(
    fn,
    file,
    Int32Array.from({ length: count }, (_, node) => node),
  );
  const classes = new Map<number, Register[]>();
  for (let node = firstVirtual; node < count; node++) {
    if (users[node]?.length === 0) continue;
    const root = find(node);
    const members = classes.get(root);
    if (members) members.push(node);
    else classes.set(root, [node]);
  }
  /** By register: those that moves connect it with. */
  const connected: Register[][] = Array.from({ length: count }, () => []);
  for (const { to, from } of moves) {
    (connected[to] as Register[]).push(from);
    (connected[from] as Register[]).push(to);
  }
  for (const members of classes.values()) if (members.length > 1) split(members);

  function split(members: readonly Register[]): void {
    for (const colour of file.allocatable) {
      const open = new Set(members.filter((node) => colours[node] !== colour && isFree(node, colour)));
      if (open.size === 0) continue;
      for (const node of open) {
        const part = takeConnected(node, open);
        if (part.length < members.length) tryColour(part, colour);
      }
    }
  }

  function isFree(node: Register, colour: Register): boolean {
    return (neighbours[node] as number[]).every((other) => colours[other] !== colour);
  }

  /** Takes out of `open` what moves connect with `node`. */
  function takeConnected(node: Register, open: Set<Register>): Register[] {
    const part = [node];
    open.delete(node);
    for (const each of part) {
      for (const other of connected[each] as Register[]) {
        if (!open.delete(other)) continue;
        part.push(other);
      }
    }
    return part;
  }

  function tryColour(part: readonly Register[], colour: Register): void {
    const named = [...new Set(part.flatMap((node) => users[node] as MachineInstruction[]))];
    const measure = (): number => named.reduce((sum, each) => sum + bytesOf(each), 0);
    const before = part.map((node) => colours[node] as number);
    const bytes = measure();
    for (const node of part) colours[node] = colour;
    if (measure() < bytes - leastGain) return;
    for (const [index, node] of part.entries()) colours[node] = before[index] as number;
  }
}
