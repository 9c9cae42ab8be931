/**
 * The IR as C, for `--emit c`: a second opinion on what a program means, and gcc's `-Os` as the yardstick of our
 * code size.
 *
 * The C is freestanding C99 with GNU assembler statements. Every function is static, so that gcc may inline as it
 * likes. Values are unsigned, because they wrap. An address is 32 bits; a 64-bit machine cannot put a truncated
 * pointer into a static initialiser, so data are written as assembler directives. Link it below 2 GiB: `-static -no-pie`.
 */

import type { DataObject } from "../base/data-object.ts";
import { assert, Bug, never, UserError } from "../base/errors.ts";
import type {
  BinaryOp,
  Block,
  CompareOp,
  Instruction,
  IrFunction,
  IrGlobal,
  IrProgram,
  LoadOp,
  StoreOp,
  Type,
} from "./ir.ts";
import { cSupport } from "./print-c-support.ts";

/** What gcc needs to make the same program of it. */
export const cFlags: readonly string[] = [
  "-Os",
  "-ffreestanding",
  "-fno-pic",
  "-no-pie",
  "-static",
  "-nostdlib",
  "-fno-stack-protector",
  // On 386 the sixth argument of a system call is in the frame pointer's register.
  "-fomit-frame-pointer",
  "-fno-asynchronous-unwind-tables",
  // A loop that copies bytes must not become a call of memcpy, which is not there.
  "-fno-tree-loop-distribute-patterns",
  "-Wall",
  "-Wno-unused",
  // Before simplification a program may compare an address with itself.
  "-Wno-tautological-compare",
  "-Wl,--gc-sections",
  "-Wl,--build-id=none",
];

/** A complete translation unit. */
export function printC(program: IrProgram): string {
  const names: Names = {
    functions: new Map(program.functions.map((fn, index) => [fn, functionName(fn, index)])),
    symbols: new Map([
      ...program.data.map(({ name }, index): [string, string] => [name, `data_${index}`]),
      ...program.globals.map(({ name }, index): [string, string] => [name, `storage_${index}`]),
    ]),
  };
  const parts = [
    cSupport,
    ...program.data.map((object) => printData(object, names)),
    ...program.globals.map((global) => printGlobal(global, names)),
    ...program.functions.map((fn) => `${printSignature(fn, names)};`),
    ...program.functions.map((fn) => printFunction(fn, names)),
  ];
  return `${parts.join("\n")}\n`;
}

/** What things are called in C. */
interface Names {
  readonly functions: ReadonlyMap<IrFunction, string>;
  /** By the symbol's name in the IR. */
  readonly symbols: ReadonlyMap<string, string>;
}

/** The first function is what the entry calls; the others keep their names for the reader. */
function functionName({ name }: IrFunction, index: number): string {
  return index === 0 ? "program_start" : `f${index}_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}

type Namer = (value: Instruction) => string;

function symbolName(names: Names, symbol: string): string {
  const name = names.symbols.get(symbol);
  assert(name !== undefined, `no symbol ${symbol}`);
  return name;
}

// Data

function printData({ name, bytes, body, alignment, relocations }: DataObject, names: Names): string {
  if (body !== undefined && body.bytes === undefined) {
    throw new UserError("the site is too large to be printed as C", { help: "Leave large files out." });
  }

  const label = symbolName(names, name);
  const lines = [`.section .rodata.${label},\\"a\\"`, `.balign ${alignment}`, `${label}:`];
  let at = 0;
  for (const { offset, target, addend } of relocations.toSorted(
    (left, right) => left.offset - right.offset,
  )) {
    lines.push(...byteLines(bytes.subarray(at, offset)));
    lines.push(`.long ${symbolName(names, target)} + ${addend}`);
    at = offset + 4;
  }
  for (const part of [bytes.subarray(at), body?.bytes ?? new Uint8Array(0)]) {
    for (const line of byteLines(part)) lines.push(line);
  }
  return assembler(`const u8 ${label}[]`, lines);
}

function printGlobal({ name, size, alignment, bytes }: IrGlobal, names: Names): string {
  const label = symbolName(names, name);
  const section = bytes === undefined ? `.bss.${label},\\"aw\\",%nobits` : `.data.${label},\\"aw\\"`;
  const content = bytes === undefined ? [`.zero ${size}`] : byteLines(bytes);
  const directives = assembler(`u8 ${label}[]`, [
    `.section ${section}`,
    `.balign ${alignment}`,
    `${label}:`,
    ...content,
  ]);
  if (bytes !== undefined) return directives;
  // Sanitizers watch the bounds of what is declared.
  const declaration = `u8 ${label}[${size}] __attribute__((aligned(${alignment})));`;
  return `#if defined SIMULATED\n${declaration}\n#else\n${directives}\n#endif`;
}

function byteLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 32) lines.push(`.byte ${bytes.subarray(at, at + 32).join(",")}`);
  return lines;
}

