/**
 * Random programs that are valid and end, each in two languages at once: ours, and C with the same meaning spelled out by
 * casts. A C compiler's result is then an opinion on our whole compiler that shares no line with it.
 *
 * The same seed gives the same program. Many programs are one executable, because starting compilers and emulators costs more than
 * the programs do: each is a file of ours, and a part of one C file. To keep C defined: no division by zero or of the least value by -1, shift
 * amounts within the width, indices within arrays, calls only where nothing else is evaluated beside them. To keep
 * programs short-lived: functions call earlier functions only, and a call is left out where loops would run it too often.
 */

/** Programs in both languages. For each seed, twice in a row, a line with a checksum as eight hexadecimal digits is printed. */
export interface RandomPrograms {
  /** By name; `main.ts` is where it starts. */
  readonly files: ReadonlyMap<string, string>;
  /** Hosted C99. */
  readonly c: string;
}

/** A piece of text in both languages. */
interface Code {
  readonly ts: string;
  readonly c: string;
  /** A call is evaluated in it, so what stands beside it has an order. */
  readonly calls?: boolean;
}

type TypeName = "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u64" | "i64";

const typeNames: readonly TypeName[] = ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64"];

const bitsOf = (type: TypeName): number => Number(type.slice(1));
const isSigned = (type: TypeName): boolean => type.startsWith("i");

interface Variable {
  readonly code: Code;
  readonly type: TypeName | "bool";
  readonly isConstant: boolean;
}

interface ArrayVariable {
  readonly name: string;
  readonly type: TypeName;
  /** A power of two. */
  readonly length: number;
}

interface FunctionShape {
  readonly name: string;
  /** Recursive: the first parameter says how deep it still may go, at most this. */
  readonly depth: number | undefined;
  /** Takes an object, behind the depth. */
  readonly takesObject: boolean;
  readonly parameters: readonly TypeName[];
  readonly result: TypeName;
  /** Statements that a call runs, at most. */
  readonly cost: number;
}

/** What a program's functions may cost together, in statements run. */
const costLimit = 200_000;

