/**
 * What registers are known to hold: numbers, addresses and spill slots. Runs over allocated code, before the target's own
 * improvements. What would put a value into the register that holds it anyway is dropped; into another, it may become a copy; and
 * a number near one that is at hand may be made from it.
 *
 * A value is named by the instruction that makes it, without the register: it has no other inputs. The state is, for each
 * value, the set of registers that hold it; at a block's start it is what all predecessors agree on, found by
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
}

/** Changes the blocks' instructions. */
export function reuseValues(fn: MachineFunction, target: ValueMaker): void {
  const values = new ValueTable(target);
  const effects = new Map(
    fn.blocks.map((block) => [block, block.instructions.map((each) => values.effectOf(each))]),
  );
  if (values.size === 0) return;
  const starts = solve(fn, effects, values.values);
  for (const block of fn.blocks) {
    const state = (starts.get(block) as State).slice();
    const kept: MachineInstruction[] = [];
    for (const [index, instruction] of block.instructions.entries()) {
      const effect = (effects.get(block) as readonly Effect[])[index] as Effect;
      const better = effect.makes < 0 ? instruction : improve(instruction, effect, state, values, target);
      if (better) {
        if (better !== instruction) better.span = instruction.span;
        kept.push(better);
      }
      apply(effect, state, values.values);
    }
    block.instructions = kept;
  }
}

/** For each value, the registers that hold it, a bit for each. */
type State = Int32Array;

interface Effect {
  /** Registers that change. */
  readonly changes: number;
  /** Values that are no longer what they were: those of a slot that is written. */
  readonly ends: readonly number[];
  /** The value that the instruction makes, and nothing else; else -1. */
  readonly makes: number;
  /** After a store to a slot, what loading it would give; else -1. */
  readonly stores: number;
  /** The register of either. */
  readonly register: Register;
  /** A copy: the register copied from; else -1. */
  readonly copies: Register;
  /** The copy is of the low 32 bits. */
  readonly isNarrow: boolean;
}

/** What is made, as far as it is a number. */
interface Value {
  readonly number: bigint | undefined;
  readonly width: 32 | 64;
  /** Where a slot is loaded; else undefined. */
  readonly slot: number | undefined;
}

class ValueTable {
  readonly values: Value[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly target: ValueMaker;

  constructor(target: ValueMaker) {
    this.target = target;
  }

  get size(): number {
    return this.values.length;
  }

  effectOf(instruction: MachineInstruction): Effect {
    let changes = 0;
    forEachDefinition(instruction, (register) => {
      changes |= bitOf(register);
    });
    const [first, second] = instruction.operands;
    const none = { changes, ends: [], makes: -1, stores: -1, register: 0, copies: -1, isNarrow: false };
    const written = slotOf(first) ?? slotOf(second);
    if (instruction.isMove && second?.kind === "register" && first?.kind === "register") {
      const { width } = instruction;
      if (width < 32 || bitOf(second.register) === 0 || bitOf(first.register) === 0) return none;
      return { ...none, register: first.register, copies: second.register, isNarrow: width === 32 };
    }
    if (this.isValue(instruction) && first?.kind === "register" && bitOf(first.register) !== 0) {
      return { ...none, makes: this.numberOf(instruction), register: first.register };
    }
    if (written === undefined || !writesSlot(instruction)) return none;
    const stored = this.storedBy(instruction, written);
    return {
      ...none,
      ...(stored === undefined ? {} : { stores: this.numberOf(stored.load), register: stored.from }),
      ends: this.slotValues(written),
    };
  }

  /** Only defines its first operand, from constants or a slot. */
  private isValue({ width, operands, roles, uses, defines, condition, isMove }: MachineInstruction): boolean {
    if (isMove || condition !== undefined || uses.length > 0 || defines.length > 0 || width < 32)
      return false;
    if (operands.length !== 2 || roles !== "du" || operands[0]?.kind !== "register") return false;
    const [, from] = operands;
    if (from?.kind === "immediate" || from?.kind === "symbol") return true;
    return slotOf(from) !== undefined;
  }

  private numberOf(instruction: MachineInstruction): number {
    const { op, width, operands } = instruction;
    const from = operands[1] as Operand;
    const slot = slotOf(from);
    const key = `${op} ${width} ${textOf(from)}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const isNumber = from.kind === "immediate" && /^(mov|li)$/.test(op);
    const number = this.values.push({
      number: isNumber ? from.value : undefined,
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

function apply(effect: Effect, state: State, values: readonly Value[]): void {
  const { changes, ends, makes, stores, register, copies, isNarrow } = effect;
  const copied = copies >= 0 ? 1 << copies : 0;
  if (changes !== 0) {
    for (let value = 0; value < state.length; value++) {
      const held = state[value] as number;
      if (held === 0) continue;
      const isCopied = (held & copied) !== 0 && !(isNarrow && values[value]?.width === 64);
      state[value] = (held & ~changes) | (isCopied ? 1 << register : 0);
    }
  }
  for (const value of ends) state[value] = 0;
  const value = makes >= 0 ? makes : stores;
  if (value >= 0) state[value] = (state[value] as number) | (1 << register);
}

/** The state at each block's start. */
function solve(
  fn: MachineFunction,
  effects: ReadonlyMap<MachineBlock, readonly Effect[]>,
  values: readonly Value[],
): ReadonlyMap<MachineBlock, State> {
  const size = values.length;
  const starts = new Map<MachineBlock, State>(
    fn.blocks.map((block) => [block, new Int32Array(size).fill(-1)]),
  );
  const [entry] = fn.blocks;
  if (entry) starts.set(entry, new Int32Array(size));
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of fn.blocks) {
      const state = (starts.get(block) as State).slice();
      for (const effect of effects.get(block) as readonly Effect[]) apply(effect, state, values);
      for (const next of successors(block)) {
        const start = starts.get(next) as State;
        for (let value = 0; value < size; value++) {
          const agreed = (start[value] as number) & (state[value] as number);
          if (agreed === start[value]) continue;
          start[value] = agreed;
          changed = true;
        }
      }
    }
  }
  return starts;
}

/** The instruction, a shorter one with its effect, or nothing where the register holds the value. */
function improve(
  instruction: MachineInstruction,
  { makes, register }: Effect,
  state: State,
  { values }: ValueTable,
  target: ValueMaker,
): MachineInstruction | undefined {
  const held = state[makes] as number;
  if ((held & (1 << register)) !== 0) return undefined;
  const { width, number } = values[makes] as Value;
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
  if (number === undefined || target.addConstant === undefined) return best;
  for (let other = 0; other < values.length; other++) {
    const near = values[other] as Value;
    if (near.number === undefined || near.width !== width || state[other] === 0) continue;
    const distance = number - near.number;
    forEachBit(state[other] as number, (from) =>
      consider(target.addConstant?.(register, from, distance, width)),
    );
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
