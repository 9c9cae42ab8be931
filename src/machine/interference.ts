/**
 * The interference graph of a function: which registers are alive at the same time, what moves connect them, and what each is worth.
 *
 * Nodes are registers, physical ones among them. Reserved physical registers, to which nothing is ever allocated, take no part.
 */

import type { RegisterFile } from "./allocate.ts";
import { has, insert, liveOut, type RegisterSet, remove } from "./liveness.ts";
import { firstVirtual, type MachineFunction, type MachineInstruction, type Register } from "./machine.ts";
import { hasPair, insertPair, newMatrix, type RegisterMatrix } from "./register-matrix.ts";
import { forEachDefinition, forEachUse } from "./registers.ts";

/** A copy from one register to another, which vanishes when both get the same colour. */
export interface Move {
  readonly to: Register;
  readonly from: Register;
  readonly weight: number;
  /** Waiting for a chance, in the worklist, or done with. */
  state: "active" | "ready" | "done";
}

/** What there is to colour. Coalescing adds edges, and moves and degrees change on the way. */
export interface InterferenceGraph {
  /** Of nodes: registers have numbers below it. */
  readonly count: number;
  readonly allocatable: RegisterSet;
  /** What each node interferes with, as a set and, of virtual ones, as a list. */
  readonly edges: RegisterMatrix;
  readonly neighbours: readonly number[][];
  /** How many neighbours each virtual node has. */
  readonly degree: Int32Array;
  /** How often each node is named, where instructions in loops count more. */
  readonly weight: Float64Array;
  readonly moves: Move[];
  readonly movesOf: readonly Move[][];
}

/** The graph of `fn`, whose registers are those of `file` and virtual ones. */
export function interferenceGraph(fn: MachineFunction, file: RegisterFile): InterferenceGraph {
  const count = fn.registers;
  const allocatable: RegisterSet = new Uint32Array(firstVirtual >>> 5);
  for (const register of file.allocatable) insert(allocatable, register);
  const takesPart = (register: Register): boolean => register >= firstVirtual || has(allocatable, register);
  const edges = newMatrix(count);
  const weight = new Float64Array(count);
  const movesOf: Move[][] = Array.from({ length: count }, () => []);
  const moves: Move[] = [];
  const graph: InterferenceGraph = {
    count,
    allocatable,
    edges,
    neighbours: Array.from({ length: count }, () => []),
    degree: new Int32Array(count),
    weight,
    moves,
    movesOf,
  };
  build();
  return graph;

  function build(): void {
    const live = liveOut(fn);
    let now: RegisterSet = new Uint32Array(0);
    let cost = 0;
    const defined: Register[] = [];
    const noteDefinition = (register: Register): void => {
      if (takesPart(register)) defined.push(register);
    };
    const noteUse = (register: Register): void => {
      if (!takesPart(register)) return;
      insert(now, register);
      weight[register] = (weight[register] as number) + cost;
    };
    const visit = (instruction: MachineInstruction): void => {
      if (file.excluded) exclude(instruction);
      if (instruction.isMove) noteMove(instruction, now, cost);
      defined.length = 0;
      forEachDefinition(instruction, noteDefinition);
      for (let i = 0; i < defined.length; i++) {
        const register = defined[i] as Register;
        insert(now, register);
        weight[register] = (weight[register] as number) + cost;
      }
      for (let i = 0; i < defined.length; i++) addEdges(defined[i] as Register, now);
      for (let i = 0; i < defined.length; i++) remove(now, defined[i] as Register);
      forEachUse(instruction, noteUse);
    };
    for (const [index, block] of fn.blocks.entries()) {
      now = live[index] as RegisterSet;
      dropReserved(now);
      cost = 1.5 ** block.loopDepth;
      if (block.branch) visit(block.branch);
      for (let i = block.instructions.length - 1; i >= 0; i--) {
        visit(block.instructions[i] as MachineInstruction);
      }
      if (index === 0) {
        for (const parameter of fn.parameters) insert(now, parameter);
        for (const parameter of fn.parameters) addEdges(parameter, now);
      }
    }
  }

  /** Registers that nothing is ever allocated to are nobody's neighbours: counted as such they would forbid to coalesce. */
  function dropReserved(now: RegisterSet): void {
    for (let word = 0; word < allocatable.length; word++) {
      now[word] = (now[word] as number) & (allocatable[word] as number);
    }
  }

  /** `register` is written while the members of `now` are live. */
  function addEdges(register: Register, now: RegisterSet): void {
    const { bits: known, words } = edges;
    for (let word = register < firstVirtual ? firstVirtual >>> 5 : 0; word < words; word++) {
      for (
        let bits = (now[word] as number) & ~(known[register * words + word] as number);
        bits !== 0;
        bits &= bits - 1
      ) {
        addEdge(graph, register, word * 32 + 31 - Math.clz32(bits & -bits));
      }
    }
  }

  /** What an operand must not be in interferes with it. */
  function exclude(instruction: MachineInstruction): void {
    for (const [index, operand] of instruction.operands.entries()) {
      if (operand.kind !== "register" || operand.register < firstVirtual) continue;
      for (const other of file.excluded?.(instruction, index) ?? []) {
        if (takesPart(other)) addEdge(graph, operand.register, other);
      }
    }
  }

  function noteMove(instruction: MachineInstruction, now: RegisterSet, cost: number): void {
    const [to, from] = instruction.operands;
    if (to?.kind !== "register" || from?.kind !== "register") return;
    if (!takesPart(to.register) || !takesPart(from.register)) return;
    remove(now, from.register);
    const move: Move = { to: to.register, from: from.register, weight: cost, state: "ready" };
    moves.push(move);
    (movesOf[move.to] as Move[]).push(move);
    if (move.from !== move.to) (movesOf[move.from] as Move[]).push(move);
  }
}

/** Whether `a` and `b` need different registers. */
export function interferes({ edges }: InterferenceGraph, a: number, b: number): boolean {
  return hasPair(edges, a, b);
}

/** `a` and `b` interfere. Between two physical registers there is nothing to decide. */
export function addEdge(graph: InterferenceGraph, a: number, b: number): void {
  const { edges, neighbours, degree } = graph;
  if (a === b || (a < firstVirtual && b < firstVirtual) || hasPair(edges, a, b)) return;
  insertPair(edges, a, b);
  insertPair(edges, b, a);
  if (a >= firstVirtual) {
    (neighbours[a] as number[]).push(b);
    degree[a] = (degree[a] as number) + 1;
  }
  if (b >= firstVirtual) {
    (neighbours[b] as number[]).push(a);
    degree[b] = (degree[b] as number) + 1;
  }
}

/** By representative, which `find` gives for each node: what the nodes that it stands for interfere with, together. */
export function classNeighbours(
  { count, neighbours }: InterferenceGraph,
  find: (node: number) => number,
): RegisterMatrix {
  const around = newMatrix(count);
  for (let node = firstVirtual; node < count; node++) {
    const root = find(node);
    const all = neighbours[node] as number[];
    for (let i = 0; i < all.length; i++) {
      const other = find(all[i] as number);
      insertPair(around, root, other);
      insertPair(around, other, root);
    }
  }
  return around;
}
