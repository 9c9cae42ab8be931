/**
 * Improvements that need to know the registers: two accesses to neighbouring places become one, and a base that moves
 * does so as a part of the access.
 *
 * Both look a few instructions ahead, past what has nothing to do with them.
 */

import type { MachineFunction, MachineInstruction, Register } from "../../machine/machine.ts";
import { type Access, moveBases, type Step } from "../../machine/moving-bases.ts";
import { forEachDefinition, forEachUse } from "../../machine/registers.ts";
import { instruction, register } from "./instructions.ts";
import { accesses } from "./opcodes.ts";

export function peephole(fn: MachineFunction): void {
  for (const block of fn.blocks) {
    block.instructions = joinPairs(block.instructions);
    moveBases(block, { accessOf, stepOf, fits: (_, distance) => distance >= -256 && distance < 256 });
  }
}

/** How many instructions ahead a partner may be. */
const reach = 6;

interface PairAccess extends Access {
  readonly isLoad: boolean;
}

/** A load or store of one register at a base and a displacement. */
function accessOf(candidate: MachineInstruction): PairAccess | undefined {
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

/** `add base, base, #distance`. */
function stepOf({ op, width, operands }: MachineInstruction): Step | undefined {
  const [to, from, amount] = operands;
  if ((op !== "add" && op !== "sub") || width !== 64 || amount?.kind !== "immediate") return undefined;
  if (to?.kind !== "register" || from?.kind !== "register" || to.register !== from.register) return undefined;
  const distance = Number(op === "add" ? amount.value : -amount.value);
  return { base: to.register, distance };
}
