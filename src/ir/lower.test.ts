import { describe, expect, it } from "vitest";
import type {
  CheckedFunction,
  CheckedProgram,
  Expression,
  Global,
  JumpLabel,
  Local,
  Statement,
} from "../lang/checked.ts";
import type { Span } from "../lang/source.ts";
import type { ClassType, IntegerName, IntegerType, Type } from "../lang/types.ts";
import { lower } from "./lower.ts";
import { printFunction } from "./print.ts";
import { validateProgram } from "./validate.ts";

// Trees by hand: what the checker makes is its own tests' matter.

const span: Span = { file: { path: "test.ts", text: "" }, start: 0, end: 0 };

function integer(name: IntegerName): IntegerType {
  const bits = name === "usize" || name === "isize" ? 64 : Number(name.slice(1));
  return { kind: "integer", name, bits: bits as IntegerType["bits"], signed: name.startsWith("i") };
}

const u8 = integer("u8");
const i8 = integer("i8");
const u32 = integer("u32");
const i32 = integer("i32");
const u64 = integer("u64");
const nothing: Type = { kind: "void" };
const truth: Type = { kind: "boolean" };

const local = (name: string, type: Type): Local => ({ name, type, span });
const read = (of: Local): Expression => ({ kind: "local", local: of, type: of.type, span });
const constant = (type: Type, value: number): Expression => ({
  kind: "constant",
  value: BigInt(value),
  type,
  span,
});
const set = (of: Local, value: Expression): Statement => ({
  kind: "expression",
  expression: {
    kind: "assign",
    place: { kind: "local", local: of, type: of.type, span },
    value,
    type: of.type,
    span,
  },
  span,
});
const give = (value: Expression): Statement => ({ kind: "return", value, span });
const binary = (
  operator: Extract<Expression, { kind: "arithmetic" }>["operator"],
  type: IntegerType,
  left: Expression,
  right: Expression,
): Expression => ({ kind: "arithmetic", operator, left, right, type, span });
const compare = (
  operator: Extract<Expression, { kind: "comparison" }>["operator"],
  left: Expression,
  right: Expression,
): Expression => ({ kind: "comparison", operator, left, right, type: truth, span });
const logical = (operator: "&&" | "||", left: Expression, right: Expression): Expression => ({
  kind: "logical",
  operator,
  left,
  right,
  type: truth,
  span,
});
const ifElse = (condition: Expression, then: Statement[], otherwise: Statement[]): Statement => ({
  kind: "if",
  condition,
  then,
  else: otherwise,
  span,
});
const convert = (type: Type, operand: Expression): Expression => ({ kind: "convert", operand, type, span });

function define(
  name: string,
  parameters: readonly Local[],
  result: Type,
  body: readonly Statement[],
  returns = true,
): CheckedFunction {
  return { name, parameters, result, returns, locals: [], body, span };
}

function program(functions: readonly CheckedFunction[], globals: readonly Global[] = []): CheckedProgram {
  const main = define(
    "main",
    [],
    nothing,
    functions.map((callee) => ({
      kind: "expression",
      expression: {
        kind: "call",
        callee,
        args: callee.parameters.map(({ type }) => constant(type, 1)),
        type: callee.result,
        span,
      },
      span,
    })),
  );
  return { functions: [main, ...functions], main, globals, data: [] };
}

/** The text of the one function, validated, without its first line. */
function lowered(
  parameters: readonly Local[],
  result: Type,
  body: readonly Statement[],
  globals: readonly Global[] = [],
): string {
  const ir = lower(program([define("f", parameters, result, body)], globals), {
    wordBits: 64,
    exit: 231,
  });
  validateProgram(ir);
  const fn = ir.functions[2];
  return fn === undefined ? "" : printFunction(fn).split("\n").slice(1).join("\n").trimEnd();
}

const text = (...lines: string[]): string => lines.join("\n");

describe("narrow integers", () => {
  const a = local("a", u8);
  const b = local("b", u8);

  it("are extended after what may leave their range only", () => {
    expect(lowered([a, b], u8, [give(binary("+", u8, read(a), read(b)))])).toBe(
      text("0:", "  %2 = add i32 %0, %1", "  %3 = zext8 i32 %2", "  return %3"),
    );
    for (const operator of ["&", "|", "^", ">>", "/", "%"] as const) {
      expect(lowered([a, b], u8, [give(binary(operator, u8, read(a), read(b)))])).not.toContain("ext");
    }
  });

  it("extend a signed quotient: -128 / -1", () => {
    const x = local("x", i8);
    expect(lowered([x], i8, [give(binary("/", i8, read(x), read(x)))])).toContain("sext8");
    expect(lowered([x], i8, [give(binary("%", i8, read(x), read(x)))])).not.toContain("sext8");
  });

  it("flip only their own bits when unsigned", () => {
    expect(lowered([a], u8, [give({ kind: "unary", operator: "~", operand: read(a), type: u8, span })])).toBe(
      text("0:", "  %1 = xor i32 %0, 255", "  return %1"),
    );
  });

  it("convert without an instruction where every value fits", () => {
    const rows: [from: IntegerName, to: IntegerName, op: string | undefined][] = [
      ["u8", "i8", "sext8"],
      ["u8", "u16", undefined],
      ["u8", "i16", undefined],
      ["i8", "u16", "zext16"],
      ["i8", "i16", undefined],
      ["i8", "u32", undefined],
      ["u32", "u8", "zext8"],
      ["u32", "i32", undefined],
      ["i8", "u64", "sext32"],
      ["u32", "i64", "zext32"],
      ["u64", "i32", "trunc"],
      ["i64", "u64", undefined],
    ];
    for (const [from, to, op] of rows) {
      const x = local("x", integer(from));
      const lines = lowered([x], integer(to), [give(convert(integer(to), read(x)))]).split("\n");
      expect([from, to, lines.length === 2 ? undefined : lines[1]?.split(" ")[4]]).toEqual([from, to, op]);
    }
  });
});

