/**
 * Addresses while they are computed: a base and the constant bytes on top of it. A chain of fields and elements
 * folds its constants into one offset, which ends up in the load or store.
 */

import type { Expression } from "../lang/checked.ts";
import type { Span } from "../lang/source.ts";
import type { Type as SourceType } from "../lang/types.ts";
import type { Instruction } from "./ir.ts";
import { irType, loadOp, sizeOf, storeOp } from "./representation.ts";
import type { SsaBuilder } from "./ssa.ts";

/** `base` or the address of `symbol` (neither: zero), plus `offset` bytes. */
export interface Address {
  readonly base: Instruction | undefined;
  readonly symbol: string;
  /** Signed. */
  readonly offset: number;
}

export function addressOfValue(base: Instruction): Address {
  return { base, symbol: "", offset: 0 };
}

export function addressOfSymbol(symbol: string, offset: number): Address {
  return { base: undefined, symbol, offset };
}

export function addOffset(address: Address, bytes: number): Address {
  return { base: address.base, symbol: address.symbol, offset: (address.offset + bytes) | 0 };
}

/** The address as a value. */
export function addressValue(
  builder: SsaBuilder,
  { base, symbol, offset }: Address,
  span: Span,
): Instruction {
  if (symbol !== "") return builder.address(symbol, offset, span);
  if (base === undefined) return builder.constant("i32", BigInt(offset), span);
  if (offset === 0) return base;
  const sum = builder.emit("add", "i32", [base, builder.constant("i32", BigInt(offset), span)], span);
  sum.noWrap = true;
  return sum;
}

/** `address + index * size`. `noWrap`: the index is a distance from `address` as it stands, not negative. */
export function addIndex(
  builder: SsaBuilder,
  address: Address,
  index: Instruction,
  size: number,
  noWrap: boolean,
  span: Span,
): Address {
  const distance = scale(builder, index, size, span);
  // A symbol's address is a constant, whatever is added to it.
  const isSymbol = address.symbol !== "";
  const base = isSymbol ? addressValue(builder, address, span) : baseValue(builder, address, span);
  const sum = builder.emit("add", "i32", [base, distance], span);
  sum.noWrap = noWrap;
  return { base: sum, symbol: "", offset: isSymbol ? 0 : address.offset };
}

export function loadFrom(builder: SsaBuilder, address: Address, type: SourceType, span: Span): Instruction {
  const loaded = builder.emit(loadOp(type), irType(type), [baseValue(builder, address, span)], span);
  loaded.offset = address.offset;
  return loaded;
}

export function storeTo(
  builder: SsaBuilder,
  address: Address,
  type: SourceType,
  value: Instruction,
  span: Span,
): void {
  const stored = builder.emit(storeOp(type), "void", [baseValue(builder, address, span), value], span);
  stored.offset = address.offset;
}

/** The address without its offset. */
function baseValue(builder: SsaBuilder, { base, symbol }: Address, span: Span): Instruction {
  if (base !== undefined) return base;
  return symbol === "" ? builder.constant("i32", 0n, span) : builder.address(symbol, 0, span);
}

function scale(builder: SsaBuilder, index: Instruction, size: number, span: Span): Instruction {
  if (size === 1) return index;
  const shift = powerOfTwo(size);
  if (shift === undefined) {
    return builder.emit("mul", "i32", [index, builder.constant("i32", BigInt(size), span)], span);
  }
  return builder.emit("shl", "i32", [index, builder.constant("i32", BigInt(shift), span)], span);
}

/** `left - right` in elements of `size` bytes. */
export function distance(
  builder: SsaBuilder,
  left: Instruction,
  right: Instruction,
  element: SourceType,
  span: Span,
): Instruction {
  const size = sizeOf(element);
  const bytes = builder.emit("sub", "i32", [left, right], span);
  if (size === 1) return bytes;
  const shift = powerOfTwo(size);
  if (shift === undefined) {
    return builder.emit("udiv", "i32", [bytes, builder.constant("i32", BigInt(size), span)], span);
  }
  return builder.emit("lshr", "i32", [bytes, builder.constant("i32", BigInt(shift), span)], span);
}

function powerOfTwo(size: number): number | undefined {
  const exponent = 31 - Math.clz32(size);
  return size === 2 ** exponent ? exponent : undefined;
}

/** An index as a variable part and a constant number of elements. */
export interface SplitIndex {
  /** Undefined: the index is constant. */
  readonly variable: Expression | undefined;
  readonly elements: number;
}

/** Constants that are split off must be small: then the sum without them stays within 32 bits, or wraps as it should. */
const maximumSplit = 4096;

/** `i + 3` as `i` and 3, when `size` times that is small; only in 32-bit arithmetic, which wraps as addresses do. */
export function splitIndex(index: Expression, size: number): SplitIndex {
  if (index.kind === "constant")
    return { variable: undefined, elements: Number(BigInt.asIntN(32, index.value)) };
  const whole: SplitIndex = { variable: index, elements: 0 };
  if (index.kind !== "arithmetic" || index.type.bits !== 32) return whole;
  const { operator, left, right } = index;
  if (operator !== "+" && operator !== "-") return whole;
  if (right.kind === "constant") {
    const amount = Number(BigInt.asIntN(32, right.value));
    if (Math.abs(amount) * size > maximumSplit) return whole;
    return { variable: left, elements: operator === "+" ? amount : -amount };
  }
  if (left.kind === "constant" && operator === "+") {
    const elements = Number(BigInt.asIntN(32, left.value));
    if (Math.abs(elements) * size <= maximumSplit) return { variable: right, elements };
  }
  return whole;
}
