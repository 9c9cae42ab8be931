import { describe, expect, test } from "vitest";
import { createFunction } from "./build.ts";
import type { Instruction, IrFunction } from "./ir.ts";
import { printFunction } from "./print.ts";
import { rebase } from "./rebase.ts";
import { SsaBuilder } from "./ssa.ts";
import { validateFunction } from "./validate.ts";

interface Tools {
  readonly builder: SsaBuilder;
  readonly at: Instruction;
  sum(from: Instruction, amount: bigint): Instruction;
  load(from: Instruction, offset: number): Instruction;
  store(to: Instruction, value: Instruction): void;
}

/** The text of a function of one address, rebased. */
function rebased(write: (tools: Tools) => void): string {
  const fn: IrFunction = createFunction("f", ["i32"], "i32", true, undefined);
  const builder = new SsaBuilder(fn);
  const [at] = fn.parameters as [Instruction];
  const emit = (op: Instruction["op"], args: Instruction[]): Instruction =>
    builder.emit(op, op.startsWith("store") ? "void" : "i32", args, undefined);
  write({
    builder,
    at,
    sum: (from, amount) => {
      const sum = emit("add", [from, builder.constant("i32", amount, undefined)]);
      sum.noWrap = true;
      return sum;
    },
    load: (from, offset) => {
      const made = emit("load8u", [from]);
      made.offset = offset;
      return made;
    },
    store: (to, value) => void emit("store32", [to, value]),
  });
  builder.finish();
  rebase(fn);
  validateFunction(fn, "i32");
  return printFunction(fn);
}

describe("rebase", () => {
  test("accesses go by way of the next address where only they are left", () => {
    const text = rebased(({ builder, at, sum, load, store }) => {
      const next = sum(at, 1n);
      store(next, load(at, 1));
      store(next, load(at, 3));
      builder.return(next);
    });
    expect(text.match(/load8u.*/g)).toEqual(["load8u i32 %1", "load8u i32 %1 + 2"]);
  });

  test("so do later sums", () => {
    const text = rebased(({ builder, at, sum, load }) => {
      const next = sum(at, 1n);
      load(at, 1);
      builder.return(builder.emit("sub", "i32", [next, sum(at, 3n)], undefined));
    });
    expect(text).toContain("load8u i32 %1");
    expect(text).toContain("add i32 nowrap %1, 2");
  });

  test("not where the first address lives on", () => {
    const text = rebased(({ builder, at, sum, load, store }) => {
      const next = sum(at, 1n);
      store(next, load(at, 1));
      builder.return(at);
    });
    expect(text).toContain("load8u i32 %0 + 1");
  });

  test("not where the offset becomes long", () => {
    const text = rebased(({ builder, at, sum, load, store }) => {
      const next = sum(at, -65536n);
      store(next, load(at, 16));
      builder.return(next);
    });
    expect(text).toContain("load8u i32 %0 + 16");
  });

  test("not where the sum does not lie on the way", () => {
    const text = rebased(({ builder, at, sum, load }) => {
      const [then, join] = [builder.newBlock(), builder.newBlock()];
      builder.branch(load(at, 0), then, join);
      builder.beginSealed(then);
      const next = sum(at, 1n);
      builder.emit("store32", "void", [next, next], undefined);
      builder.jump(join);
      builder.beginSealed(join);
      builder.return(load(at, 1));
    });
    expect(text).toContain("load8u i32 %0 + 1");
  });
});
