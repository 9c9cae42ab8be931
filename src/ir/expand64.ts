/**
 * 64-bit integers on 32-bit machines: every i64 becomes two i32, its low and its high half.
 *
 * First it is found out whose high halves anybody looks at, because of most sums, products and phis that are
 * truncated in the end only the low half has to be computed. Then each function is written anew, block by block.
 *
 * What a machine does to both halves in one go stays one instruction with two results (`addpair`, `mulpair`,
 * calls): see `PairOp`. Shifts by variable amounts and divisions that the machine cannot do are calls by now:
 * see `arithmetic.ts`. docs/architecture.md says why it is done here.
 */

import { assert, Bug } from "../base/errors.ts";
import type { Span } from "../lang/source.ts";
import { createConstant, createInstruction } from "./build.ts";
import type { Instruction, IrFunction, IrProgram, Op, Type } from "./ir.ts";
import { isFloating } from "./ir.ts";
import { rewriteOperands } from "./order.ts";

/** The same program without i64 but for pairs. The given one's blocks and instructions are used up. */
export function expand64(program: IrProgram): IrProgram {
  const functions = new Map<IrFunction, IrFunction>();
  for (const fn of program.functions) functions.set(fn, { ...fn, parameters: halveParameters(fn) });
  for (const [original, fn] of functions) expandFunction(original, fn, functions);
  return { ...program, functions: [...functions.values()] };
}

function halveParameters(fn: IrFunction): Instruction[] {
  const halves = fn.parameters.flatMap(({ type, span }) =>
    Array.from({ length: type === "i64" ? 2 : 1 }, () => createInstruction("parameter", "i32", [], span)),
  );
  for (const [index, half] of halves.entries()) half.index = index;
  return halves;
}

/** A value's halves; the high one is only made when somebody needs it. */
interface Halves {
  readonly low: Instruction;
  readonly high: Instruction | undefined;
}

/** A function while it is expanded. */
interface Expansion {
  readonly functions: ReadonlyMap<IrFunction, IrFunction>;
  readonly highNeeded: ReadonlySet<Instruction>;
  readonly halves: Map<Instruction, Halves>;
  /** What stands for an i32 that was computed of an i64. */
  readonly replaced: Map<Instruction, Instruction>;
  /** The new instructions of the block at work. */
  made: Instruction[];
}

function expandFunction(
  original: IrFunction,
  fn: IrFunction,
  functions: ReadonlyMap<IrFunction, IrFunction>,
): void {
  const expansion: Expansion = {
    functions,
    highNeeded: findHighNeeded(fn),
    halves: new Map(),
    replaced: new Map(),
    made: [...fn.parameters],
  };
  placeParameters(expansion, original, fn);
  const phis: Instruction[] = [];
  for (const { instructions } of fn.blocks) {
    for (const phi of instructions) if (phi.op === "phi" && phi.type === "i64") phis.push(phi);
  }
  for (const phi of phis) {
    const high = expansion.highNeeded.has(phi) ? createInstruction("phi", "i32", [], phi.span) : undefined;
    expansion.halves.set(phi, { low: createInstruction("phi", "i32", [], phi.span), high });
  }
  for (const block of fn.blocks) {
    for (const value of block.instructions) if (value.op !== "parameter") expand(expansion, value);
    const { terminator } = block;
    if (terminator.kind === "return" && terminator.value?.type === "i64") {
      const { low, high } = bothHalves(expansion, terminator.value);
      terminator.value = emitPair(expansion, "pair", [low, high], terminator.value.span);
    }
    block.instructions = expansion.made;
    expansion.made = [];
  }
  for (const phi of phis) {
    const { low, high } = halvesOf(expansion, phi);
    low.args = phi.args.map((arg) => halvesOf(expansion, arg).low);
    if (high) high.args = phi.args.map((arg) => bothHalves(expansion, arg).high);
  }
  const { replaced } = expansion;
  if (replaced.size === 0) return;
  rewriteOperands(fn, (value) => {
    let found = value;
    for (let next = replaced.get(found); next; next = replaced.get(found)) found = next;
    return found;
  });
}

