/**
 * Local simplification of one instruction: constants are computed, identities removed, and each pattern is brought
 * into the one form that selection expects (constants right, subtraction of constants as addition, offsets inside
 * loads and stores).
 *
 * `fold` either changes the instruction in place or names another that has its value; it looks at operands
 * only, so it may be called in any order and any number of times.
 */

import type { DataObject } from "../base/data-object.ts";
import { createConstant, createInstruction } from "./build.ts";
import { evaluate, isBinary, isCompare, isTruth, upperBound } from "./evaluate.ts";
import { type Instruction, normalize, type Op, type Type } from "./ir.ts";

/** What folding may know of the program. */
export interface FoldContext {
  data(name: string): DataObject | undefined;
}

/** The instruction that has the value of `value`: itself, perhaps changed, or another. */
export function fold(value: Instruction, context: FoldContext): Instruction {
  if (isBinary(value.op)) return foldBinary(value);
  if (isCompare(value.op)) return foldCompare(value);
  const rule = rules[value.op];
  return rule ? rule(value, context) : value;
}

const rules: Readonly<Partial<Record<Op, (value: Instruction, context: FoldContext) => Instruction>>> = {
  zext8: (value) => foldExtension(value, 0xffn),
  zext16: (value) => foldExtension(value, 0xffffn),
  sext8: (value) => foldExtension(value, 0x7fn),
  sext16: (value) => foldExtension(value, 0x7fffn),
  zext32: foldUnary,
  sext32: foldUnary,
  trunc: foldTruncation,
  high: (value) => (value.args[0]?.op === "pair" ? (value.args[0].args[1] as Instruction) : value),
  ctz: foldUnary,
  clz: foldUnary,
  bswap: foldUnary,
  load8u: foldLoad,
  load8s: foldLoad,
  load16u: foldLoad,
  load16s: foldLoad,
  load32: foldLoad,
  load64: foldLoad,
  store8: (value) => foldStore(value, ["zext8", "sext8", "zext16", "sext16"], 0xffn),
  store16: (value) => foldStore(value, ["zext16", "sext16"], 0xffffn),
  store32: foldAddress,
  store64: foldAddress,
  equal: foldEqual,
};

export function constantOf(value: Instruction | undefined): bigint | undefined {
  return value?.op === "const" ? value.value : undefined;
}

function become(value: Instruction, op: Op, args: Instruction[]): Instruction {
  value.op = op;
  value.args = args;
  return value;
}

function constant(type: Type | "void", value: bigint, like: Instruction): Instruction {
  return createConstant(type as Type, value, like.span);
}

const commutative: ReadonlySet<Op> = new Set<Op>(["add", "mul", "and", "or", "xor", "eq", "ne"]);
const associative: ReadonlySet<Op> = new Set<Op>(["add", "mul", "and", "or", "xor"]);

function foldBinary(value: Instruction): Instruction {
  const [left, right] = value.args as [Instruction, Instruction];
  const a = constantOf(left);
  const b = constantOf(right);
  if (a !== undefined && b !== undefined) {
    const result = evaluate(value.op, left.type as Type, a, b);
    if (result !== undefined) return constant(value.type, result, value);
  }
  if (commutative.has(value.op) && (a !== undefined || (left.op !== "address" && right.op === "address"))) {
    if (b === undefined) return fold(become(value, value.op, [right, left]), noData);
  }
  if (b !== undefined) return foldWithConstant(value, left, b);
  if (value.op === "add") {
    const negated = right.op === "sub" && constantOf(right.args[0]) === 0n ? right.args[1] : undefined;
    if (negated !== undefined) return become(value, "sub", [left, negated]);
  }
  if (left === right) {
    if (value.op === "sub" || value.op === "xor") return constant(value.type, 0n, value);
    if (value.op === "and" || value.op === "or") return left;
  }
  return value;
}

const noData: FoldContext = { data: () => undefined };

