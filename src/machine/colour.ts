/**
 * Graph colouring with iterated coalescing (George and Appel, 1996): simplify, coalesce, freeze, or choose what to spill, until every
 * node is on the stack; then colours in the opposite order.
 *
 * Nodes used most are coloured first, so that they get the registers with the shortest encodings. Physical registers are
 * coloured from the start.
 */

import type { RegisterFile } from "./allocate.ts";
import { addEdge, classNeighbours, interferenceGraph, interferes, type Move } from "./interference.ts";
import { has } from "./liveness.ts";
import { firstVirtual, type MachineFunction, type Register } from "./machine.ts";
import { recolourClasses } from "./recolour-classes.ts";
import { forEachInRow, hasPair, insertPair } from "./register-matrix.ts";
import { splitClasses } from "./split-classes.ts";

/** Up to this many uses, a register may join a spilled one in its slot. */
const fewUses = 4;
/** With more uses than these a register had better be a cheap one, at the cost of a move. */
const moveUses = 30;

/** Where a node stands in the algorithm. */
const stage = {
  initial: 0,
  simplify: 1,
  freeze: 2,
  spill: 3,
  stacked: 4,
  coalesced: 5,
  precoloured: 6,
} as const;

/** A physical register for each, or what has to go to the stack first. */
export interface Colouring {
  readonly colours: Int32Array;
  readonly spilled: Register[];
  /** Registers that share a spilled one's slot, because only moves connect them. */
  readonly shared: ReadonlyMap<Register, Register>;
}

