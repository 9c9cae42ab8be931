/**
 * A second look at a finished colouring: conservative coalescing leaves moves between registers that could have one
 * colour, and values used often in registers with long encodings. A node takes the colour that saves most, alone or
 * together with the other end of a move, until nothing is gained.
 */

import { firstVirtual, type Register } from "./machine.ts";
import { forEachInRow, hasPair, type RegisterMatrix } from "./register-matrix.ts";

export interface ColouredMove {
  readonly to: Register;
  readonly from: Register;
  readonly weight: number;
}

export interface ColouredGraph {
  /** Nodes that may change: virtual and not coalesced into another. */
  readonly nodes: readonly Register[];
  /** The representatives of a node's neighbours. */
  readonly neighbours: RegisterMatrix;
  /** Between representatives. */
  readonly moves: readonly ColouredMove[];
  /** How much a node is used. */
  weight(node: Register): number;
  /** By node; physical registers have their own. */
  readonly colours: Int32Array;
}

/** What a move costs, and an encoding prefix, both in bytes. */
const moveBytes = 2.5;
const prefixBytes = 0.6;
const rounds = 3;

/** Changes `graph.colours`. `cheap` are the colours without an encoding prefix. */
export function recolour(
  graph: ColouredGraph,
  allocatable: readonly Register[],
  cheap: readonly Register[],
): void {
  const { colours, moves } = graph;
  const movesOf = new Map<Register, ColouredMove[]>();
  for (const move of moves) {
    for (const end of [move.to, move.from]) {
      const list = movesOf.get(end);
      if (list) list.push(move);
      else movesOf.set(end, [move]);
    }
  }
  const isCheap = new Set(cheap);
  const hasPrefixes = cheap.length > 0;
  /** By colour. */
  const taken = new Uint8Array(firstVirtual);
  const take = (node: Register): void => {
    taken[colours[node] as number] = 1;
  };

  for (let round = 0; round < rounds; round++) {
    let changed = false;
    for (const node of graph.nodes) if (improveOne(node)) changed = true;
    for (const move of moves) if (improveTwo(move)) changed = true;
    if (!changed) return;
  }

  /** What is saved when `node` has `colour`, leaving `except` aside. */
  function worth(node: Register, colour: Register, except?: Register): number {
    let saved = hasPrefixes && !isCheap.has(colour) ? -prefixBytes * graph.weight(node) : 0;
    for (const { to, from, weight } of movesOf.get(node) ?? []) {
      const other = to === node ? from : to;
      if (other !== except && colours[other] === colour) saved += moveBytes * weight;
    }
    return saved;
  }

  function free(node: Register): Register[] {
    taken.fill(0);
    forEachInRow(graph.neighbours, node, take);
    return allocatable.filter((colour) => taken[colour] === 0);
  }

  function improveOne(node: Register): boolean {
    let best = colours[node] as number;
    let bestWorth = worth(node, best);
    const before = best;
    for (const colour of free(node)) {
      const candidate = worth(node, colour);
      if (candidate <= bestWorth + 0.01) continue;
      best = colour;
      bestWorth = candidate;
    }
    colours[node] = best;
    return best !== before;
  }

  function improveTwo({ to, from, weight }: ColouredMove): boolean {
    if (to < firstVirtual || from < firstVirtual || colours[to] === colours[from]) return false;
    if (hasPair(graph.neighbours, to, from)) return false;
    const allowed = new Set(free(from));
    let gained = worth(to, colours[to] as number, from) + worth(from, colours[from] as number, to);
    let best: number | undefined;
    for (const colour of free(to)) {
      if (!allowed.has(colour)) continue;
      const candidate = worth(to, colour, from) + worth(from, colour, to) + moveBytes * weight;
      if (candidate <= gained + 0.01) continue;
      gained = candidate;
      best = colour;
    }
    if (best === undefined) return false;
    colours[to] = best;
    colours[from] = best;
    return true;
  }
}