/** Compilers keep track of the section they are in: leave it as it was. */
function assembler(declaration: string, lines: readonly string[]): string {
  const [section, ...rest] = lines;
  const all = [section?.replace(".section", ".pushsection"), ...rest, ".popsection"];
  return `extern ${declaration};\n__asm__(\n${all.map((line) => `  "${line}\\n"`).join("\n")}\n);`;
}

// Functions

const cTypes: Readonly<Record<Type | "void", string>> = { i32: "u32", i64: "u64", void: "void" };

function printSignature(fn: IrFunction, names: Names): string {
  const name = names.functions.get(fn);
  const parameters = fn.parameters.map(({ type }, index) => `${cTypes[type]} p${index}`).join(", ") || "void";
  // The entry calls the first one by its name.
  const linkage = name === "program_start" ? "__attribute__((used))" : "static";
  const noReturn = fn.returns ? "" : " __attribute__((noreturn))";
  return `${linkage}${noReturn} ${cTypes[fn.result]} ${name}(${parameters})`;
}

function printFunction(fn: IrFunction, names: Names): string {
  const name = valueNamer(fn, names);
  const lines = [`${printSignature(fn, names)} {`, ...declarations(fn, name)];
  for (const block of fn.blocks) {
    lines.push(`b${block.id}:;`);
    for (const instruction of block.instructions) {
      if (instruction.op !== "parameter") lines.push(`  ${printInstruction(instruction, name, names)}`);
    }
    lines.push(...printTerminator(block, name).map((line) => `  ${line}`));
  }
  lines.push("}");
  return lines.join("\n");
}

/** The C expression for a value: a variable, or a constant or an address as it stands. */
function valueNamer(fn: IrFunction, names: Names): Namer {
  const variables = new Map<Instruction, string>();
  for (const parameter of fn.parameters) variables.set(parameter, `p${parameter.index}`);
  for (const { instructions } of fn.blocks) {
    for (const instruction of instructions) {
      if (instruction.op !== "parameter") variables.set(instruction, `v${variables.size}`);
    }
  }
  return (value) => {
    const { op, type, symbol, offset } = value;
    if (op === "const") {
      return type === "i64" ? `${BigInt.asUintN(64, value.value)}ull` : unsigned(value.value);
    }
    if (op === "address") return `(ADDRESS(${symbolName(names, symbol)}) + ${unsigned(BigInt(offset))})`;
    const variable = variables.get(value);
    assert(variable !== undefined, `${op} is in no block of ${fn.name}`);
    return variable;
  };
}

function unsigned(value: bigint): string {
  return `${BigInt.asUintN(32, value)}u`;
}

/** A phi has two variables: `n…` is written on the edges, `v…` where they meet, so that phis can swap. */
function declarations(fn: IrFunction, name: Namer): string[] {
  const lines: string[] = [];
  for (const { instructions } of fn.blocks) {
    for (const instruction of instructions) {
      const { op, type } = instruction;
      if (type === "void" || op === "parameter") continue;
      const variable = name(instruction);
      lines.push(`  ${cTypes[type]} ${op === "phi" ? `${variable}, ${incoming(variable)}` : variable};`);
    }
  }
  return lines;
}

function incoming(variable: string): string {
  return variable.replace("v", "n");
}

function printTerminator(block: Block, name: Namer): string[] {
  const { terminator } = block;
  switch (terminator.kind) {
    case "jump":
      return [leave(block, terminator.target, name)];
    case "branch":
      return [
        `if (${name(terminator.condition)}) { ${leave(block, terminator.then, name)} }`,
        `else { ${leave(block, terminator.else, name)} }`,
      ];
    case "return":
      return [terminator.value === undefined ? "return;" : `return ${name(terminator.value)};`];
    case "unreachable":
      return ["__builtin_unreachable();"];
  }
}

function leave(from: Block, to: Block, name: Namer): string {
  const index = to.predecessors.indexOf(from);
  const copies = to.instructions
    .filter(({ op }) => op === "phi")
    .map((phi) => {
      const value = phi.args[index];
      assert(value !== undefined, "a phi has an operand per predecessor");
      return `${incoming(name(phi))} = ${name(value)}; `;
    });
  return `${copies.join("")}goto b${to.id};`;
}

// Instructions

function printInstruction(instruction: Instruction, name: Namer, names: Names): string {
  const { op, type, args, callee } = instruction;
  const operands = args.map(name);
  if (op === "call") {
    assert(callee !== undefined, "a call has a callee");
    const call = `${names.functions.get(callee)}(${operands.join(", ")})`;
    return type === "void" ? `${call};` : `${name(instruction)} = ${call};`;
  }
  const expression = printOperation(instruction, operands, name);
  return type === "void" ? `${expression};` : `${name(instruction)} = ${expression};`;
}