function placeParameters(expansion: Expansion, original: IrFunction, fn: IrFunction): void {
  let next = 0;
  for (const parameter of original.parameters) {
    const low = fn.parameters[next++];
    assert(low !== undefined, "every parameter has a low half");
    if (parameter.type === "i64") expansion.halves.set(parameter, { low, high: fn.parameters[next++] });
    else expansion.replaced.set(parameter, low);
  }
}

// Which halves

/** Operations whose low half depends on nothing but the low halves of their operands. */
const lowFromLow: ReadonlySet<Op> = new Set<Op>(["add", "sub", "mul", "and", "or", "xor", "phi"]);

function isLowFromLow({ op, args }: Instruction): boolean {
  return lowFromLow.has(op) || (op === "shl" && args[1]?.op === "const");
}

/** The i64 values whose high halves somebody looks at. */
function findHighNeeded(fn: IrFunction): Set<Instruction> {
  const needed = new Set<Instruction>();
  const need = (value: Instruction | undefined): void => {
    if (value?.type === "i64" && !isFloating(value)) needed.add(value);
  };
  for (const { instructions, terminator } of fn.blocks) {
    for (const value of instructions) {
      if (value.op !== "trunc" && !isLowFromLow(value)) for (const arg of value.args) need(arg);
    }
    if (terminator.kind === "return") need(terminator.value);
  }
  // A set grows while it is walked, so this is the closure.
  for (const value of needed) if (isLowFromLow(value)) for (const arg of value.args) need(arg);
  return needed;
}

function halvesOf({ halves }: Expansion, value: Instruction): Halves {
  if (value.op === "const") {
    const half = (bits: bigint): Instruction => createConstant("i32", bits, value.span);
    return { low: half(value.value), high: half(value.value >> 32n) };
  }
  const found = halves.get(value);
  if (found === undefined) throw new Bug(`${value.op} ${value.type} was not expanded`);
  return found;
}

function bothHalves(expansion: Expansion, value: Instruction): { low: Instruction; high: Instruction } {
  const { low, high } = halvesOf(expansion, value);
  assert(high !== undefined, `nobody made the high half of ${value.op}`);
  return { low, high };
}

// Instructions

function emit(
  { made }: Expansion,
  op: Op,
  type: Type | "void",
  args: Instruction[],
  span: Span | undefined,
): Instruction {
  const instruction = createInstruction(op, type, args, span);
  made.push(instruction);
  return instruction;
}

function emitPair(expansion: Expansion, op: Op, args: Instruction[], span: Span | undefined): Instruction {
  return emit(expansion, op, "i64", args, span);
}

/** Writes what stands for `value`. */
function expand(expansion: Expansion, value: Instruction): void {
  if (value.op === "phi" && value.type === "i64") {
    const { low, high } = halvesOf(expansion, value);
    expansion.made.push(low);
    if (high) expansion.made.push(high);
  } else if (value.op === "call") expandCall(expansion, value);
  else if (value.type === "i64") expansion.halves.set(value, expandWide(expansion, value));
  else if (value.args.some((arg) => arg.type === "i64")) {
    const result = expandNarrow(expansion, value);
    if (result) expansion.replaced.set(value, result);
  } else expansion.made.push(value);
}

function expandCall(expansion: Expansion, call: Instruction): void {
  call.callee = call.callee && expansion.functions.get(call.callee);
  call.args = call.args.flatMap((arg) => {
    if (arg.type !== "i64") return [arg];
    const { low, high } = bothHalves(expansion, arg);
    return [low, high];
  });
  expansion.made.push(call);
  if (call.type === "i64") expansion.halves.set(call, readHalves(expansion, call));
}

/** The halves of an instruction with two results. */
function readHalves(expansion: Expansion, pair: Instruction): Halves {
  const read = (op: "trunc" | "high"): Instruction => emit(expansion, op, "i32", [pair], pair.span);
  return { low: read("trunc"), high: read("high") };
}

