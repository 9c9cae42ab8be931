/**
 * What right programs mean: layouts, constants, conversions, the two kinds of dead code, reachability, modules.
 * Wrong programs are test/wrong's part.
 */

import { describe, expect, test } from "vitest";
import { checkText, reportsOf } from "../../test/support/checked.ts";
import type { DataObject } from "../base/data-object.ts";
import type { CheckedFunction, CheckedProgram, Expression, Statement } from "./checked.ts";
import { integerTypes, isWidening, leastValue, mostValue } from "./type-relations.ts";
import type { VirtualModule } from "./virtual-module.ts";

function functionOf(program: CheckedProgram, name: string): CheckedFunction {
  const found = program.functions.find((fn) => fn.name === name);
  if (!found) throw new Error(`no function ${name}: ${program.functions.map((fn) => fn.name).join(" ")}`);
  return found;
}

/** What `return …` of main returns, in a program whose main returns it. */
function mainValue(body: string, options: Parameters<typeof checkText>[1] = {}): Expression {
  const { main } = checkText(body, options);
  const last = main.body.at(-1);
  if (last?.kind !== "return" || !last.value) throw new Error("main ends without a value");
  return last.value;
}

function constantOf(expression: string, declarations = ""): bigint {
  const value = mainValue(`${declarations}\nexport function main(): i32 { return (${expression}) as i32; }`);
  if (value.kind !== "constant") throw new Error(`${expression} is not constant`);
  return value.value;
}

function kinds(statements: readonly Statement[]): readonly string[] {
  return statements.map(({ kind }) => kind);
}

describe("layout", () => {
  const classes = `
    class Inner { a: u8; b: u64; c: u16; }
    class Node { flag: bool; next: Node | null; inner: Inline<Inner>; text: Fixed<u8, 3>; word: usize; small: u8; }
    class Empty { static readonly X = 1; }
    type Many = Fixed<Inner, 3>;`;

  test.each([
    ["sizeof<Inner>()", 24n],
    ["sizeof<Node>()", 56n],
    ["sizeof<Empty>()", 0n],
    ["sizeof<Many>()", 72n],
    ["sizeof<Ptr<Inner>>()", 4n],
    ["sizeof<bool>()", 1n],
    ["sizeof<Fixed<Ptr<u8>, 5>>()", 20n],
  ])("%s is %i", (expression, size) => {
    expect(constantOf(expression, classes)).toBe(size);
  });

  test("fields lie in order at their natural alignment, references are four bytes", () => {
    const text = `${classes} const node = zeroed<Node>(); export function main(): i32 { return node.small as i32; }`;
    const [global] = checkText(text).globals;
    const { type } = global ?? {};
    const offsets = type?.kind === "class" ? type.fields.map(({ offset }) => offset) : [];
    expect(offsets).toEqual([0, 4, 8, 32, 40, 48]);
    expect(global).toMatchObject({ size: 56, alignment: 8 });
    const [narrow] = checkText(text, { wordBits: 32 }).globals;
    expect(narrow).toMatchObject({ size: 48, alignment: 8 });
  });
});