/** `left op b`. */
function foldWithConstant(value: Instruction, left: Instruction, b: bigint): Instruction {
  const type = value.type as Type;
  if (value.op === "sub") {
    return fold(become(value, "add", [left, constant(type, -b, value)]), noData);
  }
  const identity = identities[value.op];
  if (identity !== undefined && b === normalize(type, identity)) return left;
  if (b === 0n && (value.op === "mul" || value.op === "and")) return constant(type, 0n, value);
  const inner = constantOf(left.args[1]);
  if (left.op === value.op && associative.has(value.op) && inner !== undefined) {
    const combined = evaluate(value.op, type, inner, b);
    if (combined !== undefined) {
      if (value.op === "add") value.noWrap = value.noWrap && left.noWrap;
      return fold(
        become(value, value.op, [left.args[0] as Instruction, constant(type, combined, value)]),
        noData,
      );
    }
  }
  switch (value.op) {
    case "add":
      if (left.op === "address") {
        const made = createInstruction("address", "i32", [], value.span);
        made.symbol = left.symbol;
        made.offset = left.offset + Number(b);
        return made;
      }
      return value;
    case "mul":
    case "udiv":
    case "urem":
      return foldPowerOfTwo(value, left, b);
    case "and":
      if (b === 0xffn && type === "i32") return fold(become(value, "zext8", [left]), noData);
      if (b === 0xffffn && type === "i32") return fold(become(value, "zext16", [left]), noData);
      if (b > 0n && (b & (b + 1n)) === 0n && upperBound(left) <= b) return left;
      return value;
    case "shl":
    case "lshr":
    case "ashr":
      return foldShift(value, left, b);
    default:
      return value;
  }
}

const identities: Readonly<Partial<Record<Op, bigint>>> = {
  add: 0n,
  mul: 1n,
  udiv: 1n,
  sdiv: 1n,
  and: -1n,
  or: 0n,
  xor: 0n,
  shl: 0n,
  lshr: 0n,
  ashr: 0n,
  rotl: 0n,
};

function foldPowerOfTwo(value: Instruction, left: Instruction, factor: bigint): Instruction {
  const type = value.type as Type;
  const unsigned = BigInt.asUintN(type === "i64" ? 64 : 32, factor);
  if (unsigned === 0n || (unsigned & (unsigned - 1n)) !== 0n) return value;
  if (value.op === "urem")
    return fold(become(value, "and", [left, constant(type, unsigned - 1n, value)]), noData);
  const amount = constant("i32", BigInt(unsigned.toString(2).length - 1), value);
  return fold(become(value, value.op === "mul" ? "shl" : "lshr", [left, amount]), noData);
}

/** Two shifts in one direction are one. */
function foldShift(value: Instruction, left: Instruction, amount: bigint): Instruction {
  const width = value.type === "i64" ? 64n : 32n;
  const inner = constantOf(left.args[1]);
  if (left.op !== value.op || inner === undefined) return value;
  const sum = (inner & (width - 1n)) + (amount & (width - 1n));
  if (sum >= width) return value;
  return become(value, value.op, [left.args[0] as Instruction, constant("i32", sum, value)]);
}

const inverses: Readonly<Partial<Record<Op, { op: Op; exchange: boolean }>>> = {
  eq: { op: "ne", exchange: false },
  ne: { op: "eq", exchange: false },
  ult: { op: "ule", exchange: true },
  ule: { op: "ult", exchange: true },
  slt: { op: "sle", exchange: true },
  sle: { op: "slt", exchange: true },
};

