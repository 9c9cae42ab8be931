/**
 * Arithmetic that a machine does not have, as calls of functions written in the subset
 * (runtime/support/arithmetic.ts). It runs on a simplified program, when divisions by powers of two are shifts
 * already, and before `expand64`: the functions take and return 64 bits like any others.
 *
 * A remainder is the dividend minus the quotient times the divisor: one function serves both, and where a
 * program wants both of the same numbers it is called once.
 */

import { assert } from "../base/errors.ts";
import { createConstant, createInstruction } from "./build.ts";
import type { Instruction, IrFunction, IrProgram, Op, Type } from "./ir.ts";
import { rewriteOperands } from "./order.ts";

/** What the machine lacks. */
export interface Divider {
  /** It cannot divide at all; the others have `udiv` and its kin for i32, and `divpair`. */
  readonly lacksDivision?: boolean;
}

/**
 * The program with calls and the functions that they need; itself when it needs none. `support` is the lowered
 * program that has them.
 */
export function linkArithmetic(program: IrProgram, support: () => IrProgram, machine: Divider): IrProgram {
  const called = new Map<string, IrFunction>();
  let supported: ReadonlyMap<string, IrFunction> | undefined;
  const functionNamed = (name: string): IrFunction => {
    supported ??= new Map(support().functions.map((fn) => [fn.name, fn]));
    const fn = supported.get(name);
    assert(fn !== undefined, `no support function ${name}`);
    called.set(name, fn);
    return fn;
  };
  for (const fn of program.functions) callSupport(fn, functionNamed, machine);
  if (!supported) return program;
  for (const fn of supported.values()) callSupport(fn, functionNamed, machine);
  const taken = new Set([...program.functions, ...program.globals, ...program.data].map(({ name }) => name));
  const added = withCallees([...called.values()]);
  const renamed = new Map(added.map((fn) => [fn, { ...fn, name: freeName(fn.name, taken) }]));
  const functions = [...program.functions, ...renamed.values()];
  for (const { blocks } of functions) {
    for (const { instructions } of blocks) {
      for (const value of instructions)
        value.callee = value.callee && (renamed.get(value.callee) ?? value.callee);
    }
  }
  return { ...program, functions };
}

function withCallees(functions: readonly IrFunction[]): IrFunction[] {
  const all = new Set(functions);
  for (const { blocks } of all) {
    for (const { instructions } of blocks) for (const { callee } of instructions) if (callee) all.add(callee);
  }
  return [...all];
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? freeName(`${name}.`, taken) : name;
}

/** Where the calls of one function go, and what they are made of. */
interface Calls {
  readonly functionNamed: (name: string) => IrFunction;
  readonly machine: Divider;
  readonly made: Instruction[];
  /** Quotients of this block by dividend and divisor. */
  readonly quotients: { readonly like: Instruction; readonly quotient: Instruction }[];
}

function callSupport(fn: IrFunction, functionNamed: (name: string) => IrFunction, machine: Divider): void {
  const replaced = new Map<Instruction, Instruction>();
  for (const block of fn.blocks) {
    if (!block.instructions.some((value) => isMissing(value, machine))) continue;
    const calls: Calls = { functionNamed, machine, made: [], quotients: [] };
    for (const value of block.instructions) {
      if (isMissing(value, machine)) replaced.set(value, replacement(calls, value));
      else calls.made.push(value);
    }
    block.instructions = calls.made;
  }
  if (replaced.size === 0) return;
  rewriteOperands(fn, (value) => replaced.get(value) ?? value);
}

const divisions: ReadonlySet<Op> = new Set<Op>(["udiv", "sdiv", "urem", "srem"]);
const shifts: Readonly<Partial<Record<Op, string>>> = {
  shl: "shiftLeft",
  lshr: "shiftRight",
  ashr: "shiftRightSigned",
  rotl: "rotateLeftWide",
};

function isMissing(value: Instruction, machine: Divider): boolean {
  const [, second] = value.args;
  if (divisions.has(value.op)) {
    if (value.type === "i32") return machine.lacksDivision === true;
    // Two divisions of 64 bits by 32 are one by a number of 32 bits.
    return machine.lacksDivision === true || value.op[0] === "s" || !second || !isNarrow(second);
  }
  return value.type === "i64" && shifts[value.op] !== undefined && second?.op !== "const";
}

function isNarrow(divisor: Instruction): boolean {
  if (divisor.op === "const") return divisor.value >= 0n && divisor.value <= 0xffff_ffffn;
  return divisor.op === "zext32";
}

function replacement(calls: Calls, value: Instruction): Instruction {
  const shiftName = shifts[value.op];
  if (shiftName) return call(calls, shiftName, "i64", value);
  const type = value.type as Type;
  const signed = value.op[0] === "s";
  const wide = type === "i64";
  if (!wide && !signed) {
    const both = shared(calls, value, () => call(calls, "divide", "i64", value));
    const half =
      value.op === "udiv" ? both : emit(calls, "lshr", "i64", [both, number("i32", 32n, value)], value);
    return emit(calls, "trunc", "i32", [half], value);
  }
  const name = `divide${wide ? "Wide" : ""}${signed ? "Signed" : ""}`;
  const quotient = shared(calls, value, () => call(calls, name, type, value));
  if (value.op.endsWith("div")) return quotient;
  const [dividend, divisor] = value.args as [Instruction, Instruction];
  return emit(calls, "sub", type, [dividend, emit(calls, "mul", type, [quotient, divisor], value)], value);
}

/** The quotient of the same numbers from before in the block, or a new one. */
function shared(calls: Calls, value: Instruction, make: () => Instruction): Instruction {
  const known = calls.quotients.find(({ like }) => isSameDivision(like, value));
  if (known) return known.quotient;
  const quotient = make();
  calls.quotients.push({ like: value, quotient });
  return quotient;
}

function isSameDivision(a: Instruction, b: Instruction): boolean {
  const isSame = (left: Instruction | undefined, right: Instruction | undefined): boolean =>
    left === right || (left?.op === "const" && right?.op === "const" && left.value === right.value);
  return (
    a.op[0] === b.op[0] && a.type === b.type && isSame(a.args[0], b.args[0]) && isSame(a.args[1], b.args[1])
  );
}

function call(calls: Calls, name: string, type: Type, value: Instruction): Instruction {
  const made = emit(calls, "call", type, [...value.args], value);
  made.callee = calls.functionNamed(name);
  return made;
}

function emit({ made }: Calls, op: Op, type: Type, args: Instruction[], like: Instruction): Instruction {
  const instruction = createInstruction(op, type, args, like.span);
  made.push(instruction);
  return instruction;
}

function number(type: Type, bits: bigint, like: Instruction): Instruction {
  return createConstant(type, bits, like.span);
}
