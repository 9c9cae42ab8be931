/**
 * What registers are known to hold: numbers, addresses and spill slots. Runs over allocated code, before the target's own
 * improvements, and once more for what was moved before a branch (hoist.ts). What would put a value into the register that holds it
 * anyway is dropped; into another, it may become a copy; and a number, or an address, near one that is at hand may be made from it.
 *
 * A value is named by the instruction that makes it, without the register: it has no other inputs. The state is, for each
 * register, the set of values that it holds; at a block's start it is what all predecessors agree on, found by
 * iteration from the assumption that everything is everywhere.
 */

import {
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type Operand,
  type Register,
  successors,
} from "./machine.ts";
import { forEachDefinition } from "./registers.ts";

/** What puts a whole number or address into a register, on one machine or another. */
export const isConstant: ReadonlySet<string> = new Set(["mov", "li", "la", "c.la", "adr"]);

/** What the pass has to know of a target. */
export interface ValueMaker {
  /** Of the instruction that makes a value, and of those that `derive` makes: bytes, about. */
  valueBytes(instruction: MachineInstruction): number;
  /** A copy of a value of `width` bits. */
  move(to: Register, from: Register, width?: 32 | 64): MachineInstruction;
  loadSpill(to: Register, offset: number, width: 32 | 64): MachineInstruction;
  storeSpill(from: Register, offset: number, width: 32 | 64): MachineInstruction;
  /** `to` = `from` plus `distance`, of `width` bits, without a change of flags; undefined where there is no such instruction. */
  addConstant?(
    to: Register,
    from: Register,
    distance: bigint,
    width: 32 | 64,
  ): MachineInstruction | undefined;
  /** `to`, which holds `from`, becomes `number`, without a change of flags; undefined where there is no such instruction. */
  changePart?(to: Register, from: bigint, number: bigint): MachineInstruction | undefined;
}

/**
 * Changes the blocks' instructions. After the target's own improvements, which join accesses to slots, only `constants` are safe.
 * `before`: what has been done when the function begins.
 */
export function reuseValues(
  fn: MachineFunction,
  target: ValueMaker,
  kinds: "all" | "constants",
  before: readonly MachineInstruction[] = [],
): void {
  const table = new ValueTable(target, kinds === "all");
  const effects = fn.blocks.map((block) => block.instructions.map((each) => table.effectOf(each)));
  const initial = before.map((each) => table.effectOf(each));
  if (table.values.length === 0) return;
  const { values } = table;
  const layout = layOutState(values);
  const starts = solve(fn.blocks, effects, initial, layout);
  for (const [place, block] of fn.blocks.entries()) {
    const state = starts[place] as State;
    block.instructions = block.instructions.flatMap((instruction, index) => {
      const effect = effects[place]?.[index] as Effect;
      const better =
        effect.makes < 0 ? instruction : improve(instruction, effect, state, layout, values, target);
      apply(effect, state, layout);
      if (better === undefined) return [];
      if (better !== instruction) better.span = instruction.span;
      return [better];
    });
  }
}

const registers = 32;

/** For each register, the values that it holds: a bit for each, in as many words as `StateLayout` says. */
type State = Int32Array;

interface StateLayout {
  /** Of a register's part of the state. */
  readonly words: number;
  /** The values that 32 bits hold. */
  readonly narrow: Int32Array;
}

function layOutState(values: readonly Value[]): StateLayout {
  const narrow = new Int32Array((values.length + 31) >>> 5);
  for (const [value, { width }] of values.entries()) {
    if (width === 32) narrow[value >>> 5] = (narrow[value >>> 5] as number) | (1 << (value & 31));
  }
  return { words: narrow.length, narrow };
}

interface Effect {
  /** Registers that change. */
  readonly changes: number;
  /** Values that are no longer what they were: those of a slot that is written. */
  ends: readonly number[];
  /** The value that the instruction makes, and nothing else; else -1. */
  makes: number;
  /** After a store to a slot, what loading it would give; else -1. */
  stores: number;
  /** The register of either. */
  register: Register;
  /** A copy: the register copied from; else -1. */
  copies: Register;
  /** The copy is of the low 32 bits. */
  isNarrow: boolean;
}

/** What is made, as far as it is a number, or so many bytes from a symbol. */
interface Value {
  readonly number: bigint | undefined;
  readonly symbol: string | undefined;
  readonly width: 32 | 64;
  /** Where a slot is loaded; else undefined. */
  readonly slot: number | undefined;
}