/** The programs of `seeds`, which are all different. */
export function randomPrograms(seeds: readonly number[]): RandomPrograms {
  const parts = seeds.map((seed) => new Generator(seed).program());
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

class Generator {
  private state: number;
  /** Behind every name, so that programs can share a C file. */
  private readonly tag: string;
  private readonly output: { ts: string[]; c: string[] } = {
    ts: ['import { mix } from "./checksum.ts";\n'],
    c: [],
  };
  private readonly arrays: ArrayVariable[] = [];
  private readonly globals: Variable[] = [];
  private readonly functions: FunctionShape[] = [];
  /** Of the program's class. */
  private fields: readonly { readonly name: string; readonly type: TypeName }[] = [];
  /** Variables in scope, the innermost last. */
  private scope: Variable[] = [];
  private names = 0;
  /** How often the statement being written runs, at most. */
  private repeats = 1;
  /** Statements that the function being written runs, at most. */
  private cost = 0;
  private depth = 0;
  private breakable = false;
  /** What the function being written returns. */
  private result: TypeName | undefined;
  /** What it may cost. */
  private limit = costLimit;
  /** The expression being written may call functions. */
  private mayCall = false;
  /** Labels of the loops around. */
  private labels: readonly string[] = [];

  constructor(seed: number) {
    this.state = (seed * 0x9e3779b1) >>> 0;
    this.tag = `_${seed}`;
  }

  program(): Code {
    this.declareGlobals();
    const count = 3 + this.below(5);
    for (let i = 0; i < count; i++) {
      const kind = this.below(10);
      if (kind < 2) this.writeRecursion(1);
      else if (kind < 3) this.writeRecursion(2);
      else this.writeFunction();
    }
    this.writeMain();
    return { ts: this.output.ts.join("\n"), c: this.output.c.join("\n") };
  }

  // Choice

  /** mulberry32 by Tommy Ettinger. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  }

  private below(limit: number): number {
    return this.next() % limit;
  }

  private chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  private pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  private name(prefix: string): string {
    return `${prefix}${this.names++}${this.tag}`;
  }

  private type(): TypeName {
    return this.pick(typeNames);
  }

  // Declarations

  private line(code: Code): void {
    const indent = "  ".repeat(this.depth);
    if (code.ts !== "") this.output.ts.push(indent + code.ts);
    if (code.c !== "") this.output.c.push(indent + code.c);
  }

  private both(text: string): void {
    this.line({ ts: text, c: text });
  }

  private declareGlobals(): void {
    for (let i = 0; i < 5; i++) {
      const type = this.type();
      const name = this.name("g");
      const value = this.literalValue(type);
      this.line({
        ts: `let ${name}: ${type} = ${value};`,
        c: `static ${type} ${name} = ${cLiteral(type, value)};`,
      });
      this.globals.push({ code: { ts: name, c: name }, type, isConstant: false });
    }
    for (const type of typeNames) {
      if (this.chance(30)) continue;
      const length = 2 ** (1 + this.below(4));
      const name = this.name("a");
      this.line({
        ts: `const ${name} = zeroed<Fixed<${type}, ${length}>>();`,
        c: `static ${type} ${name}[${length}];`,
      });
      this.arrays.push({ name, type, length });
    }
    const bytes = `bytes${this.tag}`;
    this.line({ ts: `const ${bytes} = zeroed<Fixed<u8, 64>>();`, c: `static u8 ${bytes}[64];` });
    this.arrays.push({ name: bytes, type: "u8", length: 64 });
    this.declareClass();
  }

  /** A class with fields of several widths, alone and in an array. */
  private declareClass(): void {
    const fields = Array.from({ length: 4 }, (_, index) => ({ name: `f${index}`, type: this.type() }));
    this.fields = fields;
    const [type, one, many] = [`Record${this.tag}`, `record${this.tag}`, `records${this.tag}`];
    this.line({
      ts: `class ${type} {\n${fields.map((field) => `  ${field.name}: ${field.type};`).join("\n")}\n}`,
      c: `struct ${type} { ${fields.map((field) => `${field.type} ${field.name};`).join(" ")} };`,
    });
    this.line({ ts: `const ${one} = zeroed<${type}>();`, c: `static struct ${type} ${one};` });
    this.line({ ts: `const ${many} = zeroed<Fixed<${type}, 4>>();`, c: `static struct ${type} ${many}[4];` });
    for (const field of fields) {
      const code = `${one}.${field.name}`;
      this.globals.push({ code: { ts: code, c: code }, type: field.type, isConstant: false });
      const second = `${many}[${this.below(4)}].${field.name}`;
      this.globals.push({ code: { ts: second, c: second }, type: field.type, isConstant: false });
    }
  }

  private writeFunction(): void {
    const shape = this.shape(undefined);
    const cost = this.body(shape, []);
    this.functions.push({ ...shape, cost });
  }

  /** Functions that call each other in a circle, or one that calls itself, so deep and no deeper. */
  private writeRecursion(count: number): void {
    const isTree = this.chance(40);
    const depth = isTree ? 3 : this.pick([3, 7, 63]);
    const activations = isTree ? 2 ** (depth + 1) : depth + 1;
    const circle = Array.from({ length: count }, () => this.shape(depth));
    for (const shape of circle) this.line({ ts: "", c: `${heading(shape).c};` });
    let cost = 0;
    this.limit = costLimit / activations / count;
    for (const [index, shape] of circle.entries()) {
      const next = circle[(index + 1) % count] as FunctionShape;
      cost += this.body(shape, isTree ? [next, next] : [next]);
    }
    this.limit = costLimit;
    for (const shape of circle) this.functions.push({ ...shape, cost: cost * activations });
  }

  private shape(depth: number | undefined): FunctionShape {
    const parameters = Array.from({ length: this.below(this.chance(15) ? 10 : 5) }, () => this.type());
    return {
      name: this.name("f"),
      depth,
      takesObject: this.chance(25),
      parameters,
      result: this.type(),
      cost: 0,
    };
  }

  /** The result is what a call costs, without the calls of `deeper`. */
  private body(shape: FunctionShape, deeper: readonly FunctionShape[]): number {
    const { name, parameters, result, depth, takesObject } = shape;
    this.scope = parameters.map((type, index) => {
      const parameter = `p${index}_${name}`;
      return { code: { ts: parameter, c: parameter }, type, isConstant: false };
    });
    if (depth !== undefined) {
      const code = { ts: `d_${name}`, c: `d_${name}` };
      this.scope.push({ code, type: "u32", isConstant: true });
    }
    for (const { name: field, type } of takesObject ? this.fields : []) {
      this.scope.push({
        code: { ts: `o_${name}.${field}`, c: `o_${name}->${field}` },
        type,
        isConstant: false,
      });
    }
    this.cost = 1;
    this.result = result;
    this.line(wrap("", heading(shape), " {"));
    this.depth = 1;
    this.statements(3 + this.below(8), this.chance(25) ? 6 + this.below(12) : 0, deeper);
    this.mayCall = this.chance(50);
    this.line(wrap("return ", this.expression(result, 2), ";"));
    this.mayCall = false;
    this.depth = 0;
    this.both("}");
    this.result = undefined;
    return this.cost;
  }

  private writeMain(): void {
    this.scope = [];
    this.cost = 0;
    this.line({ ts: `export function run${this.tag}(): void {`, c: `static void run${this.tag}(void) {` });
    this.depth = 1;
    for (const fn of this.functions) for (let i = 0; i < 2; i++) this.callStatement(fn);
    this.statements(4);
    for (const { code, type } of this.globals) if (type !== "bool") this.mix(code, type);
    for (const { name, type, length } of this.arrays) {
      this.line({
        ts: `for (let i: u32 = 0; i < ${length}; i++) {`,
        c: `for (u32 i = 0; i < ${length}; i++) {`,
      });
      this.mix({ ts: `${name}[i]`, c: `${name}[i]` }, type);
      this.both("}");
    }
    this.depth = 0;
    this.both("}");
  }

  private mix({ ts, c }: Code, type: TypeName): void {
    const wide = isSigned(type) ? "i64" : "u64";
    this.line({ ts: `mix(((${ts}) as ${wide}) as u64);`, c: `mix((u64)(${wide})(${c}));` });
  }

  // Statements

  /** A block's statements; what they declare goes out of scope after them. */
  private statements(count: number, declarations = 0, deeper: readonly FunctionShape[] = []): void {
    const outer = this.scope;
    this.scope = [...outer];
    for (let i = 0; i < declarations; i++) this.declaration();
    for (let i = 0; i < count; i++) {
      const callee = deeper[i];
      if (callee !== undefined) this.goDeeper(callee);
      this.statement();
    }
    // What is declared is used, or it would be dead code.
    for (const { code, type } of this.scope.slice(outer.length)) {
      if (type !== "bool" && this.chance(60)) this.mix(code, type);
    }
    this.scope = outer;
  }

  /** The call of a circle's next function. */
  private goDeeper(fn: FunctionShape): void {
    const depth = this.scope.find(({ code }) => code.ts.startsWith("d_"))?.code.ts ?? "";
    this.both(`if (${depth} > 0) {`);
    this.depth++;
    const given = `${depth} - 1`;
    const call = this.call(fn, { ts: given, c: given });
    if (this.chance(50)) {
      const { code, type } = this.pick(this.scope);
      if (type === fn.result && !this.scope.find((each) => each.code === code)?.isConstant)
        this.line({ ts: `${code.ts} = ${call.ts};`, c: `${code.c} = ${call.c};` });
      else this.line(wrap("", call, ";"));
    } else {
      const name = this.name("v");
      this.line({ ts: `const ${name} = ${call.ts};`, c: `${fn.result} ${name} = ${call.c};` });
      this.mix({ ts: name, c: name }, fn.result);
    }
    this.depth--;
    this.both("}");
  }

  private call(fn: FunctionShape, depth: Code | undefined): Code {
    const args: { readonly code: Code; readonly type: string }[] = [];
    if (fn.depth !== undefined) {
      const limited = binary("u32", "&", this.expression("u32", 1), literal("u32", BigInt(fn.depth)));
      args.push({ code: depth ?? limited, type: "u32" });
    }
    if (fn.takesObject) args.push({ code: this.object(), type: `struct Record${this.tag} *` });
    for (const type of fn.parameters) args.push({ code: this.expression(type, 2), type });
    const ts = `${fn.name}(${args.map(({ code }) => code.ts).join(", ")})`;
    if (!args.some(({ code }) => code.calls))
      return { ts, c: `${fn.name}(${args.map(({ code }) => code.c).join(", ")})`, calls: true };
    const temporaries = args.map(({ code, type }, index) => `${type} _${index} = ${code.c}; `).join("");
    const names = args.map((_, index) => `_${index}`).join(", ");
    return { ts, c: `({ ${temporaries}${fn.name}(${names}); })`, calls: true };
  }

  private object(): Code {
    if (this.chance(40)) return { ts: `record${this.tag}`, c: `&record${this.tag}` };
    const index = binary("u32", "&", this.expression("u32", 1), literal("u32", 3n));
    return { ts: `records${this.tag}[${index.ts}]`, c: `&records${this.tag}[${index.c}]`, ...(index.calls ? { calls: true } : {}) };
  }

  private statement(): void {
    this.mayCall = this.chance(25);
    this.oneStatement();
    this.mayCall = false;
  }

  private oneStatement(): void {
    this.cost += this.repeats;
    const kind = this.below(this.depth > 4 ? 50 : 100);
    if (kind < 15) this.declaration();
    else if (kind < 38) this.assignment();
    else if (kind < 44) this.step();
    else if (kind < 50) this.anyCall();
    else if (kind < 66) this.ifStatement();
    else if (kind < 80) this.loop();
    else if (kind < 88) this.switchStatement();
    else if (kind < 92 && (this.breakable || this.labels.length > 0)) this.leaveLoop();
    else if (kind < 94) this.leaveFunction();
    else if (kind < 97) this.memoryStatement();
    else this.mix(this.expression("u32", 2), "u32");
  }

  private declaration(): void {
    const name = this.name("v");
    if (this.chance(15)) {
      const value = this.condition(2);
      this.line({ ts: `let ${name}: bool = ${value.ts};`, c: `int ${name} = ${value.c};` });
      this.scope.push({ code: { ts: name, c: name }, type: "bool", isConstant: false });
      return;
    }
    const type = this.type();
    const value = this.expression(type, 3);
    this.line({ ts: `let ${name}: ${type} = ${value.ts};`, c: `${type} ${name} = ${value.c};` });
    this.scope.push({ code: { ts: name, c: name }, type, isConstant: false });
  }

  private assignment(): void {
    const { code, type } = this.place();
    if (type === "bool") {
      const value = this.condition(2);
      this.line({ ts: `${code.ts} = ${value.ts};`, c: `${code.c} = ${value.c};` });
      return;
    }
    if (this.chance(60)) {
      const value = this.expression(type, 3);
      this.line({ ts: `${code.ts} = ${value.ts};`, c: `${code.c} = ${value.c};` });
      return;
    }
    const operator = this.pick(["+", "-", "*", "&", "|", "^"] as const);
    const value = this.expression(type, 2);
    const result = binary(type, operator, code, value);
    this.line({ ts: `${code.ts} ${operator}= ${value.ts};`, c: `${code.c} = ${result.c};` });
  }

  /** `++` or `--`. */
  private step(): void {
    const { code, type } = this.place();
    if (type === "bool") return;
    const operator = this.pick(["+", "-"] as const);
    const result = binary(type, operator, code, { ts: "1", c: "1" });
    this.line({ ts: `${code.ts}${operator}${operator};`, c: `${code.c} = ${result.c};` });
  }

  private anyCall(): void {
    if (this.functions.length === 0) return;
    this.callStatement(this.pick(this.functions));
  }

  private callStatement(fn: FunctionShape): void {
    if (this.cost + this.repeats * fn.cost > this.limit) return;
    this.cost += this.repeats * fn.cost;
    const call = this.call(fn, undefined);
    if (this.chance(30)) {
      this.line(wrap("", call, ";"));
      return;
    }
    const name = this.name("v");
    this.line({ ts: `const ${name} = ${call.ts};`, c: `${fn.result} ${name} = ${call.c};` });
    this.scope.push({ code: { ts: name, c: name }, type: fn.result, isConstant: true });
    this.mix({ ts: name, c: name }, fn.result);
  }

  private ifStatement(): void {
    this.line(wrap("if (", this.condition(3), ") {"));
    this.block(1 + this.below(3));
    if (this.chance(50)) {
      this.both("} else {");
      this.block(1 + this.below(3));
    }
    this.both("}");
  }

  private block(count: number): void {
    this.depth++;
    this.statements(count);
    this.depth--;
  }

  private loop(): void {
    const rounds = 1 + this.below(6);
    if (this.repeats * rounds > 500) return;
    const type = this.pick(["u8", "u32", "i32", "u16"] as const);
    const name = this.name("n");
    const label = this.name("l");
    const outerLabels = this.labels;
    this.labels = [...outerLabels, label];
    const counter: Variable = { code: { ts: name, c: name }, type, isConstant: true };
    const [outerScope, outerRepeats, outerBreakable] = [this.scope, this.repeats, this.breakable];
    this.scope = [...outerScope, counter];
    this.repeats *= rounds;
    this.breakable = true;
    if (this.chance(60)) {
      this.line({
        ts: `${label}: for (let ${name}: ${type} = 0; ${name} < ${rounds}; ${name}++) {`,
        c: `for (${type} ${name} = 0; ${name} < ${rounds}; ${name}++) {`,
      });
      this.block(1 + this.below(4));
      this.line({ ts: "}", c: `c_${label}:; } b_${label}:;` });
    } else {
      this.line({ ts: `let ${name}: ${type} = ${rounds};`, c: `${type} ${name} = ${rounds};` });
      const isDo = this.chance(50);
      const start = isDo ? "do {" : `while (${name} > 0) {`;
      this.line({ ts: `${label}: ${start}`, c: start });
      this.depth++;
      this.both(`${name}--;`);
      this.depth--;
      this.block(1 + this.below(4));
      const end = isDo ? `} while (${name} > 0);` : "}";
      this.line({ ts: end, c: `c_${label}:; ${end} b_${label}:;` });
    }
    this.labels = outerLabels;
    [this.scope, this.repeats, this.breakable] = [outerScope, outerRepeats, outerBreakable];
  }

  private leaveFunction(): void {
    if (this.result === undefined) return;
    const condition = this.condition(2);
    const value = this.expression(this.result, 2);
    this.line({ ts: `if (${condition.ts}) return ${value.ts};`, c: `if (${condition.c}) return ${value.c};` });
  }

  /** Bytes moved, filled and compared; numbers at any address. */
  private memoryStatement(): void {
    this.mayCall = false;
    const bytes = `bytes${this.tag}`;
    const upTo = (limit: number): Code =>
      binary("u32", "&", this.expression("u32", 2), literal("u32", BigInt(limit)));
    const kind = this.below(4);
    if (kind === 0) {
      const [from, length] = [upTo(31), upTo(31)];
      this.line({
        ts: `copy(${bytes}, ${bytes}.add(${from.ts}), ${length.ts});`,
        c: `memmove(${bytes}, ${bytes} + ${from.c}, ${length.c});`,
      });
    } else if (kind === 1) {
      const [to, value, length] = [upTo(31), this.expression("u8", 2), upTo(31)];
      this.line({
        ts: `fill(${bytes}.add(${to.ts}), ${value.ts}, ${length.ts});`,
        c: `memset(${bytes} + ${to.c}, ${value.c}, ${length.c});`,
      });
    } else if (kind === 2) {
      const [left, right, length] = [upTo(31), upTo(31), upTo(7)];
      const name = this.name("v");
      this.line({
        ts: `let ${name}: bool = equal(${bytes}.add(${left.ts}), ${bytes}.add(${right.ts}), ${length.ts});`,
        c: `int ${name} = memcmp(${bytes} + ${left.c}, ${bytes} + ${right.c}, ${length.c}) == 0;`,
      });
      this.scope.push({ code: { ts: name, c: name }, type: "bool", isConstant: false });
    } else {
      const type = this.type();
      const [at, value] = [upTo(31), this.expression(type, 2)];
      this.line({
        ts: `store<${type}>(address(${bytes}) + ${at.ts}, ${value.ts});`,
        c: `{ ${type} _v = ${value.c}; memcpy(${bytes} + ${at.c}, &_v, sizeof _v); }`,
      });
    }
  }

  private leaveLoop(): void {
    const label = this.labels.length > 0 && (!this.breakable || this.chance(40)) ? this.pick(this.labels) : undefined;
    if (label !== undefined) {
      const [word, prefix] = this.pick([
        ["break", "b_"],
        ["continue", "c_"],
      ] as const);
      const condition = this.condition(2);
      this.line({
        ts: `if (${condition.ts}) ${word} ${label};`,
        c: `if (${condition.c}) goto ${prefix}${label};`,
      });
      return;
    }
    this.line(wrap("if (", this.condition(2), `) ${this.pick(["break", "continue"])};`));
  }

  private switchStatement(): void {
    const type = this.type();
    const value = this.expression(type, 2);
    const mask = this.pick([3, 7, 15]);
    this.line(wrap("switch (", binary(type, "&", value, literal(type, BigInt(mask))), ") {"));
    const outer = this.breakable;
    // `break` would leave the switch, `continue` the loop around it: too alike to tell apart here.
    this.breakable = false;
    this.depth++;
    const values = Array.from({ length: mask + 1 }, (_, index) => index).filter(() => this.chance(60));
    const defaultAt = this.below(values.length + 2);
    values.forEach((each, index) => {
      if (index === defaultAt) this.switchBody("default:");
      this.switchBody(`case ${each}:`);
    });
    if (defaultAt >= values.length && this.chance(50)) this.switchBody("default:");
    this.depth--;
    this.both("}");
    this.breakable = outer;
  }

  private switchBody(label: string): void {
    this.both(this.chance(75) ? `${label} {` : `${label}`);
    if (this.output.ts.at(-1)?.endsWith("{") !== true) return;
    this.block(1 + this.below(2));
    if (this.chance(80)) this.both("  break;");
    this.both("}");
  }

  // Places

  /** Something to assign to. */
  private place(): Variable {
    const locals = this.scope.filter(({ isConstant }) => !isConstant);
    if (locals.length > 0 && this.chance(65)) return this.pick(locals);
    return this.chance(50) && this.arrays.length > 0 ? this.element() : this.pick(this.globals);
  }

  private element(): Variable {
    const { name, type, length } = this.pick(this.arrays);
    this.mayCall = false;
    const index = binary("u32", "&", this.expression("u32", 1), literal("u32", BigInt(length - 1)));
    return { code: { ts: `${name}[${index.ts}]`, c: `${name}[${index.c}]` }, type, isConstant: false };
  }

  // Expressions

  private expression(type: TypeName, depth: number): Code {
    if (depth <= 0 || this.chance(15)) return this.leaf(type);
    if (this.mayCall && this.chance(20)) {
      const fn = this.functions.length > 0 ? this.pick(this.functions) : undefined;
      if (fn !== undefined && this.cost + this.repeats * fn.cost <= this.limit) {
        this.cost += this.repeats * fn.cost;
        const outer = this.mayCall;
        this.mayCall = this.chance(20);
        const call = cast(type, this.call(fn, undefined));
        this.mayCall = outer;
        return call;
      }
    }
    if (this.chance(4)) return this.load(type);
    const kind = this.below(100);
    if (kind < 45) {
      const operator = this.pick(["+", "-", "*", "&", "|", "^", "+", "-"] as const);
      return binary(type, operator, this.expression(type, depth - 1), this.expression(type, depth - 1));
    }
    if (kind < 57) return this.shift(type, depth);
    if (kind < 67) return this.division(type, depth);
    if (kind < 73) return unary(type, this.pick(["-", "~"] as const), this.expression(type, depth - 1));
    if (kind < 88) {
      const from = this.type();
      return cast(type, this.expression(from, depth - 1));
    }
    if (kind < 95) {
      const condition = this.condition(depth - 1);
      const [left, right] = [this.expression(type, depth - 1), this.expression(type, depth - 1)];
      return {
        ts: `(${condition.ts} ? ${left.ts} : ${right.ts})`,
        c: `(${type})(${condition.c} ? ${left.c} : ${right.c})`,
        ...callsOf(condition, left, right),
      };
    }
    return cast(type, this.intrinsic(depth));
  }

  private load(type: TypeName): Code {
    const bytes = `bytes${this.tag}`;
    const at = binary("u32", "&", this.expression("u32", 1), literal("u32", 31n));
    return {
      ts: `load<${type}>(address(${bytes}) + ${at.ts})`,
      c: `({ ${type} _v; memcpy(&_v, ${bytes} + ${at.c}, sizeof _v); _v; })`,
      ...callsOf(at),
    };
  }

  /** Amounts below the width; sometimes a variable's whole value, which is taken modulo 32 or 64. */
  private shift(type: TypeName, depth: number): Code {
    const width = bitsOf(type) === 64 ? 64 : 32;
    const left = this.expression(type, depth - 1);
    const variables = this.scope.filter((variable) => variable.type === "u32" && !variable.isConstant);
    const amount =
      variables.length > 0 && this.chance(40)
        ? this.pick(variables).code
        : binary("u32", "&", this.expression("u32", depth - 1), literal("u32", BigInt(bitsOf(type) - 1)));
    const operator = this.pick(["<<", ">>", isSigned(type) ? ">>" : ">>>"] as const);
    return ordered(type, left, "u32", amount, `(${left.ts} ${operator} ${amount.ts})`, (l, r) => {
      const bits = `((${r}) & ${width - 1})`;
      return operator === "<<"
        ? `(${type})((u${width})(${l}) << ${bits})`
        : `(${type})((${type})(${l}) >> ${bits})`;
    });
  }

  /** By an odd number, which for wide signed types is positive. */
  private division(type: TypeName, depth: number): Code {
    const left = this.expression(type, depth - 1);
    const right = this.expression(type, depth - 1);
    const bits = BigInt(bitsOf(type));
    const positive =
      isSigned(type) && bits >= 32n
        ? binary(type, "&", right, literal(type, (1n << (bits - 1n)) - 1n))
        : right;
    return binary(type, this.pick(["/", "%"] as const), left, binary(type, "|", positive, literal(type, 1n)));
  }

  private intrinsic(depth: number): Code {
    const value = this.expression("u32", depth - 1);
    const name = this.pick(["countTrailingZeros", "countLeadingZeros", "byteSwap", "rotateLeft"] as const);
    if (name !== "rotateLeft") return wrap(`${name}(`, value, ")");
    const amount = this.expression("u32", depth - 1);
    return ordered("u32", value, "u32", amount, `${name}(${value.ts}, ${amount.ts})`, (l, r) => `${name}(${l}, ${r})`);
  }

  private leaf(type: TypeName): Code {
    const variables = [...this.scope, ...this.scope, ...this.globals].filter((each) => each.type === type);
    if (variables.length > 0 && this.chance(60)) return this.pick(variables).code;
    const arrays = this.arrays.filter((array) => array.type === type);
    if (arrays.length > 0 && this.chance(40)) {
      const { name, length } = this.pick(arrays);
      const index = `${this.below(length)}`;
      return { ts: `${name}[${index}]`, c: `${name}[${index}]` };
    }
    if (this.scope.length > 0 && this.chance(40)) {
      const { code, type: from } = this.pick(this.scope);
      return from === "bool"
        ? { ts: `(${code.ts} ? 1 : 0 as ${type})`, c: `(${type})${code.c}` }
        : cast(type, code);
    }
    return literal(type, this.literalValue(type));
  }

  /** Small numbers, and those around the ends of the type's range. */
  private literalValue(type: TypeName): bigint {
    const bits = bitsOf(type);
    const near = BigInt(this.below(9)) - 4n;
    const corner = this.pick([
      0n,
      0n,
      1n << BigInt(bits - 1),
      1n << BigInt(bits),
      1n << BigInt(this.below(bits)),
    ]);
    const value = this.chance(25) ? BigInt(this.next()) * BigInt(this.next()) : corner + near;
    return isSigned(type) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  }

  private condition(depth: number): Code {
    const booleans = this.scope.filter(({ type }) => type === "bool");
    if (booleans.length > 0 && this.chance(25)) return this.pick(booleans).code;
    if (depth > 0 && this.chance(30)) {
      const operator = this.pick(["&&", "||"] as const);
      const [left, right] = [this.condition(depth - 1), this.condition(depth - 1)];
      return {
        ts: `(${left.ts} ${operator} ${right.ts})`,
        c: `(${left.c} ${operator} ${right.c})`,
        ...callsOf(left, right),
      };
    }
    if (depth > 0 && this.chance(15)) return wrap("!", this.condition(depth - 1), "");
    const type = this.type();
    const [left, right] = [this.expression(type, depth - 1), this.expression(type, depth - 1)];
    const operator = this.pick(["===", "!==", "<", "<=", ">", ">="] as const);
    const inC = operator === "===" || operator === "!==" ? operator.slice(0, 2) : operator;
    return ordered(
      type,
      left,
      type,
      right,
      `(${left.ts} ${operator} ${right.ts})`,
      (l, r) => `((${type})(${l}) ${inC} (${type})(${r}))`,
    );
  }
}

/** The head of a function's definition. */
function heading({ name, depth, takesObject, parameters, result }: FunctionShape): Code {
  const list = parameters.map((type, index) => ({ ts: `p${index}_${name}: ${type}`, c: `${type} p${index}_${name}` }));
  const tag = name.slice(name.indexOf("_"));
  if (takesObject) list.unshift({ ts: `o_${name}: Record${tag}`, c: `struct Record${tag} *o_${name}` });
  if (depth !== undefined) list.unshift({ ts: `d_${name}: u32`, c: `u32 d_${name}` });
  return {
    ts: `function ${name}(${list.map(({ ts }) => ts).join(", ")}): ${result}`,
    c: `static ${result} ${name}(${list.map(({ c }) => c).join(", ") || "void"})`,
  };
}

function callsOf(...parts: readonly Code[]): { readonly calls?: boolean } {
  return parts.some(({ calls }) => calls) ? { calls: true } : {};
}

/** From left to right, which C does only when it is told to. */
function ordered(
  leftType: TypeName,
  left: Code,
  rightType: TypeName,
  right: Code,
  ts: string,
  c: (left: string, right: string) => string,
): Code {
  if (!left.calls && !right.calls) return { ts, c: c(left.c, right.c) };
  const values = `${leftType} _l = ${left.c}; ${rightType} _r = ${right.c};`;
  return { ts, c: `({ ${values} ${c("_l", "_r")}; })`, calls: true };
}

function wrap(before: string, { ts, c, calls }: Code, after: string): Code {
  return { ts: before + ts + after, c: before + c + after, ...(calls ? { calls } : {}) };
}

function literal(type: TypeName, value: bigint): Code {
  return { ts: `(${value} as ${type})`, c: cLiteral(type, value) };
}

/** By way of the unsigned type, because C has no negative literals. */
function cLiteral(type: TypeName, value: bigint): string {
  return `(${type})${BigInt.asUintN(64, value)}ull`;
}

function cast(type: TypeName, code: Code): Code {
  return { ts: `(${code.ts} as ${type})`, c: `(${type})(${code.c})`, ...callsOf(code) };
}

function unary(type: TypeName, operator: "-" | "~", code: Code): Code {
  const wide = bitsOf(type) === 64 ? "u64" : "u32";
  return { ts: `(${operator}${code.ts})`, c: `(${type})(${operator}(${wide})(${code.c}))`, ...callsOf(code) };
}

/** C computes narrow types in int; casting to unsigned makes overflow defined, casting back cuts off. */
function binary(
  type: TypeName,
  operator: "+" | "-" | "*" | "&" | "|" | "^" | "/" | "%",
  left: Code,
  right: Code,
): Code {
  const wide = bitsOf(type) === 64 ? "u64" : "u32";
  const inner = operator === "/" || operator === "%" ? type : wide;
  return ordered(
    type,
    left,
    type,
    right,
    `(${left.ts} ${operator} ${right.ts})`,
    (l, r) => `(${type})((${inner})(${l}) ${operator} (${inner})(${r}))`,
  );
}
