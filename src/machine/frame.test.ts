import { describe, expect, test } from "vitest";
import { block, instruction, mem, reg } from "../../test/support/amd64.ts";
import { amd64 } from "../target/amd64/amd64.ts";
import { addEntryFrame, addFrame } from "./frame.ts";
import type { MachineFunction, MachineInstruction } from "./machine.ts";

const rsp = amd64.stackPointer;

function makeFunction(instructions: readonly MachineInstruction[], frameBytes: number): MachineFunction {
  return {
    name: "f",
    blocks: [block(0, instructions)],
    parameters: [],
    result: undefined,
    registers: 64,
    frameBytes,
  };
}

function listing(fn: MachineFunction): readonly string[] {
  return fn.blocks.flatMap(({ instructions }) => instructions.map((each) => amd64.format(each)));
}

describe("a frame", () => {
  test("is made first and given back before the return", () => {
    const fn = makeFunction([instruction("ret", 64)], 16);
    addFrame(fn, amd64);
    expect(listing(fn)).toEqual(["sub rsp, 16", "add rsp, 16", "ret"]);
  });

  test("is left out when there are no slots", () => {
    const fn = makeFunction([amd64.readStackPointer(3)], 0);
    addEntryFrame(fn, amd64);
    expect(listing(fn)).toEqual(["mov rbx, rsp"]);
  });

  test("is made behind the read of the initial stack pointer", () => {
    const fn = makeFunction([amd64.readStackPointer(3), instruction("syscall", 64)], 16);
    addEntryFrame(fn, amd64);
    expect(listing(fn)).toEqual(["mov rbx, rsp", "sub rsp, 16", "syscall"]);
  });

  test("takes the initial stack pointer into a slot, as it was before", () => {
    const spilled = instruction("mov", 64, [mem({ base: rsp, displacement: 8 }), reg(rsp)]);
    const fn = makeFunction([spilled], 16);
    addEntryFrame(fn, amd64);
    expect(listing(fn)).toEqual(["mov rax, rsp", "sub rsp, 16", "mov qword ptr [rsp + 8], rax"]);
  });
});