describe("conditions", () => {
  const a = local("a", u32);
  const b = local("b", u32);

  it("are control flow in an if", () => {
    const condition = logical("&&", compare("<", read(a), read(b)), {
      kind: "unary",
      operator: "!",
      operand: compare("===", read(a), constant(u32, 7)),
      type: truth,
      span,
    });
    const body: Statement[] = [ifElse(condition, [give(constant(u32, 1))], []), give(constant(u32, 0))];
    expect(lowered([a, b], u32, body)).toBe(
      text(
        "0:",
        "  %2 = ult i32 %0, %1",
        "  branch %2 -> 1, 3",
        "1: <- 0",
        "  %3 = eq i32 %0, 7",
        "  branch %3 -> 3, 2",
        "2: <- 1",
        "  return 1",
        "3: <- 0, 1",
        "  return 0",
      ),
    );
  });

  it("become a phi of the deciding constant and the right side as a value", () => {
    const value = logical("||", compare(">", read(a), read(b)), compare(">=", read(a), constant(u32, 9)));
    expect(lowered([a, b], truth, [give(value)])).toBe(
      text(
        "0:",
        "  %2 = ult i32 %1, %0",
        "  branch %2 -> 1, 2",
        "1: <- 0",
        "  jump 3",
        "2: <- 0",
        "  %3 = ule i32 9, %0",
        "  jump 3",
        "3: <- 1, 2",
        "  %4 = phi i32 1, %3",
        "  return %4",
      ),
    );
  });

  it("that compare signed integers say so, and negated ask the opposite", () => {
    const x = local("x", i32);
    const not: Expression = {
      kind: "unary",
      operator: "!",
      operand: compare("<", read(x), constant(i32, -1)),
      type: truth,
      span,
    };
    expect(lowered([x], truth, [give(not)])).toContain("sle i32 -1, %0");
  });
});

describe("loops", () => {
  const n = local("n", u32);
  const i = local("i", u32);
  const sum = local("sum", u32);
  const label: JumpLabel = { name: "loop" };
  const step: Statement = {
    kind: "expression",
    expression: {
      kind: "update",
      place: { kind: "local", local: i, type: u32, span },
      operator: "+",
      value: constant(u32, 1),
      postfix: true,
      type: u32,
      span,
    },
    span,
  };

  it("have a phi for what changes and none for what does not", () => {
    const body: Statement[] = [
      { kind: "variable", local: sum, value: constant(u32, 0), span },
      {
        kind: "loop",
        label,
        initial: [{ kind: "variable", local: i, value: constant(u32, 0), span }],
        condition: compare("<", read(i), read(n)),
        bodyFirst: false,
        update: [step],
        body: [set(sum, binary("+", u32, read(sum), read(i)))],
        span,
      },
      give(read(sum)),
    ];
    expect(lowered([n], u32, body)).toBe(
      text(
        "0:",
        "  jump 1",
        "1: <- 0, 3",
        "  %1 = phi i32 0, %5",
        "  %2 = phi i32 0, %4",
        "  %3 = ult i32 %1, %0",
        "  branch %3 -> 2, 4",
        "2: <- 1",
        "  %4 = add i32 %2, %1",
        "  jump 3",
        "3: <- 2",
        "  %5 = add i32 %1, 1",
        "  jump 1",
        "4: <- 1",
        "  return %2",
      ),
    );
  });

  it("without an end leave nothing behind them", () => {
    const body: Statement[] = [
      { kind: "loop", label, initial: [], bodyFirst: false, update: [], body: [step], span },
      give(read(n)),
    ];
    expect(lowered([n], u32, body)).not.toContain("return");
  });

  it("are left and repeated by break and continue", () => {
    const body: Statement[] = [
      {
        kind: "loop",
        label,
        initial: [],
        bodyFirst: true,
        condition: constant(truth, 1),
        update: [],
        body: [
          step,
          ifElse(
            compare("===", read(i), read(n)),
            [{ kind: "break", label, span }],
            [{ kind: "continue", label, span }],
          ),
        ],
        span,
      },
      give(read(i)),
    ];
    expect(lowered([n], u32, body)).toContain("return");
  });
});