/** An i64 as two i32. */
function expandWide(expansion: Expansion, value: Instruction): Halves {
  const { span } = value;
  const [first, second] = value.args as [Instruction, Instruction];
  const needsHigh = expansion.highNeeded.has(value);
  const make = (op: Op, ...args: Instruction[]): Instruction => emit(expansion, op, "i32", args, span);
  const number = (bits: number): Instruction => createConstant("i32", BigInt(bits), span);
  switch (value.op) {
    case "zext32":
      return { low: first, high: number(0) };
    case "sext32":
      return { low: first, high: needsHigh ? make("ashr", first, number(31)) : undefined };
    case "load64": {
      const part = (offset: number): Instruction => {
        const loaded = make("load32", first);
        loaded.offset = value.offset + offset;
        return loaded;
      };
      return { low: part(0), high: needsHigh ? part(4) : undefined };
    }
    case "and":
    case "or":
    case "xor": {
      const { low: a, high: aHigh } = halvesOf(expansion, first);
      const { low: b, high: bHigh } = halvesOf(expansion, second);
      return {
        low: make(value.op, a, b),
        high: needsHigh && aHigh && bHigh ? make(value.op, aHigh, bHigh) : undefined,
      };
    }
    case "add":
    case "sub": {
      const { low: a, high: aHigh } = halvesOf(expansion, first);
      const { low: b, high: bHigh } = halvesOf(expansion, second);
      if (!needsHigh || !aHigh || !bHigh) return { low: make(value.op, a, b), high: undefined };
      const op = value.op === "add" ? "addpair" : "subpair";
      return readHalves(expansion, emitPair(expansion, op, [a, aHigh, b, bHigh], span));
    }
    case "mul":
      return multiply(expansion, value, needsHigh);
    case "shl":
    case "lshr":
    case "ashr":
    case "rotl":
      return shift(expansion, value, needsHigh);
    case "udiv":
    case "urem":
      return divide(expansion, value);
    case "bswap": {
      const { low, high } = bothHalves(expansion, first);
      return { low: make("bswap", high), high: make("bswap", low) };
    }
    case "ctz":
    case "clz": {
      const { low, high } = bothHalves(expansion, first);
      const [near, far] = value.op === "ctz" ? [low, high] : [high, low];
      // The far half counts when the near one is zero.
      const mask = make("sub", number(0), make("eq", near, number(0)));
      const rest = make("and", make(value.op, far), mask);
      return { low: make("add", make(value.op, near), rest), high: number(0) };
    }
    case "pair":
    case "addpair":
    case "subpair":
    case "mulpair":
    case "divpair":
      expansion.made.push(value);
      return readHalves(expansion, value);
    default:
      throw new Bug(`expand64: ${value.op} of 64 bits`);
  }
}

function multiply(expansion: Expansion, value: Instruction, needsHigh: boolean): Halves {
  const make = (op: Op, ...args: Instruction[]): Instruction => emit(expansion, op, "i32", args, value.span);
  const [first, second] = value.args as [Instruction, Instruction];
  const [a, b] = [halvesOf(expansion, first), halvesOf(expansion, second)];
  if (!needsHigh || !a.high || !b.high) return { low: make("mul", a.low, b.low), high: undefined };
  const whole = readHalves(expansion, emitPair(expansion, "mulpair", [a.low, b.low], value.span));
  const crossed = make("add", make("mul", a.low, b.high), make("mul", a.high, b.low));
  return { low: whole.low, high: make("add", whole.high as Instruction, crossed) };
}

/** By a constant. */
function shift(expansion: Expansion, value: Instruction, needsHigh: boolean): Halves {
  const [shifted, by] = value.args as [Instruction, Instruction];
  assert(by.op === "const", "shifts by a variable are calls");
  const make = (op: Op, ...args: Instruction[]): Instruction => emit(expansion, op, "i32", args, value.span);
  const number = (bits: number): Instruction => createConstant("i32", BigInt(bits), value.span);
  const amount = Number(by.value & 63n);
  const rest = amount & 31;
  const { low, high } = halvesOf(expansion, shifted);
  if (amount === 0) return { low, high };
  if (value.op === "shl") {
    if (amount >= 32) return { low: number(0), high: needsHigh ? make("shl", low, number(rest)) : undefined };
    const up = needsHigh && high && funnel(high, low, rest);
    return { low: make("shl", low, number(rest)), high: up || undefined };
  }
  assert(high !== undefined, "what is shifted down comes from the high half");
  if (value.op === "rotl") {
    const [upper, lower] = amount >= 32 ? [low, high] : [high, low];
    return { low: funnel(lower, upper, rest), high: funnel(upper, lower, rest) };
  }
  const fill = value.op === "ashr" ? make("ashr", high, number(31)) : number(0);
  if (amount >= 32) return { low: make(value.op, high, number(rest)), high: fill };
  return { low: funnel(high, low, 32 - rest), high: make(value.op, high, number(rest)) };

  /** The upper half of (upper, lower) shifted to the left. */
  function funnel(upper: Instruction, lower: Instruction, left: number): Instruction {
    if (left === 0) return upper;
    return make("or", make("shl", upper, number(left)), make("lshr", lower, number(32 - left)));
  }
}

