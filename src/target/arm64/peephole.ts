/**
 * Improvements that need to know the registers: two accesses to neighbouring places become one, and a base that moves
 * does so as a part of the access.
 *
 * Both look a few instructions ahead, past what has nothing to do with them.
 */

import type {
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  MemoryOperand,
  Register,
} from "../../machine/machine.ts";
import { forEachDefinition, forEachUse } from "../../machine/registers.ts";
import { instruction, memory, register } from "./instructions.ts";
import { accesses } from "./opcodes.ts";

export function peephole(fn: MachineFunction): void {
  for (const block of fn.blocks) {
    block.instructions = joinPairs(block.instructions);
    moveBases(block);
  }
}

/** How many instructions ahead a partner may be. */
const reach = 6;

interface Access {
  readonly value: Register;
  readonly place: MemoryOperand;
  readonly base: Register;
  readonly isLoad: boolean;
}

/** A load or store of one register at a base and a displacement. */
function accessOf(candidate: MachineInstruction): Access | undefined {
  const [value, place] = candidate.operands;
  if (!Object.hasOwn(accesses, candidate.op)) return undefined;
  if (value?.kind !== "register" || place?.kind !== "memory") return undefined;
  if (place.base === undefined || place.index !== undefined) return undefined;
  return { value: value.register, place, base: place.base, isLoad: candidate.op.startsWith("ldr") };
}

/** `ldp` and `stp`. A store waits for its partner no longer than any other access to memory takes. */
function joinPairs(instructions: readonly MachineInstruction[]): MachineInstruction[] {
  const rest: (MachineInstruction | undefined)[] = [...instructions];
  const joined: MachineInstruction[] = [];
  for (const [at, first] of instructions.entries()) {
    if (rest[at] === undefined) continue;
    const partner = partnerOf(rest, at, first);
    const second = partner === undefined ? undefined : rest[partner];
    const pair = second && pairOf(first, second);
    if (pair && partner !== undefined) rest[partner] = undefined;
    joined.push(pair ?? first);
  }
  return joined;
}

/** The place of an access after `at` that can be moved up to it and fits it. */
function partnerOf(
  instructions: readonly (MachineInstruction | undefined)[],
  at: number,
  first: MachineInstruction,
): number | undefined {
  if (first.op !== "ldr" && first.op !== "str") return undefined;
  const passed: MachineInstruction[] = [];
  for (let next = at + 1; next < instructions.length && passed.length < reach; next++) {
    const candidate = instructions[next];
    if (candidate === undefined) continue;
    if (pairOf(first, candidate) && passed.every((between) => isIndependent(between, candidate))) return next;
    if (touchesMemory(candidate) && !(isLoad(candidate) && isLoad(first))) return undefined;
    passed.push(candidate);
  }
  return undefined;
}

function isLoad(candidate: MachineInstruction): boolean {
  return candidate.op.startsWith("ldr") || candidate.op === "ldp";
}

function touchesMemory({ op, operands }: MachineInstruction): boolean {
  return op === "bl" || op === "svc" || op === "tail" || operands.some(({ kind }) => kind === "memory");
}

/** May the two change places, as far as registers go? */
function isIndependent(a: MachineInstruction, b: MachineInstruction): boolean {
  const [read, written] = [new Set<Register>(), new Set<Register>()];
  forEachUse(a, (used) => read.add(used));
  forEachDefinition(a, (defined) => written.add(defined));
  let independent = true;
  forEachUse(b, (used) => {
    if (written.has(used)) independent = false;
  });
  forEachDefinition(b, (defined) => {
    if (written.has(defined) || read.has(defined)) independent = false;
  });
  return independent;
}

