import { describe, expect, test } from "vitest";
import { immediate, instruction, memory, register, symbol } from "./build.ts";
import { reuseValues, type ValueMaker } from "./known-values.ts";
import type { MachineFunction, MachineInstruction, Operand, Register } from "./machine.ts";

const [r0, r1] = [0, 1] as const;

const define = (op: string, to: Register, from: Operand): MachineInstruction =>
  instruction(op, 64, [register(to), from], "du");
const move = (to: Register, from: Register): MachineInstruction =>
  instruction("mv", 64, [register(to), register(from)], "du", { isMove: true });
const slot = (offset: number): Operand => memory({ base: 2, displacement: offset, slot: offset });

/** A machine whose copies have two bytes, sums four, and everything else six. */
const target: ValueMaker = {
  valueBytes: ({ op, isMove }) => (isMove ? 2 : op === "addi" ? 4 : 6),
  move,
  loadSpill: (to, offset) => define("ld", to, slot(offset)),
  storeSpill: (from, offset) => instruction("sd", 64, [register(from), slot(offset)], "ud"),
  addConstant: (to, from, distance) =>
    instruction("addi", 64, [register(to), register(from), immediate(distance)], "duu"),
};

function reused(...instructions: readonly MachineInstruction[]): readonly string[] {
  const block = { id: 0, instructions: [...instructions], branch: undefined, next: undefined, loopDepth: 0 };
  const fn: MachineFunction = {
    name: "f",
    blocks: [block],
    parameters: [],
    result: r1,
    registers: 64,
    frameBytes: 0,
  };
  reuseValues(fn, target, "all");
  return block.instructions.map(({ op }) => op);
}

describe("reuseValues", () => {
  test("drops what the register holds, and copies from another one", () => {
    expect(reused(define("li", r0, immediate(7)), define("li", r0, immediate(7)))).toEqual(["li"]);
    expect(reused(define("li", r0, immediate(7)), define("li", r1, immediate(7)))).toEqual(["li", "mv"]);
  });

  test("makes a number or an address from one that is near", () => {
    expect(reused(define("li", r0, immediate(7)), define("li", r1, immediate(9)))).toEqual(["li", "addi"]);
    const places = [define("la", r0, symbol("table", 0)), define("la", r1, symbol("table", 8))];
    expect(reused(...places)).toEqual(["la", "addi"]);
  });

  test("makes nothing from the upper part of an address", () => {
    expect(reused(define("lui", r0, symbol("table", 0)), define("la", r1, symbol("table", 8)))).toEqual([
      "lui",
      "la",
    ]);
  });

  test("knows what a spill slot holds", () => {
    const store = target.storeSpill(r0, 16, 64);
    expect(reused(store, target.loadSpill(r1, 16, 64))).toEqual(["sd", "mv"]);
    const changed = instruction("sd", 64, [register(r1), slot(16)], "ud");
    expect(reused(store, changed, target.loadSpill(r0, 16, 64))).toEqual(["sd", "sd", "mv"]);
  });
});