class ValueTable {
  readonly values: Value[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly target: ValueMaker;
  private readonly hasSlots: boolean;

  constructor(target: ValueMaker, hasSlots: boolean) {
    this.target = target;
    this.hasSlots = hasSlots;
  }

  effectOf(instruction: MachineInstruction): Effect {
    let changes = 0;
    forEachDefinition(instruction, (register) => {
      changes |= bitOf(register);
    });
    const effect: Effect = {
      changes,
      ends: [],
      makes: -1,
      stores: -1,
      register: 0,
      copies: -1,
      isNarrow: false,
    };
    const [first, second] = instruction.operands;
    const to = first?.kind === "register" && bitOf(first.register) !== 0 ? first.register : undefined;
    const isCopy = instruction.isMove && instruction.condition === undefined;
    if (isCopy && second?.kind === "register" && first?.kind === "register") {
      const { width } = instruction;
      if (width < 32 || bitOf(second.register) === 0 || to === undefined) return effect;
      effect.register = to;
      effect.copies = second.register;
      effect.isNarrow = width === 32;
      return effect;
    }
    if (to !== undefined && this.isValue(instruction)) {
      effect.register = to;
      effect.makes = this.numberOf(instruction);
      return effect;
    }
    const written = this.hasSlots ? (slotOf(first) ?? slotOf(second)) : undefined;
    if (written === undefined || !writesSlot(instruction)) return effect;
    const stored = this.storedBy(instruction, written);
    if (stored !== undefined) {
      effect.register = stored.from;
      effect.stores = this.numberOf(stored.load);
    }
    effect.ends = this.slotValues(written);
    return effect;
  }

  /** Only defines its first operand, from constants or a slot. */
  private isValue({ width, operands, roles, uses, defines, condition, isMove }: MachineInstruction): boolean {
    if (isMove || condition !== undefined || uses.length > 0 || defines.length > 0 || width < 32)
      return false;
    if (operands.length !== 2 || roles !== "du" || operands[0]?.kind !== "register") return false;
    const [, from] = operands;
    if (from?.kind === "immediate" || from?.kind === "symbol") return true;
    return this.hasSlots && slotOf(from) !== undefined;
  }

  private numberOf(instruction: MachineInstruction): number {
    const { op, width, operands } = instruction;
    const from = operands[1] as Operand;
    const slot = slotOf(from);
    const key = `${op} ${width} ${textOf(from)}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const isAddress = from.kind === "symbol" && isConstant.has(op);
    const isNumber = from.kind === "immediate" && isConstant.has(op);
    const offset = isAddress ? BigInt(from.offset) : undefined;
    const number = this.values.push({
      number: isNumber ? from.value : offset,
      symbol: isAddress ? from.symbol : undefined,
      width: width === 64 ? 64 : 32,
      slot,
    });
    this.numbers.set(key, number - 1);
    return number - 1;
  }

  /** The load that would give what a store wrote. */
  private storedBy(
    store: MachineInstruction,
    offset: number,
  ): { readonly load: MachineInstruction; readonly from: Register } | undefined {
    for (const width of [32, 64] as const) {
      const from = store.operands.find((operand) => operand.kind === "register");
      if (from?.kind !== "register" || bitOf(from.register) === 0) return undefined;
      const like = this.target.storeSpill(from.register, offset, width);
      if (like.op === store.op && like.width === store.width && like.roles === store.roles) {
        const matches = like.operands.every((operand, at) => textOf(operand) === textOf(store.operands[at]));
        if (matches)
          return { load: this.target.loadSpill(from.register, offset, width), from: from.register };
      }
    }
    return undefined;
  }

  private slotValues(offset: number): readonly number[] {
    // Both widths, known before the first load is met.
    for (const width of [32, 64] as const) this.numberOf(this.target.loadSpill(0, offset, width));
    return this.values.flatMap(({ slot }, number) => (slot === offset ? [number] : []));
  }
}

function slotOf(operand: Operand | undefined): number | undefined {
  return operand?.kind === "memory" ? operand.slot : undefined;
}

function writesSlot({ operands, roles }: MachineInstruction): boolean {
  return operands.some((operand, index) => roles[index] !== "u" && slotOf(operand) !== undefined);
}

function textOf(operand: Operand | undefined): string {
  switch (operand?.kind) {
    case undefined:
    case "block":
      return "";
    case "register":
      return `r${operand.register}`;
    case "immediate":
      return `#${operand.value}`;
    case "symbol":
      return `${operand.symbol}+${operand.offset}`;
    case "memory":
      return `[${operand.base}+${operand.displacement}]`;
  }
}

function apply(
  { changes, ends, makes, stores, register, copies, isNarrow }: Effect,
  state: State,
  { words, narrow }: StateLayout,
): void {
  for (let rest = changes; rest !== 0; rest &= rest - 1) {
    const changed = 31 - Math.clz32(rest & -rest);
    const from = changed === register ? copies : -1;
    for (let word = 0; word < words; word++) {
      const held = from < 0 ? 0 : (state[from * words + word] as number);
      state[changed * words + word] = isNarrow ? held & (narrow[word] as number) : held;
    }
  }
  for (const value of ends) {
    const bit = 1 << (value & 31);
    for (let at = value >>> 5; at < state.length; at += words) state[at] = (state[at] as number) & ~bit;
  }
  const value = makes >= 0 ? makes : stores;
  if (value >= 0) hold(register, value, state, words);
}

function hold(register: Register, value: number, state: State, words: number): void {
  const at = register * words + (value >>> 5);
  state[at] = (state[at] as number) | (1 << (value & 31));
}

/** The registers that hold `value`, a bit for each. */
function holders(state: State, words: number, value: number): number {
  let held = 0;
  for (let register = 0; register < registers; register++) {
    const set = state[register * words + (value >>> 5)] as number;
    held |= ((set >>> (value & 31)) & 1) << register;
  }
  return held;
}

/** The state at each block's start. */
function solve(
  blocks: readonly MachineBlock[],
  effects: readonly (readonly Effect[])[],
  initial: readonly Effect[],
  layout: StateLayout,
): readonly State[] {
  const size = registers * layout.words;
  const places = new Map(blocks.map((block, place) => [block, place]));
  const following = blocks.map((block) => successors(block).map((next) => places.get(next) as number));
  const lasting = effects.map((all) => all.filter(isLasting));
  const starts = blocks.map((_, place) => new Int32Array(size).fill(place === 0 ? 0 : -1));
  for (const { register, makes } of initial) hold(register, makes, starts[0] as State, layout.words);
  /** What is known at the block's start is less than when it was last looked at. */
  const isStale = new Uint8Array(blocks.length).fill(1);
  const state = new Int32Array(size);
  for (let place = 0; place >= 0; ) {
    isStale[place] = 0;
    state.set(starts[place] as State);
    for (const effect of lasting[place] as readonly Effect[]) apply(effect, state, layout);
    for (const next of following[place] as readonly number[]) {
      if (agree(starts[next] as State, state)) isStale[next] = 1;
    }
    // On to the end of the function, then from its start again.
    const later = isStale.indexOf(1, place);
    place = later >= 0 ? later : isStale.indexOf(1);
  }
  return starts;
}

/** It changes what registers hold. */
function isLasting({ changes, ends, makes, stores }: Effect): boolean {
  return changes !== 0 || ends.length > 0 || makes >= 0 || stores >= 0;
}

/** Keeps in `start` only what is in `state` too. True when that is less. */
function agree(start: State, state: State): boolean {
  let changed = false;
  for (let at = 0; at < start.length; at++) {
    const known = start[at] as number;
    if ((known & ~(state[at] as number)) === 0) continue;
    start[at] = known & (state[at] as number);
    changed = true;
  }
  return changed;
}

/** The instruction, a shorter one with its effect, or nothing where the register holds the value. */
function improve(
  instruction: MachineInstruction,
  { makes, register }: Effect,
  state: State,
  { words }: StateLayout,
  values: readonly Value[],
  target: ValueMaker,
): MachineInstruction | undefined {
  const held = holders(state, words, makes);
  if ((held & (1 << register)) !== 0) return undefined;
  const { width, number, symbol } = values[makes] as Value;
  let best = instruction;
  let bytes = target.valueBytes(instruction);
  const consider = (candidate: MachineInstruction | undefined): void => {
    if (candidate === undefined) return;
    const size = target.valueBytes(candidate);
    if (size >= bytes) return;
    best = candidate;
    bytes = size;
  };
  forEachBit(held, (from) => consider(target.move(register, from, width)));
  if (number === undefined) return best;
  for (let other = 0; other < values.length; other++) {
    const near = values[other] as Value;
    if (near.number === undefined || near.width !== width || near.symbol !== symbol) continue;
    const distance = number - near.number;
    const around = holders(state, words, other);
    forEachBit(around, (from) => consider(target.addConstant?.(register, from, distance, width)));
    if (symbol === undefined && (around & bitOf(register)) !== 0)
      consider(target.changePart?.(register, near.number, number));
  }
  return best;
}

/** Registers beyond these 32 hold nothing: arm64's zero. */
function bitOf(register: Register): number {
  return register < 32 ? 1 << register : 0;
}

function forEachBit(bits: number, visit: (bit: number) => void): void {
  for (let rest = bits; rest !== 0; rest &= rest - 1) visit(31 - Math.clz32(rest & -rest));
}