describe("constants", () => {
  test.each([
    ["16 * 4 + 0b11 - 0o7", 60n],
    ["0xffff_ffff_ffff_ffff / 0x10_0000_0000", 0xfff_ffffn],
    ["-7 / 2", -3n],
    ["-7 % 2", -1n],
    ["1 << 31", -0x8000_0000n],
    ["-8 >> 1", -4n],
    ["~5", -6n],
    ["(200 as u8) + (100 as u8)", 44n],
    ["300 as u8", 44n],
    ["255 as i8", -1n],
    ["true ? 1 : missing", 1n],
    ["byte('a')", 97n],
    ['"h\\u00e9llo\\n".length', 7n],
    ["byteSwap(0x12345678)", 0x78563412n],
    ["countTrailingZeros(8) + countLeadingZeros(1)", 34n],
    ["countTrailingZeros(0)", 32n],
    ["rotateLeft(0x80000001, 1)", 3n],
    ["Color.Blue", 6n],
    ["Steps.B", 20n],
    ["Sizes.LIMIT", 12n],
    ["squares.length", 3n],
  ])("%s is %i", (expression, value) => {
    const declarations = `
      enum Color { Red, Green = 5, Blue }
      enum Steps { A = 10, B = A * 2 }
      class Sizes { static readonly LIMIT = HALF * 2; }
      const HALF = 6;
      const squares = table<u16>(1, 4, 9);`;
    expect(constantOf(expression, declarations)).toBe(value);
  });

  test("are as long as Fixed says", () => {
    const text = `const N = 4 * 2; const b = zeroed<Fixed<u16, typeof N>>(); export function main(): i32 { return b[7] as i32; }`;
    expect(checkText(text).globals).toMatchObject([{ size: 16, alignment: 2 }]);
  });

  test("an enum of bytes is a u8, any other an i32", () => {
    const text = `enum A { X = 255 } enum B { X = 256 } enum C { X = -1 }
      export function main(): i32 { return (sizeof<A>() * 100 + sizeof<B>() * 10 + sizeof<C>()) as i32; }`;
    expect(mainValue(text)).toMatchObject({ value: 144n });
  });

  test("equal strings are one object, \\x is one byte, other characters are UTF-8", () => {
    const program = checkText(`import { SYS_write } from "microlith:target";
      const text = "a\\xffé\\u{1f600}\\0";
      function put(s: string): void { syscall(SYS_write, 1, bytes(s), s.length); }
      export function main(): void { put(text); put('a\\xffé\\ud83d\\ude00\\0'); put(\`b\`); }`);
    expect(program.data.map(({ bytes }) => [...bytes])).toEqual([
      [0x61, 0xff, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 0],
      [0x62],
    ]);
  });

  test("tables are little-endian", () => {
    const text = `const t = table<i16>(1, -2, 0x7fff); export function main(): i32 { return t[1]; }`;
    const [object] = checkText(text).data;
    expect(object).toMatchObject({ name: "t", kind: "table", alignment: 2 });
    expect([...(object?.bytes ?? [])]).toEqual([1, 0, 0xfe, 0xff, 0xff, 0x7f]);
  });
});

describe("conversions", () => {
  test("an integer becomes another by itself exactly when every target keeps its value", () => {
    const [narrow, wide] = [integerTypes(32), integerTypes(64)];
    for (const from of Object.values(narrow)) {
      for (const to of Object.values(narrow)) {
        // The widest source against the narrowest destination; the same name is the same type.
        const [source, target] = [wide[from.name], narrow[to.name]];
        const keeps = leastValue(source) >= leastValue(target) && mostValue(source) <= mostValue(target);
        expect(`${from.name} ${to.name} ${isWidening(from, to)}`).toBe(
          `${from.name} ${to.name} ${keeps || from.name === to.name}`,
        );
        expect(isWidening(wide[from.name], wide[to.name])).toBe(isWidening(from, to));
      }
    }
  });

  test("meet in the wider operand's type", () => {
    const value = mainValue(
      "function f(a: u8, b: i32): i32 { return a + b; } export function main(): i32 { return f(1, 2); }",
    );
    expect(value.kind).toBe("call");
    const { body } = functionOf(
      checkText(
        "function f(a: u8, b: i32): i64 { return a + b; } export function main(): i32 { return f(1, 2) as i32; }",
      ),
      "f",
    );
    expect(body).toMatchObject([
      {
        kind: "return",
        value: {
          kind: "convert",
          type: { name: "i64" },
          operand: { kind: "arithmetic", type: { name: "i32" }, left: { kind: "convert" } },
        },
      },
    ]);
  });

  test("a bool chosen as 1 or 0 is a conversion", () => {
    const text =
      "function f(a: u32): u8 { return a > 3 ? 1 : 0; } export function main(): i32 { return f(1); }";
    expect(functionOf(checkText(text), "f").body).toMatchObject([
      { value: { kind: "convert", type: { name: "u8" } } },
    ]);
  });

  test("a complement fits the unsigned type beside it", () => {
    const text = "function f(a: u16): u16 { return a & ~3; } export function main(): i32 { return f(1); }";
    expect(functionOf(checkText(text), "f").body).toMatchObject([{ value: { right: { value: 0xfffcn } } }]);
  });

  test("arguments of a system call are machine words", () => {
    const text = `import { SYS_write } from "microlith:target"; const b = zeroed<Fixed<u8, 4>>();
      function f(fd: i32, n: u32): void { syscall(SYS_write, fd, b, n, -1, null); }
      export function main(): void { f(1, 2); }`;
    const [statement] = functionOf(checkText(text), "f").body;
    const call = statement?.kind === "expression" ? statement.expression : undefined;
    const args = call?.kind === "intrinsic" ? call.args : [];
    expect(args.map((arg) => (arg.type.kind === "integer" ? arg.type.name : arg.type.kind))).toEqual(
      Array(6).fill("usize"),
    );
    expect(args[1]).toMatchObject({ kind: "convert", operand: { kind: "convert", type: { name: "isize" } } });
    expect(args[4]).toMatchObject({ kind: "constant", value: 0xffff_ffff_ffff_ffffn });
  });
});