/** Colours the registers of `fn` that take part in allocation. `unspillable`: those that are in registers for one instruction only. */
export function colour(
  fn: MachineFunction,
  file: RegisterFile,
  unspillable: ReadonlySet<Register>,
): Colouring {
  const graph = interferenceGraph(fn, file);
  const { count, allocatable, neighbours, degree, weight, moves, movesOf } = graph;
  const available = file.allocatable.length;
  const alias = new Int32Array(count);
  const state = new Uint8Array(count);
  const simplifyList: number[] = [];
  const stack: number[] = [];
  let freezeList: number[] = [];
  let spillList: number[] = [];
  for (let node = 0; node < count; node++) {
    alias[node] = node;
    if (node < firstVirtual) state[node] = stage.precoloured;
    else place(node);
  }
  moves.sort((a, b) => a.weight - b.weight);
  const ready: Move[] = [...moves];

  for (;;) {
    if (simplifyList.length > 0) simplify();
    else if (ready.length > 0) coalesce(ready.pop() as Move);
    else if (freezeList.length > 0) freeze();
    else if (spillList.length > 0) selectSpill();
    else break;
  }
  return assignColours();

  function isMoveRelated(node: number): boolean {
    const own = movesOf[node] as Move[];
    for (let i = 0; i < own.length; i++) if (own[i]?.state !== "done") return true;
    return false;
  }

  /** Puts a virtual node into the worklist that fits its degree and moves. */
  function place(node: number): void {
    if ((degree[node] as number) >= available) {
      state[node] = stage.spill;
      spillList.push(node);
    } else if (isMoveRelated(node)) {
      state[node] = stage.freeze;
      freezeList.push(node);
    } else {
      state[node] = stage.simplify;
      simplifyList.push(node);
    }
  }

  function isGone(node: number): boolean {
    return state[node] === stage.stacked || state[node] === stage.coalesced;
  }

  function forEachNeighbour(node: number, visit: (other: number) => void): void {
    const all = neighbours[node] as number[];
    for (let i = 0; i < all.length; i++) if (!isGone(all[i] as number)) visit(all[i] as number);
  }

  function simplify(): void {
    let lightest = 0;
    for (let i = 1; i < simplifyList.length; i++) {
      const node = simplifyList[i] as number;
      if ((weight[node] as number) < (weight[simplifyList[lightest] as number] as number)) lightest = i;
    }
    const [node] = simplifyList.splice(lightest, 1);
    if (node === undefined || state[node] !== stage.simplify) return;
    push(node);
  }

  function push(node: number): void {
    state[node] = stage.stacked;
    stack.push(node);
    forEachNeighbour(node, lowerDegree);
  }

  function lowerDegree(node: number): void {
    if (node < firstVirtual) return;
    const before = degree[node] as number;
    degree[node] = before - 1;
    if (before !== available) return;
    wake(node);
    forEachNeighbour(node, wake);
    if (state[node] === stage.spill) place(node);
  }

  /** Moves that could not be coalesced before may be now. */
  function wake(node: number): void {
    const own = movesOf[node] as Move[];
    for (let i = 0; i < own.length; i++) {
      const move = own[i] as Move;
      if (move.state !== "active") continue;
      move.state = "ready";
      ready.push(move);
    }
  }

  function find(node: number): number {
    let root = node;
    while (state[root] === stage.coalesced) root = alias[root] as number;
    return root;
  }

  function coalesce(move: Move): void {
    if (move.state !== "ready") return;
    const to = find(move.to);
    const from = find(move.from);
    const [keep, drop] = from < firstVirtual ? [from, to] : [to, from];
    if (keep === drop) {
      move.state = "done";
      reconsider(keep);
    } else if (drop < firstVirtual || interferes(graph, keep, drop) || makesExpensive(keep, drop)) {
      move.state = "done";
      reconsider(keep);
      reconsider(drop);
    } else if (keep < firstVirtual ? georgeTest(keep, drop) : briggsTest(keep, drop)) {
      move.state = "done";
      combine(keep, drop);
      reconsider(keep);
    } else {
      move.state = "active";
    }
  }

  /**
   * One of the two may get a register that encodes short, and the other, which lives across instructions that change all of those, may not:
   * together neither would. The move costs less than what many instructions pay.
   */
  function makesExpensive(keep: number, drop: number): boolean {
    if (keep < firstVirtual) return false;
    const isCheap = mayBeCheap(keep);
    return isCheap !== mayBeCheap(drop) && (weight[isCheap ? keep : drop] as number) > moveUses;
  }

  function mayBeCheap(node: number): boolean {
    const { cheapRegisters } = file;
    return (
      cheapRegisters.length === 0 || cheapRegisters.some((register) => !interferes(graph, node, register))
    );
  }

  /** A node that is no longer move-related may be simplified. */
  function reconsider(node: number): void {
    if (node < firstVirtual || isGone(node)) return;
    if (state[node] === stage.simplify || isMoveRelated(node)) return;
    if ((degree[node] as number) >= available) return;
    state[node] = stage.simplify;
    simplifyList.push(node);
  }

  /** Every neighbour of `drop` is harmless to the physical register `keep`. */
  function georgeTest(keep: number, drop: number): boolean {
    const all = neighbours[drop] as number[];
    for (let i = 0; i < all.length; i++) {
      const other = all[i] as number;
      const isHarmless =
        isGone(other) ||
        other < firstVirtual ||
        (degree[other] as number) < available ||
        interferes(graph, other, keep);
      if (!isHarmless) return false;
    }
    return true;
  }

  /** The merged node has fewer than `available` neighbours of significant degree. */
  function briggsTest(keep: number, drop: number): boolean {
    const [ofKeep, ofDrop] = [neighbours[keep] as number[], neighbours[drop] as number[]];
    let significant = 0;
    for (let i = 0; i < ofKeep.length; i++) {
      const other = ofKeep[i] as number;
      if (isGone(other)) continue;
      const degreeAfter = (degree[other] as number) - (interferes(graph, drop, other) ? 1 : 0);
      if (other < firstVirtual || degreeAfter >= available) significant++;
    }
    for (let i = 0; i < ofDrop.length; i++) {
      const other = ofDrop[i] as number;
      if (isGone(other) || interferes(graph, keep, other)) continue;
      if (other < firstVirtual || (degree[other] as number) >= available) significant++;
    }
    return significant < available;
  }

  function combine(keep: number, drop: number): void {
    state[drop] = stage.coalesced;
    alias[drop] = keep;
    weight[keep] = (weight[keep] as number) + (weight[drop] as number);
    for (const move of movesOf[drop] as Move[]) {
      (movesOf[keep] as Move[]).push(move);
      // A move that waited on `drop` may succeed from the merged node.
      if (move.state === "active") {
        move.state = "ready";
        ready.push(move);
      }
    }
    forEachNeighbour(drop, (other) => {
      if (interferes(graph, other, keep)) {
        lowerDegree(other);
      } else {
        addEdge(graph, other, keep);
        // The edge to `drop` is gone: `other` has as many neighbours as before.
        if (other >= firstVirtual) degree[other] = (degree[other] as number) - 1;
      }
    });
    if (keep >= firstVirtual && (degree[keep] as number) >= available && state[keep] === stage.freeze) {
      state[keep] = stage.spill;
      spillList.push(keep);
    }
  }

  function freeze(): void {
    freezeList = freezeList.filter((node) => state[node] === stage.freeze);
    let lightest = freezeList[0];
    if (lightest === undefined) return;
    for (const node of freezeList)
      if ((weight[node] as number) < (weight[lightest] as number)) lightest = node;
    state[lightest] = stage.simplify;
    simplifyList.push(lightest);
    freezeMoves(lightest);
  }

  function freezeMoves(node: number): void {
    for (const move of movesOf[node] as Move[]) {
      if (move.state === "done") continue;
      move.state = "done";
      reconsider(find(move.to));
      reconsider(find(move.from));
    }
  }

  function selectSpill(): void {
    spillList = spillList.filter((node) => state[node] === stage.spill);
    let best: number | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const node of spillList) {
      const cost = unspillable.has(node) ? 1e15 : (weight[node] as number) / (degree[node] as number);
      if (best === undefined || cost < bestCost) {
        best = node;
        bestCost = cost;
      }
    }
    if (best === undefined) return;
    state[best] = stage.simplify;
    simplifyList.push(best);
    freezeMoves(best);
  }

  function assignColours(): Colouring {
    const colours = new Int32Array(count).fill(-1);
    for (let register = 0; register < firstVirtual; register++) colours[register] = register;
    const spilled: Register[] = [];
    const taken = new Uint8Array(firstVirtual);
    for (let i = stack.length - 1; i >= 0; i--) {
      const node = stack[i] as number;
      taken.fill(0);
      const around = neighbours[node] as number[];
      for (let k = 0; k < around.length; k++) {
        const used = colours[find(around[k] as number)] as number;
        if (used >= 0) taken[used] = 1;
      }
      const isFree = (wanted: number): boolean =>
        wanted >= 0 && has(allocatable, wanted) && taken[wanted] === 0;
      const colourOf = ({ to, from }: Move): number => colours[find(find(to) === node ? from : to)] as number;
      const partner = (movesOf[node] as Move[]).find((move) => isFree(colourOf(move)));
      const free = partner ? colourOf(partner) : file.allocatable.find((register) => taken[register] === 0);
      if (free === undefined) spilled.push(node);
      else colours[node] = free;
    }
    if (spilled.length === 0) recolourClasses(fn, file, graph, stack, find, colours);
    for (let node = firstVirtual; node < count; node++) {
      if (state[node] === stage.coalesced) colours[node] = colours[find(node)] as number;
    }
    if (spilled.length === 0) splitClasses(fn, file, graph, find, colours);
    return { colours, ...shareSlots(spilled) };
  }

  /**
   * What was coalesced with a spilled register goes where that goes; so does what a move connects with it, when it is
   * used little and alive at other times: an update of the one is then an update of the slot.
   */
  function shareSlots(lost: readonly Register[]): Pick<Colouring, "spilled" | "shared"> {
    const roots = new Set(lost);
    const shared = new Map<Register, Register>();
    if (roots.size === 0) return { spilled: [], shared };
    const around = classNeighbours(graph, find);
    for (const move of moves) {
      const [a, b] = [find(move.to), find(move.from)];
      const [keep, drop] = roots.has(a) ? [a, b] : [b, a];
      if (keep === drop || !roots.has(keep) || drop < firstVirtual) continue;
      if (hasPair(around, keep, drop)) continue;
      if (!roots.has(drop) && (weight[drop] as number) > fewUses * 2) continue;
      roots.delete(drop);
      state[drop] = stage.coalesced;
      alias[drop] = keep;
      forEachInRow(around, drop, (other) => {
        insertPair(around, keep, other);
        insertPair(around, other, keep);
      });
    }
    for (let node = firstVirtual; node < count; node++) {
      if (state[node] === stage.coalesced && roots.has(find(node))) shared.set(node, find(node));
    }
    return { spilled: [...roots], shared };
  }
}
