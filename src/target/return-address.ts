/**
 * Where the return address lies, instruction by instruction, for debuggers. On machines whose calls leave it in a register it is
 * a value like any other, and allocation puts it where it likes; so it is followed through the finished code: copies, stores to
 * the stack and loads from there add a place, whatever else is written takes one away. Where paths meet, the places
 * that all of them know are left.
 */

import type { Frame, Place, SavedRegister } from "../elf/object.ts";
import {
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type Register,
  successors,
} from "../machine/machine.ts";
import { forEachDefinition } from "../machine/registers.ts";

/** A register and its place on the stack, in bytes from the stack pointer before the instruction. */
export interface StackAccess {
  readonly register: Register;
  readonly at: number;
}

/** What an instruction does to the stack. */
export interface StackEffect {
  /** Bytes by which the stack becomes deeper; negative: given back. */
  readonly pushed: number;
  readonly stored: readonly StackAccess[];
  readonly loaded: readonly StackAccess[];
}

/** What following needs of a target. */
export interface StackRules {
  /** Where a call to `fn` leaves the address; undefined: `fn` does not return. */
  arrival(fn: MachineFunction): Place | undefined;
  stackEffect(instruction: MachineInstruction): StackEffect;
}

export const noEffect: StackEffect = { pushed: 0, stored: [], loaded: [] };

/** Control comes back behind these. */
const calls: ReadonlySet<string> = new Set(["call", "bl", "jal"]);

interface State {
  readonly bytes: number;
  readonly places: readonly Place[];
  readonly saved: readonly SavedRegister[];
}

/** For each instruction of each block, in their order, what holds when it is about to be executed. */
export function followReturnAddress(fn: MachineFunction, rules: StackRules): readonly (readonly Frame[])[] {
  const arrival = rules.arrival(fn);
  const [entry] = fn.blocks;
  const before = new Map<MachineBlock, State>();
  const waiting: MachineBlock[] = [];
  if (entry) {
    before.set(entry, { bytes: 0, places: arrival === undefined ? [] : [arrival], saved: [] });
    waiting.push(entry);
  }
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    let state = before.get(block) ?? lost;
    for (const instruction of block.instructions) state = after(state, instruction, fn, rules);
    for (const next of successors(block)) {
      const known = before.get(next);
      const met = known === undefined ? state : meet(known, state);
      if (known !== undefined && isSame(known, met)) continue;
      before.set(next, met);
      waiting.push(next);
    }
  }
  return fn.blocks.map((block) => {
    let state = before.get(block) ?? lost;
    return block.instructions.map((instruction) => {
      const next = after(state, instruction, fn, rules);
      const frame = frameOf(state, next, calls.has(instruction.op));
      state = next;
      return frame;
    });
  });
}

const lost: State = { bytes: 0, places: [], saved: [] };

/** A debugger looks up a caller as of its call, but the place has to hold behind it. The stack changes least often. */
function frameOf({ bytes, saved, places }: State, next: State, isCall: boolean): Frame {
  const lasting = places.filter((place) => has(next.places, place));
  const known = lasting.length > 0 || isCall ? lasting : places;
  return { bytes, saved, address: known.find(({ kind }) => kind === "stack") ?? known[0] };
}

function after(
  state: State,
  instruction: MachineInstruction,
  fn: MachineFunction,
  { stackEffect }: StackRules,
): State {
  const { pushed, stored, loaded } = stackEffect(instruction);
  const onStack = (at: number): Place => ({ kind: "stack", at: at - state.bytes });
  const written: Place[] = stored.map(({ at }) => onStack(at));
  forEachDefinition(instruction, (register) => written.push({ kind: "register", register }));
  const gained: Place[] = [];
  for (const { register, at } of stored) {
    if (has(state.places, { kind: "register", register })) gained.push(onStack(at));
  }
  for (const { register, at } of loaded) {
    if (has(state.places, onStack(at))) gained.push({ kind: "register", register });
  }
  const [to, from] = instruction.operands;
  if (instruction.isMove && to?.kind === "register" && from?.kind === "register") {
    if (has(state.places, { kind: "register", register: from.register }))
      gained.push({ kind: "register", register: to.register });
  }
  // What happens only sometimes takes away and adds nothing.
  const isCertain = instruction.condition === undefined;
  const kept = state.places.filter((place) => !has(written, place));
  const saved = stored
    .filter(({ register }) => fn.preserved?.includes(register) === true && !isSaved(state, register))
    .map(({ register, at }): SavedRegister => ({ register, at: at - state.bytes }));
  return {
    bytes: isCertain ? state.bytes + pushed : state.bytes,
    places: isCertain ? [...kept, ...gained.filter((place) => !has(kept, place))] : kept,
    saved: saved.length > 0 && isCertain ? [...state.saved, ...saved] : state.saved,
  };
}

function isSaved({ saved }: State, wanted: Register): boolean {
  return saved.some(({ register }) => register === wanted);
}

function meet(a: State, b: State): State {
  return {
    bytes: a.bytes,
    places: a.places.filter((place) => has(b.places, place)),
    saved: a.saved.filter(({ register }) => isSaved(b, register)),
  };
}

/** Meeting only takes away. */
function isSame(a: State, b: State): boolean {
  return a.places.length === b.places.length && a.saved.length === b.saved.length;
}

function has(places: readonly Place[], wanted: Place): boolean {
  return places.some((place) => {
    if (place.kind === "stack") return wanted.kind === "stack" && place.at === wanted.at;
    return wanted.kind === "register" && place.register === wanted.register;
  });
}

/**
 * The effect of an access to `[stackPointer, #displacement]`; of `op-pre` and `op-post`, which move the stack pointer before and
 * after it; and of adding a number to the stack pointer. Two registers of one access lie next to each other.
 */
export function plainStackEffect(instruction: MachineInstruction, stackPointer: Register): StackEffect {
  const { op, operands, width, roles } = instruction;
  const place = operands.at(-1);
  if (place?.kind === "memory") {
    if (place.base !== stackPointer || place.index !== undefined) return noEffect;
    const moves = op.endsWith("-pre") || op.endsWith("-post");
    const from = op.endsWith("-post") ? 0 : place.displacement;
    const accesses = (role: string): StackAccess[] =>
      operands.flatMap((operand, index) =>
        operand.kind === "register" && roles[index] === role
          ? [{ register: operand.register, at: from + (index * width) / 8 }]
          : [],
      );
    return { pushed: moves ? -place.displacement : 0, stored: accesses("u"), loaded: accesses("d") };
  }
  const [to] = operands;
  if (to?.kind !== "register" || to.register !== stackPointer || place?.kind !== "immediate") return noEffect;
  const amount = Number(place.value);
  const pushed = op === "sub" ? amount : op === "add" || op === "addi" ? -amount : 0;
  return { ...noEffect, pushed };
}