describe("control flow", () => {
  test("the dead side of a known condition is neither checked nor compiled", () => {
    const text = `import { wordBytes } from "microlith:target";
      export function main(): i32 {
        if (wordBytes === 4) missing(); else if (wordBytes === 8 && true) return 1;
        return missing;
      }`;
    expect(kinds(checkText(text).main.body)).toEqual(["return"]);
    expect(reportsOf(text, { wordBits: 32 }).length).toBe(2);
  });

  test("a loop whose condition is known false disappears, one that is known true has none", () => {
    const text = `export function main(): i32 {
        while (1 > 2) missing();
        for (let i = 0; false; ) missing();
        while (true) { if (main() === 3) return 1; }
      }`;
    const { body } = checkText(text).main;
    expect(kinds(body)).toEqual(["block", "loop"]);
    expect(body[1]).not.toHaveProperty("condition");
  });

  test.each([
    ["function f(a: u32): u32 { if (a > 1) return 1; else unreachable(); }"],
    ["function f(a: u32): u32 { do { return 1; } while (a > 1); }"],
    ["function f(a: u32): u32 { for (;;) { if (a > 1) return 2; } }"],
    ["function f(a: u32): u32 { switch (a) { case 1: case 2: return 1; default: return 2; } }"],
    ["function f(a: u32): u32 { outer: while (true) { while (true) { if (a > 1) continue outer; } } }"],
    ["function f(a: u32): u32 { return stop(); } function stop(): never { while (true) {} }"],
  ])("%s returns on every path", (text) => {
    expect(reportsOf(`${text} export function main(): i32 { return f(1) as i32; }`)).toEqual([]);
  });

  test("labels reach their loop", () => {
    const { body } = checkText(`export function main(): i32 {
        let n: i32 = 0;
        outer: for (let i = 0; i < 9; i++, n += 2) { for (;;) { if (i === 3) break outer; continue outer; } }
        return n;
      }`).main;
    const outer = body[1];
    const inner = outer?.kind === "loop" ? outer.body[0] : undefined;
    const loop = inner?.kind === "block" ? inner.body[0] : inner;
    const inside = loop?.kind === "loop" ? loop.body[0] : undefined;
    const jump = inside?.kind === "block" ? inside.body.at(-1) : inside;
    expect(outer?.kind === "loop" && outer.update.length).toBe(2);
    expect(jump?.kind === "continue" && outer?.kind === "loop" && jump.label === outer.label).toBe(true);
  });
});

