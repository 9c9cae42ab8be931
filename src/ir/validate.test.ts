import { describe, expect, it } from "vitest";
import type { Span } from "../lang/source.ts";
import { createBlock, createConstant, createFunction, createInstruction } from "./build.ts";
import type { Block, Instruction, IrFunction } from "./ir.ts";
import { SsaBuilder } from "./ssa.ts";
import { validateFunction } from "./validate.ts";

const span: Span = { file: { path: "test.ts", text: "" }, start: 0, end: 0 };

interface Parts {
  readonly fn: IrFunction;
  readonly entry: Block;
  readonly then: Block;
  readonly otherwise: Block;
  readonly join: Block;
  readonly sum: Instruction;
  readonly product: Instruction;
  readonly phi: Instruction;
}

/** `f(a, b)`: a + b or a * b, as the sign of a says. */
function diamond(): Parts {
  const fn = createFunction("f", ["i32", "i32"], "i32", true, span);
  const builder = new SsaBuilder(fn);
  const [a, b] = fn.parameters;
  const entry = builder.block;
  const [then, otherwise, join] = [builder.newBlock(), builder.newBlock(), builder.newBlock()];
  if (a === undefined || b === undefined) throw new Error("no parameters");
  builder.branch(builder.emit("slt", "i32", [a, builder.constant("i32", 0n, span)], span), then, otherwise);
  builder.beginSealed(then);
  const sum = builder.emit("add", "i32", [a, b], span);
  builder.jump(join);
  builder.beginSealed(otherwise);
  const product = builder.emit("mul", "i32", [a, b], span);
  builder.jump(join);
  builder.beginSealed(join);
  const phi = builder.join("i32", [sum, product], span);
  builder.return(phi);
  builder.finish();
  return { fn, entry, then, otherwise, join, sum, product, phi };
}

const faults: readonly (readonly [name: string, spoil: (parts: Parts) => void, message: RegExp])[] = [
  ["an operand that is nowhere", ({ then }) => void then.instructions.splice(0, 1), /add is in no block/],
  ["an operand of the other side", ({ product, sum }) => (product.args = [sum, sum]), /does not dominate/],
  ["an operand that comes later", ({ sum, then }) => use(then, 0, sum), /does not dominate/],
  ["an operand of the other type", ({ sum }) => (sum.type = "i64"), /operand 0 is i32|other types/],
  ["too few operands", ({ sum }) => void sum.args.pop(), /it has 1 operands/],
  ["a phi with too few operands", ({ phi }) => void phi.args.pop(), /an operand per predecessor/],
  ["a phi behind another", ({ join, sum }) => use(join, 0, sum.args[0]), /phi follows/],
  [
    "a predecessor that is none",
    ({ join, entry }) => void join.predecessors.push(entry),
    /other predecessors/,
  ],
  ["a predecessor that is missing", ({ join }) => void join.predecessors.pop(), /other predecessors/],
  ["a jump out of the function", ({ then }) => leave(then, createBlock(9)), /outside of the function/],
  ["a branch with like sides", ({ entry, then }) => same(entry, then), /one block on both sides/],
  ["two blocks of one number", ({ join }) => (join.id = 0), /two blocks have the number/],
  ["an instruction in two places", ({ then, sum }) => void then.instructions.push(sum), /in two places/],
  [
    "a result that is missing",
    ({ join }) => (join.terminator = { kind: "return", value: undefined }),
    /not i32/,
  ],
  ["a constant in a block", ({ then }) => void then.instructions.push(constant(1n)), /belong to no block/],
  ["a constant of too many bits", ({ sum }) => (sum.args = [huge(), huge()]), /not normalised/],
];

describe("validateFunction", () => {
  it("accepts what is well formed", () => {
    expect(() => validateFunction(diamond().fn, "i64")).not.toThrow();
  });

  it.each(faults)("refuses %s", (_, spoil, message) => {
    const parts = diamond();
    spoil(parts);
    expect(() => validateFunction(parts.fn, "i64")).toThrow(message);
  });

  it("shows the function", () => {
    const { fn, sum } = diamond();
    sum.args.pop();
    expect(() => validateFunction(fn, "i64")).toThrow(/function f\(%0: i32, %1: i32\): i32/);
  });
});

function constant(value: bigint): Instruction {
  return createConstant("i32", value, span);
}

function huge(): Instruction {
  const made = constant(0n);
  made.value = 1n << 40n;
  return made;
}

/** A new instruction at `index` that uses `value`. */
function use(block: Block, index: number, value: Instruction | undefined): void {
  if (value !== undefined)
    block.instructions.splice(index, 0, createInstruction("ctz", "i32", [value], span));
}

function leave(from: Block, target: Block): void {
  from.terminator = { kind: "jump", target };
}

function same(block: Block, side: Block): void {
  if (block.terminator.kind === "branch") block.terminator.else = side;
}