function foldCompare(value: Instruction): Instruction {
  const [left, right] = value.args as [Instruction, Instruction];
  const a = constantOf(left);
  const b = constantOf(right);
  const type = left.type as Type;
  if (a !== undefined && b !== undefined) {
    return constant("i32", evaluate(value.op, type, a, b) ?? 0n, value);
  }
  if (left.op === "phi" && b !== undefined) {
    const only = resultForAll(value.op, type, left.args.map(constantOf), b);
    if (only !== undefined) return constant("i32", only, value);
  }
  if (left === right) return constant("i32", ["eq", "ule", "sle"].includes(value.op) ? 1n : 0n, value);
  if (a !== undefined && commutative.has(value.op))
    return fold(become(value, value.op, [right, left]), noData);
  const narrowed = compareNarrow(value, left, right);
  if (narrowed) return fold(narrowed, noData);
  if ((value.op === "slt" || value.op === "sle") && isNonNegative(left) && isNonNegative(right)) {
    return fold(become(value, value.op === "slt" ? "ult" : "ule", value.args), noData);
  }
  if (b !== undefined && (value.op === "eq" || value.op === "ne")) return foldEquality(value, left, b);
  if (value.op === "ult" && b === 1n)
    return fold(become(value, "eq", [left, constant(type, 0n, value)]), noData);
  if (value.op === "ult" && a === 0n) return fold(become(value, "ne", [right, left]), noData);
  if (value.op === "ule" && b === 0n) return fold(become(value, "eq", [left, right]), noData);
  if (value.op === "ule" && a === 1n)
    return fold(become(value, "ne", [right, constant(type, 0n, value)]), noData);
  // The upper half of the unsigned numbers are the negative ones.
  const lowest = type === "i64" ? -(1n << 63n) : -(1n << 31n);
  if (a === (value.op === "ule" ? lowest : ~lowest) && isUnsigned(value.op))
    return become(value, "slt", [right, constant(type, 0n, value)]);
  if (b === (value.op === "ult" ? lowest : ~lowest) && isUnsigned(value.op))
    return become(value, "sle", [constant(type, 0n, value), left]);
  if (value.op === "ult" && b !== undefined && upperBound(left) < BigInt.asUintN(64, b)) {
    if (b > 0n) return constant("i32", 1n, value);
  }
  return value;
}

/** What `op b` gives for each of the values, when that is the same and all are known. */
function resultForAll(
  op: Op,
  type: Type,
  values: readonly (bigint | undefined)[],
  b: bigint,
): bigint | undefined {
  const results = new Set(values.map((a) => (a === undefined ? undefined : evaluate(op, type, a, b))));
  return results.size === 1 ? [...results][0] : undefined;
}

function isUnsigned(op: Op): boolean {
  return op === "ult" || op === "ule";
}

function isNonNegative(value: Instruction): boolean {
  return upperBound(value) <= (value.type === "i64" ? 0x7fff_ffff_ffff_ffffn : 0x7fff_ffffn);
}

/** Comparisons of extended 32-bit values need 32 bits only. */
function compareNarrow(value: Instruction, left: Instruction, right: Instruction): Instruction | undefined {
  if (left.type !== "i64") return undefined;
  const unsigned = value.op !== "slt" && value.op !== "sle";
  const narrow = (side: Instruction): Instruction | undefined => {
    if (side.op === (unsigned ? "zext32" : "sext32")) return side.args[0];
    if (side.op !== "const") return undefined;
    const fits = unsigned
      ? side.value >= 0n && side.value <= 0xffff_ffffn
      : BigInt.asIntN(32, side.value) === side.value;
    return fits ? constant("i32", side.value, side) : undefined;
  };
  const [a, b] = [narrow(left), narrow(right)];
  if (!a || !b || (a.op === "const" && b.op === "const")) return undefined;
  return become(value, value.op, [a, b]);
}

/** `left === b` or `left !== b`. */
function foldEquality(value: Instruction, left: Instruction, b: bigint): Instruction {
  const type = left.type as Type;
  const inner = constantOf(left.args[1]);
  // Against zero a sum stays: a counter is compared with what it was stepped to, and selection knows what is cheaper.
  if (left.op === "add" && inner !== undefined && b !== 0n) {
    return fold(
      become(value, value.op, [left.args[0] as Instruction, constant(type, b - inner, value)]),
      noData,
    );
  }
  if (b === 0n && (left.op === "sub" || left.op === "xor"))
    return fold(become(value, value.op, [...left.args]), noData);
  if (BigInt.asUintN(type === "i64" ? 64 : 32, b) > upperBound(left))
    return constant("i32", value.op === "eq" ? 0n : 1n, value);
  if (!isTruth(left.op)) return value;
  if ((b === 0n) === (value.op === "ne")) return left;
  const inverse = inverses[left.op];
  if (!inverse) return b === 1n ? become(value, "eq", [left, constant(type, 0n, value)]) : value;
  const [first, second] = left.args as [Instruction, Instruction];
  return become(value, inverse.op, inverse.exchange ? [second, first] : [first, second]);
}