describe("modules", () => {
  const files = {
    "./a.ts":
      'import { b } from "./b.ts"; export function a(n: u32): u32 { return n === 0 ? hash() : b(n); } function hash(): u32 { return 1; } export const K = 3;',
    "./b.ts":
      'import { a, K as k } from "./a.ts"; export { a as again } from "./a.ts"; export function b(n: u32): u32 { return a(n - k) + hash(); } function hash(): u32 { return 2; }',
  };

  test("may import each other; equal names are told apart by their file", () => {
    const program = checkText(
      'import { again } from "./b.ts"; export function main(): i32 { return again(9) as i32; }',
      { files },
    );
    expect(program.functions.map(({ name }) => name)).toEqual(["main", "a", "a.hash", "b", "b.hash"]);
    expect(program.main).toBe(program.functions[0]);
  });

  test("only what main reaches is in the program, and all of it is checked", () => {
    const text = `const used = zeroed<Fixed<u8, 2>>(); const unused = zeroed<Fixed<u8, 2>>();
      function idle(): void { unused[0] = 1; }
      export function main(): i32 { return used[0]; }`;
    const program = checkText(text);
    expect(program.functions.map(({ name }) => name)).toEqual(["main"]);
    expect(program.globals.map(({ name }) => name)).toEqual(["used"]);
    expect(reportsOf(text.replace("= 1", "= 256")).map(({ number }) => number)).toEqual(["ML1202"]);
  });

  test("a virtual module's values and data, with what its data refers to", () => {
    const object = (name: string, target?: string): DataObject => ({
      name,
      kind: "table",
      bytes: new Uint8Array(16),
      alignment: 4,
      relocations: target === undefined ? [] : [{ offset: 0, target, addend: 0 }],
    });
    const [routes, head, body] = [object("routes", "head"), object("head", "body"), object("body")];
    const site: VirtualModule = {
      declarations: {
        path: "site.d.ts",
        text: `declare module "microlith:site" {
          export class Route { readonly hash: u32; readonly path: Ptr<u8>; }
          export const routes: Fixed<Route, number>;
          export const spare: Ptr<u8>;
          export const title: string;
          export const hasIndex: boolean;
          export const port: u16;
        }`,
      },
      values: new Map([
        ["routes", { kind: "data", object: routes }],
        ["spare", { kind: "data", object: object("spare") }],
        ["title", { kind: "text", bytes: Uint8Array.of(104, 105) }],
        ["hasIndex", { kind: "boolean", value: false }],
        ["port", { kind: "integer", value: 8080n }],
      ]),
      objects: new Map([routes, head, body].map((each) => [each.name, each])),
    };
    const text = `import { routes, title, hasIndex, port, Route } from "microlith:site";
      function find(at: Route): u32 { return at.path[0] + title.length; }
      export function main(): i32 {
        if (hasIndex) missing();
        return (find(routes[1]) + routes.length + port) as i32;
      }`;
    const program = checkText(text, { modules: new Map([["microlith:site", site]]) });
    expect(program.data.map(({ name }) => name)).toEqual(["routes", "head", "body"]);
  });

  test("the same program gives the same tree", () => {
    const text = 'import { again } from "./b.ts"; export function main(): i32 { return again(9) as i32; }';
    expect(checkText(text, { files })).toEqual(checkText(text, { files }));
  });
});

test("scratch storage belongs to its function", () => {
  const text = `function f(): u8 { const b = scratch<Fixed<u8, 4>>(); { const b = scratch<Fixed<u8, 8>>(); b[0] = 1; } return b[1]; }
    export function main(): i32 { return f(); }`;
  expect(checkText(text).globals.map(({ name, size }) => `${name} ${size}`)).toEqual(["f.2.b 8", "f.b 4"]);
});