function printOperation(instruction: Instruction, operands: readonly string[], name: Namer): string {
  const { op, type, args, offset } = instruction;
  const [a = "", b = "", c = "", d = ""] = operands;
  const bits = type === "i64" ? 64 : 32;
  switch (op) {
    case "phi":
      return incoming(name(instruction));
    case "call":
    case "const":
    case "address":
    case "parameter":
      throw new Bug(`${op} is no operation`);
    case "syscall":
      return `syscall${args.length - 1}(${operands.join(", ")})`;
    case "copy":
    case "fill":
    case "equal":
      return `${op}(${operands.join(", ")})`;
    case "zext8":
      return `(u8)${a}`;
    case "zext16":
      return `(u16)${a}`;
    case "sext8":
      return `(u32)(int8_t)${a}`;
    case "sext16":
      return `(u32)(int16_t)${a}`;
    case "zext32":
      return `(u64)${a}`;
    case "sext32":
      return `(u64)(int32_t)${a}`;
    case "trunc":
      return `(u32)${a}`;
    case "high":
      return `(u32)(${a} >> 32)`;
    case "pair":
      return wide(a, b);
    case "addpair":
      return `${wide(a, b)} + ${wide(c, d)}`;
    case "subpair":
      return `${wide(a, b)} - ${wide(c, d)}`;
    case "mulpair":
      return `(u64)${a} * ${b}`;
    case "divpair":
      return `div64by32(${a}, ${b}, ${c})`;
    case "ultpair":
      return `${wide(a, b)} < ${wide(c, d)}`;
    case "sltpair":
      return `(int64_t)${wide(a, b)} < (int64_t)${wide(c, d)}`;
    case "ctz":
    case "clz":
    case "rotl":
      return `${op}${bits}(${operands.join(", ")})`;
    case "bswap":
      return `__builtin_bswap${bits}(${a})`;
    case "load8u":
    case "load8s":
    case "load16u":
    case "load16s":
    case "load32":
    case "load64":
      return printLoad(op, a, args[0]?.type, offset);
    case "store8":
    case "store16":
    case "store32":
    case "store64":
      return `${memory(op, a, args[0]?.type, offset)} = (${op.replace("store", "u")})${b}`;
    default:
      return printArithmetic(op, bits, a, b, args[0]?.type === "i64" ? 64 : 32);
  }
}

function wide(low: string, high: string): string {
  return `((u64)${high} << 32 | ${low})`;
}

function printLoad(op: LoadOp, address: string, type: Type | "void" | undefined, offset: number): string {
  const value = memory(op, address, type, offset);
  if (op === "load8s") return `(u32)(int8_t)${value}`;
  if (op === "load16s") return `(u32)(int16_t)${value}`;
  return value;
}

/** A 32-bit address wraps at 32 bits. */
function memory(
  op: LoadOp | StoreOp,
  address: string,
  type: Type | "void" | undefined,
  offset: number,
): string {
  const width = op.replaceAll(/[^0-9]/g, "");
  const sum =
    type === "i64"
      ? `${address} + ${BigInt.asUintN(64, BigInt(offset))}ull`
      : `${address} + ${unsigned(BigInt(offset))}`;
  return `AT(m${width}, ${offset === 0 ? address : sum})`;
}

function printArithmetic(
  op: BinaryOp | CompareOp,
  bits: 32 | 64,
  a: string,
  b: string,
  operandBits: 32 | 64,
): string {
  const signed = (value: string): string => `(int${operandBits}_t)${value}`;
  const amount = `(${b} & ${bits - 1})`;
  switch (op) {
    case "add":
      return `${a} + ${b}`;
    case "sub":
      return `${a} - ${b}`;
    case "mul":
      return `${a} * ${b}`;
    case "udiv":
      return `${a} / ${b}`;
    case "urem":
      return `${a} % ${b}`;
    case "sdiv":
      return `(u${bits})(${signed(a)} / ${signed(b)})`;
    case "srem":
      return `(u${bits})(${signed(a)} % ${signed(b)})`;
    case "and":
      return `${a} & ${b}`;
    case "or":
      return `${a} | ${b}`;
    case "xor":
      return `${a} ^ ${b}`;
    case "shl":
      return `${a} << ${amount}`;
    case "lshr":
      return `${a} >> ${amount}`;
    case "ashr":
      return `(u${bits})(${signed(a)} >> ${amount})`;
    case "rotl":
      return `rotl${bits}(${a}, ${b})`;
    case "eq":
      return `${a} == ${b}`;
    case "ne":
      return `${a} != ${b}`;
    case "ult":
      return `${a} < ${b}`;
    case "ule":
      return `${a} <= ${b}`;
    case "slt":
      return `${signed(a)} < ${signed(b)}`;
    case "sle":
      return `${signed(a)} <= ${signed(b)}`;
    default:
      return never(op);
  }
}
