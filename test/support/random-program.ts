/**
 * Random programs that are valid and end, each in two languages at once: ours, and C with the same meaning spelled out by
 * casts. A C compiler's result is then an opinion on our whole compiler that shares no line with it.
 *
 * The same seed gives the same program. Many programs are one executable, because starting compilers and emulators costs more than
 * the programs do: each is a file of ours, and a part of one C file. To keep C defined: no division by zero or of the least value by -1, shift
 * amounts within the width, indices within arrays, temporaries where a call stands beside something else. To keep
 * programs short-lived: functions call earlier functions only, or each other as deep as their first parameter says, and a call is left out
 * where loops would run it too often.
 */

import { type Code, cLiteral, typeNames, wrap } from "./random/code.ts";
import { costLimit, Draft, type FunctionShape } from "./random/draft.ts";
import { expression } from "./random/expressions.ts";
import { callStatement, statements } from "./random/statements.ts";

/** Programs in both languages. For each seed, twice in a row, a line with a checksum as eight hexadecimal digits is printed. */
export interface RandomPrograms {
  /** By name; `main.ts` is where it starts. */
  readonly files: ReadonlyMap<string, string>;
  /** Hosted C99 with gcc's statement expressions. */
  readonly c: string;
}

/** The programs of `seeds`, which are all different. */
export function randomPrograms(seeds: readonly number[]): RandomPrograms {
  const parts = seeds.map((seed) => writeProgram(new Draft(seed)));
  const rounds = [...seeds, ...seeds].map((seed) => `  restart();\n  run_${seed}();\n  report();\n`).join("");
  const imports = seeds.map((seed) => `import { run_${seed} } from "./program-${seed}.ts";\n`).join("");
  return {
    files: new Map([
      ["checksum.ts", checksum.ts],
      ...seeds.map((seed, index): [string, string] => [`program-${seed}.ts`, parts[index]?.ts ?? ""]),
      [
        "main.ts",
        `import { report, restart } from "./checksum.ts";\n${imports}\nexport function main(): i32 {\n${rounds}  return 0;\n}\n`,
      ],
    ]),
    c: `${checksum.c}${parts.map(({ c }) => c).join("\n")}\nint main(void) {\n${rounds}}\n`,
  };
}

const checksum: Code = {
  ts: `import { SYS_write } from "microlith:target";

let checksum: u32 = 1;

export function restart(): void {
  checksum = 1;
}

export function mix(value: u64): void {
  checksum = (rotateLeft(checksum, 5) ^ (value as u32)) * 0x9e3779b1;
  checksum = (rotateLeft(checksum, 5) ^ ((value >>> 32) as u32)) * 0x9e3779b1;
}

export function report(): void {
  const digits = scratch<Fixed<u8, 9>>();
  for (let i: u32 = 0; i < 8; i++) {
    const digit = ((checksum >>> (28 - 4 * i)) & 15) as u8;
    digits[i] = digit < 10 ? 48 + digit : 87 + digit;
  }
  digits[8] = 10;
  syscall(SYS_write, 1, digits, 9);
}
`,
  c: `#include <stdint.h>
#include <stdio.h>
#include <string.h>
typedef uint8_t u8; typedef int8_t i8; typedef uint16_t u16; typedef int16_t i16;
typedef uint32_t u32; typedef int32_t i32; typedef uint64_t u64; typedef int64_t i64;
static u32 checksum = 1;
static u32 rotateLeft(u32 x, u32 n) { return x << (n & 31) | x >> (-n & 31); }
static u32 countTrailingZeros(u32 x) { u32 n = 0; while (n < 32 && !(x >> n & 1)) n++; return n; }
static u32 countLeadingZeros(u32 x) { u32 n = 0; while (n < 32 && !(x << n & 0x80000000u)) n++; return n; }
static u32 byteSwap(u32 x) { return x >> 24 | (x >> 8 & 0xff00) | (x << 8 & 0xff0000) | x << 24; }
static void restart(void) { checksum = 1; }
static void mix(u64 value) {
  checksum = (rotateLeft(checksum, 5) ^ (u32)value) * 0x9e3779b1u;
  checksum = (rotateLeft(checksum, 5) ^ (u32)(value >> 32)) * 0x9e3779b1u;
}
static void report(void) { printf("%08x\\n", checksum); }
`,
};

/** The whole program; `run_SEED` starts it. */
function writeProgram(draft: Draft): Code {
  declareGlobals(draft);
  const count = 3 + draft.below(5);
  for (let i = 0; i < count; i++) {
    const kind = draft.below(10);
    if (kind < 2) writeRecursion(draft, 1);
    else if (kind < 3) writeRecursion(draft, 2);
    else writeFunction(draft);
  }
  writeMain(draft);
  return { ts: draft.output.ts.join("\n"), c: draft.output.c.join("\n") };
}

function declareGlobals(draft: Draft): void {
  for (let i = 0; i < 5; i++) {
    const type = draft.type();
    const name = draft.name("g");
    const value = draft.literalValue(type);
    draft.line({
      ts: `let ${name}: ${type} = ${value};`,
      c: `static ${type} ${name} = ${cLiteral(type, value)};`,
    });
    draft.globals.push({ code: { ts: name, c: name }, type, isConstant: false });
  }
  for (const type of typeNames) {
    if (draft.chance(30)) continue;
    const length = 2 ** (1 + draft.below(4));
    const name = draft.name("a");
    draft.line({
      ts: `const ${name} = zeroed<Fixed<${type}, ${length}>>();`,
      c: `static ${type} ${name}[${length}];`,
    });
    draft.arrays.push({ name, type, length });
  }
  const bytes = `bytes${draft.tag}`;
  draft.line({ ts: `const ${bytes} = zeroed<Fixed<u8, 64>>();`, c: `static u8 ${bytes}[64];` });
  draft.arrays.push({ name: bytes, type: "u8", length: 64 });
  declareClass(draft);
}

