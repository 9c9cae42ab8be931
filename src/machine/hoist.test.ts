import { describe, expect, test } from "vitest";
import { immediate, instruction, register } from "./build.ts";
import { hoistSides } from "./hoist.ts";
import type { MachineBlock, MachineFunction, MachineInstruction, Register } from "./machine.ts";

const [r0, r1, r2] = [0, 1, 2] as const;

function load(to: Register, value: number): MachineInstruction {
  return instruction("mov", 32, [register(to), immediate(value)], "du");
}

function copy(to: Register, from: Register): MachineInstruction {
  return instruction("mov", 32, [register(to), register(from)], "du", { isMove: true });
}

function compared(left: Register): MachineInstruction {
  return instruction("cmp", 32, [register(left), immediate(7)], "uu");
}

function returned(value: Register): MachineInstruction {
  return instruction("ret", 32, [register(value)], "u");
}

/** The instructions before a branch and on its two sides, which meet again in a return of r1; or the other one goes there directly. */
function hoisted(
  before: readonly MachineInstruction[],
  side: readonly MachineInstruction[],
  other?: readonly MachineInstruction[],
): readonly string[][] {
  const block = (id: number, instructions: readonly MachineInstruction[]): MachineBlock => ({
    id,
    instructions: [...instructions],
    branch: undefined,
    next: undefined,
    loopDepth: 0,
  });
  const last = block(3, [returned(r1)]);
  const blocks = [block(0, before), block(1, side), block(2, other ?? []), last] as const;
  const [first, one, two] = blocks;
  one.next = last;
  two.next = last;
  first.next = one;
  const target = other ? two : last;
  first.branch = instruction("jcc", 64, [{ kind: "block", block: target }], "u", { condition: "e" });
  const fn: MachineFunction = {
    name: "f",
    blocks: [...blocks],
    parameters: [r0, r2],
    result: r1,
    registers: 64,
    frameBytes: 0,
  };
  hoistSides(fn);
  return blocks.slice(0, 3).map(({ instructions }) => instructions.map(textOf));
}

function textOf({ op, operands }: MachineInstruction): string {
  const parts = operands.map((each) => {
    if (each.kind === "register") return `r${each.register}`;
    return each.kind === "immediate" ? String(each.value) : each.kind;
  });
  return `${op} ${parts.join(" ")}`;
}

describe("hoistSides", () => {
  test("puts one side before the comparison", () => {
    const sides = hoisted([compared(r0)], [load(r1, 1)], [load(r1, 2)]);
    expect(sides).toEqual([["mov r1 1", "cmp r0 7"], [], ["mov r1 2"]]);
  });

  test("takes the other side where the comparison reads what the first one writes", () => {
    const sides = hoisted([compared(r1)], [load(r1, 1), copy(r1, r1)], [copy(r2, r0)]);
    expect(sides).toEqual([["mov r2 r0", "cmp r1 7"], ["mov r1 1", "mov r1 r1"], []]);
  });

  test("leaves a side that the other one would miss", () => {
    const before = [compared(r0)];
    expect(hoisted(before, [load(r1, 1)])).toEqual([["cmp r0 7"], ["mov r1 1"], []]);
    const reading = [copy(r0, r1), copy(r1, r0)];
    expect(hoisted(before, [load(r1, 1), load(r0, 1)], reading)[0]).toEqual(["cmp r0 7"]);
  });

  test("leaves a side of which the other one changes the result under a condition only", () => {
    const maybe: MachineInstruction = { ...load(r1, 2), condition: "lo" };
    expect(hoisted([compared(r0)], [load(r1, 1)], [maybe])[0]).toEqual(["cmp r0 7"]);
  });

  test("takes a push with its pop only", () => {
    const push = instruction("push", 32, [immediate(5)], "u");
    const pop = instruction("pop", 32, [register(r1)], "d");
    const returning = [load(r1, 2), instruction("nop", 32, [], "", { uses: [r0], defines: [r0] })];
    expect(hoisted([compared(r0)], [push, pop], returning)[1]).toEqual([]);
    expect(hoisted([compared(r0)], [push], returning)[1]).toEqual(["push 5"]);
    expect(hoisted([compared(r0)], [pop], returning)[1]).toEqual(["pop r1"]);
  });

  test("takes what both sides begin with", () => {
    const sides = [load(r2, 5), copy(r1, r0)];
    const common = ["mov r2 5", "mov r1 r0", "cmp r0 7"];
    expect(hoisted([compared(r0)], sides, [...sides, copy(r0, r1)])).toEqual([common, [], ["mov r0 r1"]]);
    expect(hoisted([], [load(r2, 5)], [load(r2, 5), compared(r0)])).toEqual([["mov r2 5"], [], ["cmp r0 7"]]);
  });

  test("leaves what both sides begin with where the comparison reads it", () => {
    const sides = [load(r0, 5), copy(r1, r0)];
    expect(hoisted([compared(r0)], sides, sides)[0]).toEqual(["cmp r0 7"]);
  });

  test("leaves what has an effect", () => {
    const call = instruction("call", 32, [immediate(0)], "u", { uses: [], defines: [r1] });
    expect(hoisted([compared(r0)], [call], [call])[0]).toEqual(["cmp r0 7"]);
  });
});
