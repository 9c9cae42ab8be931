/**
 * A second look at a finished colouring: conservative coalescing leaves moves between registers that could have one
 * colour, and values in registers that their instructions encode longer with. A node takes the colour that costs least, alone,
 * together with the other end of a move, or by way of an exchange: where two colours change places in all that is connected
 * through nodes of the two.
 */

import { firstVirtual, type MachineInstruction, type Register } from "./machine.ts";
import { forEachInRow, hasPair, type RegisterMatrix } from "./register-matrix.ts";

export interface ColouredGraph {
  /** Nodes that may change: virtual and not coalesced into another. */
  readonly nodes: readonly Register[];
  /** The representatives of a node's neighbours. */
  readonly neighbours: RegisterMatrix;
  /** The ends of each move, as representatives. */
  readonly moves: readonly { readonly to: Register; readonly from: Register }[];
  /** The instructions that name a node and whose bytes depend on its colour. */
  users(node: Register): readonly MachineInstruction[];
  /** Of an instruction with the colours as they are, beyond some constant; 0 for a move that vanishes. */
  bytes(instruction: MachineInstruction): number;
  /** By node; physical registers have their own. */
  readonly colours: Int32Array;
}

/** An exchange of more nodes hardly ever pays. */
const largestExchange = 8;
const leastGain = 0.01;

/** Changes `graph.colours`. */
export function recolour(graph: ColouredGraph, allocatable: readonly Register[]): void {
  const { colours } = graph;
  /** By colour. */
  const taken = new Uint8Array(firstVirtual);
  const take = (node: Register): void => {
    taken[colours[node] as number] = 1;
  };

  for (const node of graph.nodes) improveOne(node);
  for (const { to, from } of graph.moves) improveTwo(to, from);
  for (const node of graph.nodes) improveByExchange(node);

  function bytesOf(users: readonly MachineInstruction[]): number {
    let sum = 0;
    for (let index = 0; index < users.length; index++) sum += graph.bytes(users[index] as MachineInstruction);
    return sum;
  }

  function free(node: Register): Register[] {
    taken.fill(0);
    forEachInRow(graph.neighbours, node, take);
    return allocatable.filter((colour) => taken[colour] === 0);
  }

  /** Gives the nodes the colour of `candidates` that is cheapest, if it is cheaper than what they have. */
  function takeCheapest(
    nodes: readonly Register[],
    users: readonly MachineInstruction[],
    candidates: readonly Register[],
  ): void {
    const before = nodes.map((node) => colours[node] as number);
    let best: number | undefined;
    let least = bytesOf(users) - leastGain;
    for (const colour of candidates) {
      for (const node of nodes) colours[node] = colour;
      const bytes = bytesOf(users);
      if (bytes >= least) continue;
      best = colour;
      least = bytes;
    }
    for (const [index, node] of nodes.entries()) colours[node] = best ?? (before[index] as number);
  }

  function improveOne(node: Register): void {
    const users = graph.users(node);
    if (users.length > 0) takeCheapest([node], users, free(node));
  }

  function improveTwo(to: Register, from: Register): void {
    if (to < firstVirtual || from < firstVirtual || colours[to] === colours[from]) return;
    if (hasPair(graph.neighbours, to, from)) return;
    const allowed = free(from);
    const candidates = free(to).filter((colour) => allowed.includes(colour));
    if (candidates.length === 0) return;
    takeCheapest([to, from], [...new Set([...graph.users(to), ...graph.users(from)])], candidates);
  }

  /** For a node that costs something: any other colour, which the nodes around that have it give up. */
  function improveByExchange(node: Register): void {
    const users = graph.users(node);
    const now = bytesOf(users);
    if (now <= 0) return;
    const own = colours[node] as number;
    for (const colour of allocatable) {
      if (colour === own) continue;
      colours[node] = colour;
      const bytes = bytesOf(users);
      colours[node] = own;
      if (bytes >= now - leastGain) continue;
      const nodes = exchangeable(node, own, colour);
      if (nodes === undefined) continue;
      const all = [...new Set(nodes.flatMap((each) => graph.users(each)))];
      const before = bytesOf(all);
      exchange(nodes, own, colour);
      if (bytesOf(all) < before - leastGain) return;
      exchange(nodes, own, colour);
    }
  }

  function exchange(nodes: readonly Register[], a: Register, b: Register): void {
    for (const node of nodes) colours[node] = colours[node] === a ? b : a;
  }

  /** All nodes that would have to change with `node`; undefined where a physical register would. */
  function exchangeable(node: Register, a: Register, b: Register): readonly Register[] | undefined {
    const found = new Set([node]);
    let isFixed = false;
    for (const each of found) {
      forEachInRow(graph.neighbours, each, (other) => {
        const colour = colours[other];
        if (colour !== a && colour !== b) return;
        if (other < firstVirtual) isFixed = true;
        else found.add(other);
      });
      if (isFixed || found.size > largestExchange) return undefined;
    }
    return [...found];
  }
}