describe("switch", () => {
  const x = local("x", u32);
  const label: JumpLabel = { name: "switch" };
  const values = (...numbers: number[]): bigint[] => numbers.map(BigInt);

  it("tests ranges once and falls through", () => {
    const r = local("r", u32);
    const add = (amount: number): Statement => set(r, binary("+", u32, read(r), constant(u32, amount)));
    const body: Statement[] = [
      { kind: "variable", local: r, value: constant(u32, 0), span },
      {
        kind: "switch",
        label,
        value: read(x),
        cases: [
          { values: values(3), isDefault: false, body: [] },
          { values: values(4, 5), isDefault: false, body: [add(1)] },
          { values: values(9), isDefault: false, body: [add(2), { kind: "break", label, span }] },
          { values: [], isDefault: true, body: [add(4)] },
        ],
        span,
      },
      give(read(r)),
    ];
    expect(lowered([x], u32, body)).toBe(
      text(
        "0:",
        "  %1 = sub i32 %0, 3",
        "  %2 = ule i32 %1, 2",
        "  branch %2 -> 1, 2",
        "1: <- 0",
        "  %3 = add i32 0, 1",
        "  jump 3",
        "2: <- 0",
        "  %4 = eq i32 %0, 9",
        "  branch %4 -> 3, 4",
        "3: <- 2, 1",
        "  %5 = phi i32 0, %3",
        "  %6 = add i32 %5, 2",
        "  jump 6",
        "4: <- 2",
        "  jump 5",
        "5: <- 4",
        "  %7 = add i32 0, 4",
        "  jump 6",
        "6: <- 3, 5",
        "  %8 = phi i32 %6, %7",
        "  return %8",
      ),
    );
  });
});

describe("places", () => {
  const point: ClassType = {
    kind: "class",
    name: "Point",
    size: 12,
    alignment: 4,
    fields: [
      { name: "x", type: u32, offset: 0, inline: false },
      { name: "name", type: { kind: "fixed", element: u8, length: 8 }, offset: 4, inline: true },
    ],
  };
  const points: Global = {
    name: "points",
    type: { kind: "fixed", element: point, length: 4 },
    size: 48,
    alignment: 4,
    initial: 0n,
    span,
  };
  const i = local("i", u32);
  const storage: Expression = { kind: "storage", global: points, type: points.type, span };
  const nameField = point.fields[1];

  it("fold the constants of a chain into the symbol", () => {
    if (nameField === undefined) throw new Error("no field");
    const element: Expression = {
      kind: "element",
      base: storage,
      index: constant(u32, 2),
      type: point,
      span,
    };
    const field: Expression = {
      kind: "field",
      object: element,
      field: nameField,
      type: nameField.type,
      span,
    };
    const load: Expression = {
      kind: "element",
      base: field,
      index: binary("+", u32, read(i), constant(u32, 3)),
      type: u8,
      span,
    };
    expect(lowered([i], u8, [give(load)], [points])).toBe(
      text("0:", '  %1 = add i32 "points" + 31, %0', "  %2 = load8u i32 %1", "  return %2"),
    );
  });

  it("scale an index, without wrapping when it is unsigned", () => {
    const element: Expression = { kind: "element", base: storage, index: read(i), type: point, span };
    expect(lowered([i], point, [give(element)], [points])).toBe(
      text("0:", "  %1 = mul i32 %0, 12", '  %2 = add i32 nowrap "points", %1', "  return %2"),
    );
  });

  it("at a far address are reached by a machine word", () => {
    const a = local("a", u64);
    expect(lowered([a], u8, [give({ kind: "far", address: read(a), type: u8, span })])).toBe(
      text("0:", "  %1 = load8u i32 %0", "  return %1"),
    );
  });
});

describe("calls", () => {
  it("that do not come back end their block", () => {
    const die = define("die", [], nothing, [], false);
    const caller = define("caller", [], u32, [
      { kind: "expression", expression: { kind: "call", callee: die, args: [], type: nothing, span }, span },
      give(constant(u32, 1)),
    ]);
    const ir = lower(program([die, caller]), { wordBits: 64, exit: 231 });
    validateProgram(ir);
    expect(ir.functions.slice(3).map(printFunction)).toEqual([
      text("function caller(): i32", "0:", "  call die()", "  unreachable", ""),
    ]);
  });

  it("begin with start, which exits with main's result", () => {
    const main = define("main", [local("stack", integer("usize"))], i32, [give(constant(i32, 3))]);
    const ir = lower({ functions: [main], main, globals: [], data: [] }, { wordBits: 64, exit: 231 });
    validateProgram(ir);
    expect(ir.functions.slice(0, 1).map(printFunction)).toEqual([
      text(
        "function start(%0: i64): never",
        "0:",
        "  %1 = call i32 main(%0)",
        "  %2 = sext32 i64 %1",
        "  %3 = syscall i64 231, %2",
        "  unreachable",
        "",
      ),
    ]);
  });
});