/** By a number of 32 bits, where the machine divides 64 bits by 32: the high half first, its remainder goes down. */
function divide(expansion: Expansion, value: Instruction): Halves {
  const [dividend, divisor] = value.args as [Instruction, Instruction];
  const zero = createConstant("i32", 0n, value.span);
  const { low, high } = bothHalves(expansion, dividend);
  const by = halvesOf(expansion, divisor).low;
  const upper = readHalves(expansion, emitPair(expansion, "divpair", [high, zero, by], value.span));
  const remainder = upper.high as Instruction;
  const lower = readHalves(expansion, emitPair(expansion, "divpair", [low, remainder, by], value.span));
  if (value.op === "udiv") return { low: lower.low, high: upper.low };
  return { low: lower.high as Instruction, high: zero };
}

/** What has an i64 operand but no i64 result. */
function expandNarrow(expansion: Expansion, value: Instruction): Instruction | undefined {
  const [first, second] = value.args as [Instruction, Instruction];
  switch (value.op) {
    case "trunc":
      return halvesOf(expansion, first).low;
    case "high":
      return bothHalves(expansion, first).high;
    case "store64": {
      const { low, high } = bothHalves(expansion, second);
      for (const [half, offset] of [
        [low, 0],
        [high, 4],
      ] as const) {
        const stored = emit(expansion, "store32", "void", [first, half], value.span);
        stored.offset = value.offset + offset;
      }
      return undefined;
    }
    case "eq":
    case "ne":
    case "ult":
    case "ule":
    case "slt":
    case "sle":
      return compare(expansion, value);
    default:
      throw new Bug(`expand64: ${value.op} of 64 bits`);
  }
}

function compare(expansion: Expansion, value: Instruction): Instruction {
  const make = (op: Op, ...args: Instruction[]): Instruction => emit(expansion, op, "i32", args, value.span);
  const zero = createConstant("i32", 0n, value.span);
  const [first, second] = value.args as [Instruction, Instruction];
  const [a, b] = [bothHalves(expansion, first), bothHalves(expansion, second)];
  if (value.op === "eq" || value.op === "ne") {
    return make(value.op, make("or", make("xor", a.low, b.low), make("xor", a.high, b.high)), zero);
  }
  const signed = value.op === "slt" || value.op === "sle";
  const narrow = signed ? "slt" : "ult";
  const less = (x: Halves, y: Halves): Instruction => {
    // Without a low half to borrow from the high halves decide.
    if (isZero(y.low)) return make(narrow, x.high as Instruction, y.high as Instruction);
    const halves = [x.low, x.high as Instruction, y.low, y.high as Instruction];
    return make(signed ? "sltpair" : "ultpair", ...halves);
  };
  const not = (truth: Instruction): Instruction => make("eq", truth, zero);
  if (value.op === "ult" || value.op === "slt") {
    // A constant is best on the right: C < x is not x < C + 1.
    const next = first.op === "const" ? successor(first, signed) : undefined;
    return next ? not(less(b, bothHalves(expansion, next))) : less(a, b);
  }
  const next = second.op === "const" ? successor(second, signed) : undefined;
  return next ? less(a, bothHalves(expansion, next)) : not(less(b, a));
}

function isZero(value: Instruction): boolean {
  return value.op === "const" && value.value === 0n;
}

/** The constant plus one; undefined when that is no larger. */
function successor(constant: Instruction, signed: boolean): Instruction | undefined {
  const largest = signed ? 0x7fff_ffff_ffff_ffffn : -1n;
  return constant.value === largest ? undefined : createConstant("i64", constant.value + 1n, constant.span);
}