/** An extension does nothing to a value that is known to fit. */
function foldExtension(value: Instruction, fits: bigint): Instruction {
  const [from] = value.args as [Instruction];
  if (upperBound(from) <= fits) return from;
  if (from.op === value.op) return from;
  const bits = value.op.endsWith("16") ? 16 : 8;
  if (from.op === (value.op.startsWith("s") ? `load${bits}s` : `load${bits}u`)) return from;
  // What an inner operation does to the upper bits does not matter.
  const mask = constantOf(from.args[1]);
  const keeps = (1n << BigInt(bits)) - 1n;
  if (from.op === "and" && mask !== undefined && (mask & keeps) === keeps) {
    return fold(become(value, value.op, [from.args[0] as Instruction]), noData);
  }
  const inner =
    from.op === "zext16" || from.op === "sext16" ? 16 : from.op === "zext8" || from.op === "sext8" ? 8 : 64;
  if (inner !== 64 && inner >= bits)
    return fold(become(value, value.op, [from.args[0] as Instruction]), noData);
  return foldUnary(value);
}

function foldUnary(value: Instruction): Instruction {
  const [from] = value.args as [Instruction];
  const a = constantOf(from);
  if (a === undefined) return value;
  const result = evaluate(value.op, from.type as Type, a, 0n);
  return result === undefined ? value : constant(value.type, result, value);
}

function foldTruncation(value: Instruction): Instruction {
  const [from] = value.args as [Instruction];
  if (from.op === "zext32" || from.op === "sext32" || from.op === "pair") return from.args[0] as Instruction;
  return foldUnary(value);
}

/** Constants added to the address become the access's offset; loads of constant data become constants. */
function foldLoad(value: Instruction, context: FoldContext): Instruction {
  foldAddress(value);
  const [address] = value.args as [Instruction];
  if (address.op !== "address") return value;
  const data = context.data(address.symbol);
  const bytes = Number(/\d+/.exec(value.op)?.[0]) / 8;
  const start = address.offset + value.offset;
  if (!data || start < 0 || start + bytes > data.bytes.length) return value;
  if (data.relocations.some(({ offset }) => offset < start + bytes && offset + 4 > start)) return value;
  let bits = 0n;
  for (let i = bytes - 1; i >= 0; i--) bits = (bits << 8n) | BigInt(data.bytes[start + i] ?? 0);
  const signed = value.op.endsWith("s");
  return constant(value.type, signed ? BigInt.asIntN(bytes * 8, bits) : bits, value);
}

function foldAddress(value: Instruction): Instruction {
  for (;;) {
    const [address] = value.args as [Instruction];
    const distance =
      address.op === "add" && (address.noWrap || address.type === "i64")
        ? constantOf(address.args[1])
        : undefined;
    if (distance === undefined) return value;
    const offset = value.offset + Number(distance);
    if (offset < -0x8000_0000 || offset > 0x7fff_ffff) return value;
    value.args[0] = address.args[0] as Instruction;
    value.offset = offset;
  }
}

/** A narrow store takes the low bits anyway. */
function foldStore(value: Instruction, extensions: readonly Op[], mask: bigint): Instruction {
  foldAddress(value);
  for (;;) {
    const stored = value.args[1] as Instruction;
    const kept = constantOf(stored.args[1]);
    const isIdle =
      extensions.includes(stored.op) || (stored.op === "and" && kept !== undefined && (kept & mask) === mask);
    if (!isIdle) return value;
    value.args[1] = stored.args[0] as Instruction;
  }
}

function foldEqual(value: Instruction): Instruction {
  return constantOf(value.args[2]) === 0n ? constant("i32", 1n, value) : value;
}
