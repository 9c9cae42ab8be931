/**
 * What is known of memory at a point: which loads would give a value that is already at hand.
 *
 * Two accesses are kept apart when they are to different symbols, or to places that do not overlap at one base.
 * Everything else may be the same memory.
 */

import type { Instruction, Op } from "./ir.ts";

interface Entry {
  /** The load or store after which the place is known to hold `value`. */
  readonly access: Instruction;
  readonly value: Instruction;
  /** The load that would give `value`. */
  readonly op: Op;
}

const widths: Readonly<Partial<Record<Op, number>>> = {
  load8u: 1,
  load8s: 1,
  load16u: 2,
  load16s: 2,
  load32: 4,
  load64: 8,
  store8: 1,
  store16: 2,
  store32: 4,
  store64: 8,
};

/** A load of what a full-width store wrote is the stored value; narrow ones would need an extension. */
const loadOfStore: Readonly<Partial<Record<Op, Op>>> = { store32: "load32", store64: "load64" };

export class MemoryState {
  private entries: Entry[];

  constructor(inherited: MemoryState | undefined) {
    this.entries = inherited ? [...inherited.entries] : [];
  }

  /** Notes the effect of `value`; for a load whose result is known, returns that. */
  visit(value: Instruction): Instruction | undefined {
    switch (value.op) {
      case "load8u":
      case "load8s":
      case "load16u":
      case "load16s":
      case "load32":
      case "load64": {
        const known = this.entries.find((entry) => entry.op === value.op && samePlace(entry.access, value));
        if (known) return known.value;
        this.entries.push({ access: value, value, op: value.op });
        return undefined;
      }
      case "store8":
      case "store16":
      case "store32":
      case "store64": {
        this.entries = this.entries.filter((entry) => !mayOverlap(entry.access, value));
        const op = loadOfStore[value.op];
        if (op) this.entries.push({ access: value, value: value.args[1] as Instruction, op });
        return undefined;
      }
      case "call":
      case "syscall":
      case "copy":
      case "fill":
        this.entries = [];
        return undefined;
      default:
        return undefined;
    }
  }
}

function base(access: Instruction): Instruction {
  return access.args[0] as Instruction;
}

function isSameBase(a: Instruction, b: Instruction): boolean {
  return a === b || (a.op === "address" && b.op === "address" && a.symbol === b.symbol);
}

/** The offset from the base, a symbol's own included. */
function offset(access: Instruction): number {
  return access.offset + (base(access).op === "address" ? base(access).offset : 0);
}

function samePlace(a: Instruction, b: Instruction): boolean {
  return isSameBase(base(a), base(b)) && offset(a) === offset(b);
}

function mayOverlap(a: Instruction, b: Instruction): boolean {
  if (base(a).op === "address" && base(b).op === "address" && base(a).symbol !== base(b).symbol) return false;
  if (!isSameBase(base(a), base(b))) return true;
  const [startA, startB] = [offset(a), offset(b)];
  return startA < startB + (widths[b.op] ?? 8) && startB < startA + (widths[a.op] ?? 8);
}