/** A class with fields of several widths, alone and in an array. */
function declareClass(draft: Draft): void {
  const fields = Array.from({ length: 4 }, (_, index) => ({ name: `f${index}`, type: draft.type() }));
  draft.fields = fields;
  const [type, one, many] = [`Record${draft.tag}`, `record${draft.tag}`, `records${draft.tag}`];
  draft.line({
    ts: `class ${type} {\n${fields.map((field) => `  ${field.name}: ${field.type};`).join("\n")}\n}`,
    c: `struct ${type} { ${fields.map((field) => `${field.type} ${field.name};`).join(" ")} };`,
  });
  draft.line({ ts: `const ${one} = zeroed<${type}>();`, c: `static struct ${type} ${one};` });
  draft.line({ ts: `const ${many} = zeroed<Fixed<${type}, 4>>();`, c: `static struct ${type} ${many}[4];` });
  for (const field of fields) {
    const code = `${one}.${field.name}`;
    draft.globals.push({ code: { ts: code, c: code }, type: field.type, isConstant: false });
    const second = `${many}[${draft.below(4)}].${field.name}`;
    draft.globals.push({ code: { ts: second, c: second }, type: field.type, isConstant: false });
  }
}

function writeFunction(draft: Draft): void {
  const shape = newShape(draft, undefined);
  const cost = body(draft, shape, []);
  draft.functions.push({ ...shape, cost });
}

/** Functions that call each other in a circle, or one that calls itself, so deep and no deeper. */
function writeRecursion(draft: Draft, count: number): void {
  const isTree = draft.chance(40);
  const depth = isTree ? 3 : draft.pick([3, 7, 63]);
  const activations = isTree ? 2 ** (depth + 1) : depth + 1;
  const circle = Array.from({ length: count }, () => newShape(draft, depth));
  for (const shape of circle) draft.line({ ts: "", c: `${heading(shape).c};` });
  let cost = 0;
  draft.limit = costLimit / activations / count;
  for (const [index, shape] of circle.entries()) {
    const next = circle[(index + 1) % count] as FunctionShape;
    cost += body(draft, shape, isTree ? [next, next] : [next]);
  }
  draft.limit = costLimit;
  for (const shape of circle) draft.functions.push({ ...shape, cost: cost * activations });
}

function newShape(draft: Draft, depth: number | undefined): FunctionShape {
  const parameters = Array.from({ length: draft.below(draft.chance(15) ? 10 : 5) }, () => draft.type());
  return {
    name: draft.name("f"),
    depth,
    takesObject: draft.chance(25),
    parameters,
    result: draft.type(),
    cost: 0,
  };
}

/** The result is what a call costs, without the calls of `deeper`. */
function body(draft: Draft, shape: FunctionShape, deeper: readonly FunctionShape[]): number {
  const { name, parameters, result, depth, takesObject } = shape;
  draft.scope = parameters.map((type, index) => {
    const parameter = `p${index}_${name}`;
    return { code: { ts: parameter, c: parameter }, type, isConstant: false };
  });
  if (depth !== undefined) {
    const code = { ts: `d_${name}`, c: `d_${name}` };
    draft.scope.push({ code, type: "u32", isConstant: true });
  }
  for (const { name: field, type } of takesObject ? draft.fields : []) {
    draft.scope.push({
      code: { ts: `o_${name}.${field}`, c: `o_${name}->${field}` },
      type,
      isConstant: false,
    });
  }
  draft.cost = 1;
  draft.result = result;
  draft.line(wrap("", heading(shape), " {"));
  draft.depth = 1;
  statements(draft, 3 + draft.below(8), draft.chance(25) ? 6 + draft.below(12) : 0, deeper);
  draft.mayCall = draft.chance(50);
  draft.line(wrap("return ", expression(draft, result, 2), ";"));
  draft.mayCall = false;
  draft.depth = 0;
  draft.both("}");
  draft.result = undefined;
  return draft.cost;
}

function writeMain(draft: Draft): void {
  draft.scope = [];
  draft.cost = 0;
  draft.line({ ts: `export function run${draft.tag}(): void {`, c: `static void run${draft.tag}(void) {` });
  draft.depth = 1;
  for (const fn of draft.functions) for (let i = 0; i < 2; i++) callStatement(draft, fn);
  statements(draft, 4);
  for (const { code, type } of draft.globals) if (type !== "bool") draft.mix(code, type);
  for (const { name, type, length } of draft.arrays) {
    draft.line({
      ts: `for (let i: u32 = 0; i < ${length}; i++) {`,
      c: `for (u32 i = 0; i < ${length}; i++) {`,
    });
    draft.mix({ ts: `${name}[i]`, c: `${name}[i]` }, type);
    draft.both("}");
  }
  draft.depth = 0;
  draft.both("}");
}

/** The head of a function's definition. */
function heading({ name, depth, takesObject, parameters, result }: FunctionShape): Code {
  const list = parameters.map((type, index) => ({
    ts: `p${index}_${name}: ${type}`,
    c: `${type} p${index}_${name}`,
  }));
  const tag = name.slice(name.indexOf("_"));
  if (takesObject) list.unshift({ ts: `o_${name}: Record${tag}`, c: `struct Record${tag} *o_${name}` });
  if (depth !== undefined) list.unshift({ ts: `d_${name}: u32`, c: `u32 d_${name}` });
  return {
    ts: `function ${name}(${list.map(({ ts }) => ts).join(", ")}): ${result}`,
    c: `static ${result} ${name}(${list.map(({ c }) => c).join(", ") || "void"})`,
  };
}
