/** What is selected for sums. */

import { expect, test } from "vitest";
import { createFunction } from "../../ir/build.ts";
import type { Instruction, IrFunction } from "../../ir/ir.ts";
import { SsaBuilder } from "../../ir/ssa.ts";
import { allocate } from "../../machine/allocate.ts";
import type { SelectContext } from "../target.ts";
import { targets } from "../targets.ts";

const target = targets.find(({ id }) => id === "amd64");
if (target === undefined) throw new Error("no target amd64");

const context: SelectContext = {
  convention: () => undefined,
  storageOffset: () => undefined,
  hasStorage: false,
  extent: () => 0,
  recursive: false,
};

type Emit = (op: Instruction["op"], ...args: readonly (Instruction | bigint)[]) => Instruction;

/** The instructions of a function of two numbers. */
function selected(write: (a: Instruction, b: Instruction, emit: Emit) => Instruction): string {
  const fn: IrFunction = createFunction("f", ["i32", "i32"], "i32", true, undefined);
  const builder = new SsaBuilder(fn);
  const [a, b] = fn.parameters as [Instruction, Instruction];
  const emit: Emit = (op, ...args) =>
    builder.emit(
      op,
      "i32",
      args.map((each) => (typeof each === "bigint" ? builder.constant("i32", each, undefined) : each)),
      undefined,
    );
  builder.return(write(a, b, emit));
  builder.finish();
  const machine = (target as NonNullable<typeof target>).select(fn, context);
  allocate(machine, target as NonNullable<typeof target>);
  return machine.blocks
    .flatMap(({ instructions }) => instructions.map((target as NonNullable<typeof target>).format))
    .join("; ");
}

test("two registers and a small constant are one address", () => {
  expect(selected((a, b, emit) => emit("add", emit("add", a, b), -2n))).toMatch(
    /^lea e.., \[r.. \+ r.. - 2\]; ret$/,
  );
});

test("where the constant is large, or the sum is wanted again, they are not", () => {
  expect(selected((a, b, emit) => emit("add", emit("add", a, b), 1000n))).not.toMatch(
    /lea e.., \[r.. \+ r.. /,
  );
  expect(
    selected((a, b, emit) => {
      const sum = emit("add", a, b);
      return emit("mul", sum, emit("add", sum, 3n));
    }),
  ).not.toMatch(/\[r.. \+ r.. \+ 3\]/);
});

test("a multiple and a constant are one address where the constant is large", () => {
  expect(selected((a, _, emit) => emit("add", emit("shl", a, 2n), 1000n))).toMatch(
    /^lea e.., \[r..\*4 \+ 1000\]; ret$/,
  );
  expect(selected((a, _, emit) => emit("add", emit("shl", a, 2n), 100n))).not.toContain("lea");
});
