import { describe, expect, it } from "vitest";
import { block, imm, instruction, reg, sym } from "../../test/support/amd64.ts";
import type { MachineBlock, MachineFunction, MachineInstruction } from "../machine/machine.ts";
import { amd64 as target } from "./amd64/amd64.ts";
import { assemble } from "./assemble.ts";
import { Assembler, type BranchForm } from "./assembler.ts";

const { encode } = target;

const jumpTo = (target: MachineBlock): MachineInstruction =>
  instruction("jmp", 32, [{ kind: "block", block: target }]);
const branchTo = (target: MachineBlock, condition = "e"): MachineInstruction =>
  instruction("jcc", 32, [{ kind: "block", block: target }], condition);
const filler = (bytes: number): MachineInstruction[] =>
  Array.from({ length: bytes }, () => instruction("nop", 32));
const ret = instruction("ret", 32);

function fn(name: string, blocks: MachineBlock[]): MachineFunction {
  return { name, blocks, parameters: [], result: undefined, registers: 64, frameBytes: 0 };
}

function hex(...functions: MachineFunction[]): string {
  return Buffer.from(assemble(functions, { encode }).text).toString("hex");
}

describe("branch relaxation", () => {
  it.each([
    [127, "747f"],
    [128, "0f8480000000"],
  ])("ahead over %i bytes: %s", (distance, bytes) => {
    const end = block(2, [ret]);
    const text = hex(fn("f", [block(1, [branchTo(end), ...filler(distance)]), end]));
    expect(text).toBe(`${bytes}${"90".repeat(distance)}c3`);
  });

  it.each([
    [126, "eb80"],
    [127, "e97cffffff"],
  ])("back over %i bytes: %s", (distance, bytes) => {
    const loop = block(1, filler(distance));
    expect(hex(fn("f", [loop, block(2, [jumpTo(loop)])]))).toBe(`${"90".repeat(distance)}${bytes}`);
  });

  it("one branch that grows makes another grow", () => {
    const [a, b] = [block(2, filler(2)), block(3, [ret])];
    const first = block(1, [branchTo(a), ...filler(123), branchTo(b)]);
    const between = block(4, filler(126));
    // The first jumps over 123 bytes and the second branch, which is long.
    const text = hex(fn("f", [first, a, between, b]));
    expect(text.startsWith("0f84")).toBe(true);
    expect(text.slice(258, 262)).toBe("0f84");
  });

  it("a jump to what follows vanishes, a jump to itself does not", () => {
    const next = block(2, [ret]);
    expect(hex(fn("f", [block(1, [branchTo(next, "ne"), jumpTo(next)]), next]))).toBe("c3");
    const self = block(1);
    self.instructions.push(jumpTo(self));
    expect(hex(fn("f", [self]))).toBe("ebfe");
    const empty = block(2);
    const first = block(1, [jumpTo(empty)]);
    empty.instructions.push(jumpTo(first));
    expect(hex(fn("f", [first, empty]))).toBe("ebfe");
  });

  it("tail jumps between functions are short or nothing; calls are neither", () => {
    const f = fn("f", [block(1, [instruction("call", 64, [sym("g")]), instruction("jmp", 64, [sym("h")])])]);
    const g = fn("g", [block(2, [ret, instruction("jmp", 64, [sym("h")])])]);
    const h = fn("h", [block(3, [instruction("call", 64, [sym("f")])])]);
    expect(hex(f, g, h)).toBe("e802000000" + "eb01" + "c3" + "e8f3ffffff");
  });

  it("takes several forms in turn, and fails when none reaches", () => {
    const form = (size: number, reach: number): BranchForm => ({
      size,
      minimum: -reach,
      maximum: reach,
      write: (bytes, at) => bytes.fill(size, at, at + size),
    });
    const sized = (distance: number): number => {
      const assembler = new Assembler();
      const target = block(1);
      assembler.branch(target, [form(2, 10), form(4, 100), form(8, 1000)]);
      for (let i = 0; i < distance; i++) assembler.byte(0);
      assembler.label(target);
      return assembler.finish().text.length - distance;
    };
    expect([5, 8, 9, 96, 97, 992].map(sized)).toEqual([2, 2, 4, 4, 8, 8]);
    expect(() => sized(993)).toThrow("out of reach");
  });

  it("fails for a target without place and for a label bound twice", () => {
    expect(() => hex(fn("f", [block(1, [jumpTo(block(7))])]))).toThrow("block 7");
    expect(() => hex(fn("f", [block(1)]), fn("f", [block(2)]))).toThrow("twice");
  });

  it("is the smallest: every long branch is out of reach of the short form", () => {
    let state = 1;
    const next = (below: number): number => {
      state = (state * 48271) % 0x7fffffff;
      return state % below;
    };
    for (let round = 0; round < 50; round++) {
      const blocks = Array.from({ length: 40 }, (_, id) => block(id, filler(next(12))));
      for (const each of blocks) each.instructions.push(branchTo(blocks[next(40)] ?? each));
      const text = assemble([fn("f", blocks)], { encode }).text;
      for (let at = 0; at < text.length; ) {
        if (text[at] === 0x90) at += 1;
        else if (text[at] === 0x74) at += 2;
        else {
          const displacement = new DataView(text.buffer, text.byteOffset).getInt32(at + 2, true);
          const short = displacement < 0 ? displacement + 4 : displacement;
          expect(short < -128 || short > 127).toBe(true);
          at += 6;
        }
      }
    }
  });
});

describe("assemble", () => {
  const file = { path: "a.ts", text: "one\ntwo three\nfour" };
  const at = (each: MachineInstruction, start: number): MachineInstruction => ({
    ...each,
    span: { file, start, end: start + 1 },
  });

  it("gives function symbols, relocations and lines at their final places", () => {
    const end = block(2, [at(instruction("mov", 32, [reg(0), sym("x", 4)]), 14)]);
    const first = block(1, [at(jumpTo(end), 0), ...filler(200).map((each) => at(each, 8))]);
    const result = assemble([fn("f", [first, end]), fn("g", [block(3, [ret])])], { encode });
    expect(result.functions).toEqual([
      { name: "f", offset: 0, size: 210 },
      { name: "g", offset: 210, size: 1 },
    ]);
    expect(result.relocations).toEqual([{ offset: 206, kind: "abs32", symbol: "x", addend: 4 }]);
    expect(result.lines).toEqual([
      { offset: 0, path: "a.ts", line: 1, column: 1 },
      { offset: 5, path: "a.ts", line: 2, column: 5 },
      { offset: 205, path: "a.ts", line: 3, column: 1 },
    ]);
  });

  it("may be cut between instructions that no branch joins", () => {
    const [loop, end] = [block(2, filler(2)), block(3, [ret, instruction("push", 64, [imm(1)])])];
    const start = block(1, [instruction("push", 64, [imm(1)]), branchTo(end), ...filler(1)]);
    loop.instructions.push(branchTo(loop));
    // 0 push, 2 je 9, 4 nop, 5 nop, 6 nop, 7 je 5, 9 ret, 10 push
    expect(assemble([fn("f", [start, loop, end])], { encode }).cuts).toEqual([2, 10]);
    expect(assemble([fn("f", [block(1, filler(3))])], { encode }).cuts).toEqual([1, 2]);
    const [head, tail] = [block(2, filler(2)), block(3, [ret])];
    head.instructions.push(branchTo(head));
    // 0 nop, 1 nop, 2 nop, 3 je 1, 5 ret
    expect(assemble([fn("f", [block(1, filler(1)), head, tail])], { encode }).cuts).toEqual([1, 5]);
  });
});