function pairOf(first: MachineInstruction, second: MachineInstruction): MachineInstruction | undefined {
  const [a, b] = [accessOf(first), accessOf(second)];
  if (!a || !b || first.op !== second.op || first.width !== second.width || a.base !== b.base)
    return undefined;
  const isPair = first.op === "ldr" || first.op === "str";
  const bytes = first.width / 8;
  const ascending = a.place.displacement + bytes === b.place.displacement;
  const descending = b.place.displacement + bytes === a.place.displacement;
  if (!isPair || (!ascending && !descending)) return undefined;
  if (a.isLoad && (a.value === b.value || a.value === a.base)) return undefined;
  const [low, high] = ascending ? [a, b] : [b, a];
  const units = low.place.displacement / bytes;
  if (!Number.isInteger(units) || units < -64 || units > 63) return undefined;
  const op = a.isLoad ? "ldp" : "stp";
  const operands = [register(low.value), register(high.value), low.place];
  const pair = instruction(op, first.width === 64 ? 64 : 32, operands, a.isLoad ? "ddu" : "uud");
  pair.span = first.span;
  return pair;
}

interface Step {
  readonly base: Register;
  readonly distance: number;
}

/** `add base, base, #distance`. */
function stepOf({ op, width, operands }: MachineInstruction): Step | undefined {
  const [to, from, amount] = operands;
  if ((op !== "add" && op !== "sub") || width !== 64 || amount?.kind !== "immediate") return undefined;
  if (to?.kind !== "register" || from?.kind !== "register" || to.register !== from.register) return undefined;
  const distance = Number(op === "add" ? amount.value : -amount.value);
  return distance >= -256 && distance < 256 ? { base: to.register, distance } : undefined;
}

/** An access through a base and a step of that base, in either order. */
function moveBases(block: MachineBlock): void {
  const { instructions } = block;
  for (let at = 0; at < instructions.length; at++) {
    const first = instructions[at] as MachineInstruction;
    const step = stepOf(first);
    const found = step ? accessAfter(instructions, at, step) : stepAfter(instructions, at, first);
    if (!found) continue;
    found.moving.span = first.span;
    const [place, gone] = step ? [found.at, at] : [at, found.at];
    instructions[place] = found.moving;
    instructions.splice(gone, 1);
    if (step) at--;
  }
}

interface Found {
  readonly at: number;
  readonly moving: MachineInstruction;
}

/** After a step: the first instruction that names the base, if it accesses the place where the base points. */
function accessAfter(instructions: readonly MachineInstruction[], at: number, step: Step): Found | undefined {
  for (let next = at + 1; next < instructions.length && next <= at + reach; next++) {
    const candidate = instructions[next] as MachineInstruction;
    const access = accessOf(candidate);
    if (access?.base === step.base && access.value !== step.base && access.place.displacement === 0) {
      return { at: next, moving: withStep(candidate, "pre", step) };
    }
    if (names(candidate, step.base)) return undefined;
  }
  return undefined;
}

/** After an access: the first instruction that names the base, if it steps it. */
function stepAfter(
  instructions: readonly MachineInstruction[],
  at: number,
  first: MachineInstruction,
): Found | undefined {
  const access = accessOf(first);
  if (!access || access.value === access.base) return undefined;
  for (let next = at + 1; next < instructions.length && next <= at + reach; next++) {
    const candidate = instructions[next] as MachineInstruction;
    const step = stepOf(candidate);
    if (step?.base === access.base) {
      if (access.place.displacement === 0) return { at: next, moving: withStep(first, "post", step) };
      if (access.place.displacement === step.distance)
        return { at: next, moving: withStep(first, "pre", step) };
      return undefined;
    }
    if (names(candidate, access.base)) return undefined;
  }
  return undefined;
}

function withStep(
  access: MachineInstruction,
  when: "pre" | "post",
  { base, distance }: Step,
): MachineInstruction {
  const [value] = access.operands;
  const operands = value === undefined ? [] : [value, memory({ base, displacement: distance })];
  return { ...access, op: `${access.op}-${when}`, operands, defines: [...access.defines, base] };
}

function names(candidate: MachineInstruction, wanted: Register): boolean {
  let found = false;
  const note = (named: Register): void => {
    if (named === wanted) found = true;
  };
  forEachUse(candidate, note);
  forEachDefinition(candidate, note);
  return found;
}
