/**
 * Register allocation by graph colouring with iterated coalescing (George and Appel, "Iterated Register
 * Coalescing", TOPLAS 18(3), 1996).
 *
 * The one idea: selection wrote a move wherever the machine or SSA wants a value in some register;
 * colouring two ends of a move alike makes it vanish. Nodes are registers, physical ones coloured from the
 * start. Nodes used most are coloured first, so that they get the registers with the shortest encodings.
 *
 * Nothing is callee-saved: the caller knows exactly what each callee changes, and keeps what it needs elsewhere.
 */

import { assert } from "../base/errors.ts";
import { has, insert, liveOut, type RegisterSet, remove } from "./liveness.ts";
import { firstVirtual, type MachineFunction, type MachineInstruction, type Register } from "./machine.ts";
import { type ColouredGraph, recolour } from "./recolour.ts";
import { forEachInRow, hasPair, insertPair, newMatrix, type RegisterMatrix } from "./register-matrix.ts";
import { forEachDefinition, forEachInstruction, forEachUse, mapRegisters } from "./registers.ts";
import { noSpills, spill } from "./spill.ts";

/** What the allocator has to know of a target. */
export interface RegisterFile {
  readonly allocatable: readonly Register[];
  readonly wordBytes: 4 | 8;
  /**
   * What an instruction's registers, which `colourOf` gives, cost in bytes beyond the cheapest ones. Absent where all are
   * alike. Not asked about moves that vanish.
   */
  registerBytes?(instruction: MachineInstruction, colourOf: (register: Register) => Register): number;
  /** Registers that operand `index` must not be in. Absent: any will do. */
  excluded?(instruction: MachineInstruction, index: number): readonly Register[];
  /** Where the part of the program's storage ends that its functions share for spill slots, in bytes from its start; absent: there is none. */
  readonly spillLimit?: number;
  move(to: Register, from: Register): MachineInstruction;
  loadSpill(to: Register, offset: number, width: 32 | 64): MachineInstruction;
  storeSpill(from: Register, offset: number, width: 32 | 64): MachineInstruction;
  /** The instruction with its operand `index`, a register, replaced by the stack slot; undefined where the machine cannot. */
  useSpill(
    instruction: MachineInstruction,
    index: number,
    offset: number,
    width: 32 | 64,
  ): MachineInstruction | undefined;
}

/** Replaces every virtual register of `fn` by a physical one, through stack slots where there are too few. */
export function allocate(fn: MachineFunction, file: RegisterFile): void {
  const spills = noSpills();
  for (let round = 0; ; round++) {
    assert(round < 50, `register allocation of ${fn.name} does not end`);
    const colouring = colour(fn, file, spills.unspillable);
    if (colouring.spilled.length === 0) {
      rewrite(fn, colouring.colours);
      return;
    }
    renameRegisters(fn, colouring.shared);
    // A copy of a slot that was coalesced with something else has a value of its own.
    for (const root of colouring.shared.values()) spills.shared.delete(root);
    spill(fn, colouring.spilled, file, spills);
  }
}

/** Every physical register that callers of an allocated function find changed. */
export function clobbers(fn: MachineFunction): Register[] {
  const set = new Set<Register>();
  forEachInstruction(fn, (instruction) => forEachDefinition(instruction, (register) => set.add(register)));
  for (const register of fn.preserved ?? []) set.delete(register);
  return [...set].sort((a, b) => a - b);
}

function rewrite(fn: MachineFunction, colours: Int32Array): void {
  const map = (register: Register): Register =>
    register < firstVirtual ? register : (colours[register] as number);
  for (const block of fn.blocks) {
    const kept: MachineInstruction[] = [];
    for (const instruction of block.instructions) {
      mapRegisters(instruction, map);
      const [to, from] = instruction.operands;
      const idle =
        instruction.isMove &&
        to?.kind === "register" &&
        from?.kind === "register" &&
        to.register === from.register;
      if (!idle) kept.push(instruction);
    }
    block.instructions = kept;
    if (block.branch) mapRegisters(block.branch, map);
  }
  fn.parameters = fn.parameters.map(map);
  if (fn.result !== undefined) fn.result = map(fn.result);
  if (fn.resultHigh !== undefined) fn.resultHigh = map(fn.resultHigh);
}

/** Up to this many uses, a register may join a spilled one in its slot. */
const fewUses = 4;

/** What a move between registers costs, about. */
const moveBytes = 2;

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

interface Move {
  readonly to: Register;
  readonly from: Register;
  readonly weight: number;
  /** Waiting for a chance, in the worklist, or done with. */
  state: "active" | "ready" | "done";
}

interface Colouring {
  readonly colours: Int32Array;
  readonly spilled: Register[];
  /** Registers that share a spilled one's slot, because only moves connect them. */
  readonly shared: ReadonlyMap<Register, Register>;
}

