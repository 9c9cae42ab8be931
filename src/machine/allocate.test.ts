import { describe, expect, test } from "vitest";
import { amd64 } from "../target/amd64/amd64.ts";
import { allocate } from "./allocate.ts";
import { immediate, instruction, register } from "./build.ts";
import type { MachineFunction, MachineInstruction, Register } from "./machine.ts";

const [one, other] = [64, 65] as const;

function inverted(value: Register): MachineInstruction {
  return instruction("not", 32, [register(value)], "m");
}

/** The registers of a value that is used so often and then copied, and of the copy, which lives across a change of all registers without a prefix. */
function registersOf(uses: number): readonly (Register | undefined)[] {
  const last = inverted(other);
  const first = inverted(one);
  const instructions = [
    instruction("mov", 32, [register(one), immediate(7)], "du"),
    first,
    ...Array.from({ length: uses - 1 }, () => inverted(one)),
    instruction("mov", 32, [register(other), register(one)], "du", { isMove: true }),
    instruction("clobber", 32, [], "", { defines: amd64.cheapRegisters }),
    last,
    instruction("ret", 64, [register(other)], "u"),
  ];
  const fn: MachineFunction = {
    name: "f",
    blocks: [{ id: 0, instructions, branch: undefined, next: undefined, loopDepth: 0 }],
    parameters: [],
    result: other,
    registers: 66,
    frameBytes: 0,
  };
  allocate(fn, { ...amd64, allocatable: amd64.allocatable.filter((each) => each !== amd64.storageBase) });
  return [first, last].map(({ operands: [operand] }) =>
    operand?.kind === "register" ? operand.register : undefined,
  );
}

describe("a value and its copy, of which one may have a register without a prefix", () => {
  test.each([5, 20, 60])("have two registers when the one is used %d times", (uses) => {
    const [value, copy] = registersOf(uses);
    expect(amd64.cheapRegisters).toContain(value);
    expect(amd64.cheapRegisters).not.toContain(copy);
  });

  test("have one where a move costs more", () => {
    const [value, copy] = registersOf(1);
    expect(value).toBe(copy);
  });
});
