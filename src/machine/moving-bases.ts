/**
 * Bases that move as a part of the access: an access through a register and a step of that register, in either
 * order, become one instruction (`ldr-post`, `ldr-pre` and their kin).
 *
 * It looks a few instructions ahead, past what has nothing to do with the base.
 */

import { memory } from "./build.ts";
import type { MachineBlock, MachineInstruction, MemoryOperand, Register } from "./machine.ts";
import { forEachDefinition, forEachUse } from "./registers.ts";

/** A load or store of one register at a base and a displacement. */
export interface Access {
  readonly value: Register;
  readonly place: MemoryOperand;
  readonly base: Register;
}

/** The addition of a constant to a register. */
export interface Step {
  readonly base: Register;
  readonly distance: number;
}

/** What a target has to say about it. */
export interface MovingBases {
  accessOf(candidate: MachineInstruction): Access | undefined;
  stepOf(candidate: MachineInstruction): Step | undefined;
  /** Whether the access can move its base so far. */
  fits(access: MachineInstruction, distance: number): boolean;
}

/** How many instructions ahead a partner may be. */
const reach = 6;

/** Joins what it finds in an allocated block. */
export function moveBases(block: MachineBlock, target: MovingBases): void {
  const { instructions } = block;
  for (let at = 0; at < instructions.length; at++) {
    const first = instructions[at] as MachineInstruction;
    const step = target.stepOf(first);
    const found = step
      ? accessAfter(instructions, at, step, target)
      : stepAfter(instructions, at, first, target);
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
function accessAfter(
  instructions: readonly MachineInstruction[],
  at: number,
  step: Step,
  target: MovingBases,
): Found | undefined {
  for (let next = at + 1; next < instructions.length && next <= at + reach; next++) {
    const candidate = instructions[next] as MachineInstruction;
    const access = target.accessOf(candidate);
    const isThere = access?.base === step.base && access.place.displacement === 0;
    if (isThere && access.value !== step.base && target.fits(candidate, step.distance)) {
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
  target: MovingBases,
): Found | undefined {
  const access = target.accessOf(first);
  if (!access || access.value === access.base) return undefined;
  for (let next = at + 1; next < instructions.length && next <= at + reach; next++) {
    const candidate = instructions[next] as MachineInstruction;
    const step = target.stepOf(candidate);
    if (step?.base === access.base) {
      if (!target.fits(first, step.distance)) return undefined;
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