function renameRegisters(fn: MachineFunction, names: ReadonlyMap<Register, Register>): void {
  const map = (register: Register): Register => names.get(register) ?? register;
  forEachInstruction(fn, (instruction) => mapRegisters(instruction, map));
  fn.parameters = fn.parameters.map(map);
  if (fn.result !== undefined) fn.result = map(fn.result);
  if (fn.resultHigh !== undefined) fn.resultHigh = map(fn.resultHigh);
}

function colour(fn: MachineFunction, file: RegisterFile, unspillable: ReadonlySet<Register>): Colouring {
  const count = fn.registers;
  const available = file.allocatable.length;
  const allocatable: RegisterSet = new Uint32Array(firstVirtual >>> 5);
  for (const register of file.allocatable) insert(allocatable, register);
  const takesPart = (register: Register): boolean => register >= firstVirtual || has(allocatable, register);

  /** What each node interferes with, as a set and, of virtual ones, as a list. */
  const edges = newMatrix(count);
  const neighbours: number[][] = Array.from({ length: count }, () => []);
  const degree = new Int32Array(count);
  const weight = new Float64Array(count);
  const movesOf: Move[][] = Array.from({ length: count }, () => []);
  const moves: Move[] = [];
  const alias = new Int32Array(count);
  const state = new Uint8Array(count);

  function interferes(a: number, b: number): boolean {
    return hasPair(edges, a, b);
  }

  /** Between two physical registers there is nothing to decide. */
  function addEdge(a: number, b: number): void {
    if (a === b || (a < firstVirtual && b < firstVirtual) || interferes(a, b)) return;
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

  build();

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
        addEdge(register, word * 32 + 31 - Math.clz32(bits & -bits));
      }
    }
  }

  /** What an operand must not be in interferes with it. */
  function exclude(instruction: MachineInstruction): void {
    for (const [index, operand] of instruction.operands.entries()) {
      if (operand.kind !== "register" || operand.register < firstVirtual) continue;
      for (const other of file.excluded?.(instruction, index) ?? []) {
        if (takesPart(other)) addEdge(operand.register, other);
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
    } else if (drop < firstVirtual || interferes(keep, drop)) {
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
        interferes(other, keep);
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
      const degreeAfter = (degree[other] as number) - (interferes(drop, other) ? 1 : 0);
      if (other < firstVirtual || degreeAfter >= available) significant++;
    }
    for (let i = 0; i < ofDrop.length; i++) {
      const other = ofDrop[i] as number;
      if (isGone(other) || interferes(keep, other)) continue;
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
      if (interferes(other, keep)) {
        lowerDegree(other);
      } else {
        addEdge(other, keep);
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
    if (spilled.length === 0) improve(colours);
    for (let node = firstVirtual; node < count; node++) {
      if (state[node] === stage.coalesced) colours[node] = colours[find(node)] as number;
    }
    return { colours, ...shareSlots(spilled) };
  }

  /** What the registers that were coalesced into each node interfere with, together. */
  function classNeighbours(): RegisterMatrix {
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

  function improve(colours: Int32Array): void {
    const roots = Int32Array.from({ length: count }, (_, node) => find(node));
    const colourOf = (register: Register): Register => colours[roots[register] as number] as number;
    const users = usersOf(roots);
    const graph: ColouredGraph = {
      nodes: stack,
      neighbours: classNeighbours(),
      moves: moves
        .map(({ to, from }) => ({ to: roots[to] as number, from: roots[from] as number }))
        .filter(({ to, from }) => to !== from),
      users: (node) => users[node] as MachineInstruction[],
      bytes: (instruction) => {
        if (instruction.isMove) {
          const [to, from] = instruction.operands;
          const isIdle =
            to?.kind === "register" &&
            from?.kind === "register" &&
            colourOf(to.register) === colourOf(from.register);
          return isIdle ? 0 : moveBytes + (file.registerBytes?.(instruction, colourOf) ?? 0);
        }
        return file.registerBytes?.(instruction, colourOf) ?? 0;
      },
      colours,
    };
    recolour(graph, file.allocatable);
  }

  /** By representative: the instructions that name it, where the register matters to their size. */
  function usersOf(roots: Int32Array): MachineInstruction[][] {
    const users: MachineInstruction[][] = Array.from({ length: count }, () => []);
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

  /**
   * What was coalesced with a spilled register goes where that goes; so does what a move connects with it, when it is
   * used little and alive at other times: an update of the one is then an update of the slot.
   */
  function shareSlots(lost: readonly Register[]): Pick<Colouring, "spilled" | "shared"> {
    const roots = new Set(lost);
    const shared = new Map<Register, Register>();
    if (roots.size === 0) return { spilled: [], shared };
    const around = classNeighbours();
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
