/**
 * Arithmetic, comparisons and conversions on values that are already lowered.
 *
 * A narrow integer lives in an i32, extended as its type says. Operations that may leave its range (`+ - * <<`, and a
 * signed division: -128 / -1) are followed by an extension; the others keep extended operands extended.
 *
 * The amount of a shift is taken modulo the width of the IR type: modulo 64 for 64-bit integers, modulo 32 for all
 * others. So `x << 9` is zero for a u8, as in C, and not `x << 1`.
 */

import type { ArithmeticOperator, ComparisonOperator } from "../lang/checked.ts";
import type { Span } from "../lang/source.ts";
import type { IntegerType, Type as SourceType } from "../lang/types.ts";
import type { BinaryOp, CompareOp, Instruction, UnaryOp } from "./ir.ts";
import { irType } from "./representation.ts";
import type { SsaBuilder } from "./ssa.ts";

interface OperatorRow {
  readonly unsigned: BinaryOp;
  readonly signed: BinaryOp;
  /** May the result of extended narrow operands lie outside the type's range? */
  readonly leavesRange: "never" | "signed" | "always";
}

const operators: Readonly<Record<ArithmeticOperator, OperatorRow>> = {
  "+": { unsigned: "add", signed: "add", leavesRange: "always" },
  "-": { unsigned: "sub", signed: "sub", leavesRange: "always" },
  "*": { unsigned: "mul", signed: "mul", leavesRange: "always" },
  "/": { unsigned: "udiv", signed: "sdiv", leavesRange: "signed" },
  "%": { unsigned: "urem", signed: "srem", leavesRange: "never" },
  "&": { unsigned: "and", signed: "and", leavesRange: "never" },
  "|": { unsigned: "or", signed: "or", leavesRange: "never" },
  "^": { unsigned: "xor", signed: "xor", leavesRange: "never" },
  "<<": { unsigned: "shl", signed: "shl", leavesRange: "always" },
  ">>": { unsigned: "lshr", signed: "ashr", leavesRange: "never" },
};

/** `left operator right` of `type`. For shifts `right` is an amount of any width. */
export function lowerArithmetic(
  builder: SsaBuilder,
  operator: ArithmeticOperator,
  type: IntegerType,
  left: Instruction,
  right: Instruction,
  span: Span,
): Instruction {
  const row = operators[operator];
  const isShift = operator === "<<" || operator === ">>";
  const amount = isShift && right.type === "i64" ? builder.emit("trunc", "i32", [right], span) : right;
  const result = builder.emit(type.signed ? row.signed : row.unsigned, irType(type), [left, amount], span);
  const leaves = row.leavesRange === "always" || (row.leavesRange === "signed" && type.signed);
  return leaves ? extend(builder, type, result, span) : result;
}

export function lowerNegation(
  builder: SsaBuilder,
  type: IntegerType,
  value: Instruction,
  span: Span,
): Instruction {
  const zero = builder.constant(irType(type), 0n, span);
  return extend(builder, type, builder.emit("sub", irType(type), [zero, value], span), span);
}

/** All bits of the type flipped; for a narrow unsigned type only those, which keeps it extended. */
export function lowerComplement(
  builder: SsaBuilder,
  type: IntegerType,
  value: Instruction,
  span: Span,
): Instruction {
  const bits = type.signed ? -1n : (1n << BigInt(type.bits)) - 1n;
  const mask = builder.constant(irType(type), bits, span);
  return builder.emit("xor", irType(type), [value, mask], span);
}

/** The low bits of an i32, extended as `type` says; an integer of 32 or 64 bits as it is. */
function extend(builder: SsaBuilder, type: IntegerType, value: Instruction, span: Span): Instruction {
  const op = extensionOf(type);
  return op === undefined ? value : builder.emit(op, "i32", [value], span);
}

function extensionOf(type: IntegerType): UnaryOp | undefined {
  if (type.bits === 8) return type.signed ? "sext8" : "zext8";
  if (type.bits === 16) return type.signed ? "sext16" : "zext16";
  return undefined;
}

const opposite: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "===": "!==",
  "!==": "===",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

/** An i32 of 0 or 1. `type` is that of both sides; with `negated` the opposite question is asked. */
export function lowerComparison(
  builder: SsaBuilder,
  operator: ComparisonOperator,
  negated: boolean,
  type: SourceType,
  left: Instruction,
  right: Instruction,
  span: Span,
): Instruction {
  const signed = type.kind === "integer" && type.signed;
  const less: CompareOp = signed ? "slt" : "ult";
  const lessOrEqual: CompareOp = signed ? "sle" : "ule";
  switch (negated ? opposite[operator] : operator) {
    case "===":
      return builder.emit("eq", "i32", [left, right], span);
    case "!==":
      return builder.emit("ne", "i32", [left, right], span);
    case "<":
      return builder.emit(less, "i32", [left, right], span);
    case "<=":
      return builder.emit(lessOrEqual, "i32", [left, right], span);
    case ">":
      return builder.emit(less, "i32", [right, left], span);
    case ">=":
      return builder.emit(lessOrEqual, "i32", [right, left], span);
  }
}

/** A value of `from` as one of `to`: integers wrap or extend as `from` is signed, addresses stay what they are. */
export function lowerConversion(
  builder: SsaBuilder,
  from: SourceType,
  to: SourceType,
  value: Instruction,
  span: Span,
): Instruction {
  const width = irType(to);
  if (width === "i64" && value.type === "i32") return widen(builder, from, value, span);
  const narrow =
    width === "i32" && value.type === "i64" ? builder.emit("trunc", "i32", [value], span) : value;
  if (to.kind !== "integer" || holdsAll(to, from)) return narrow;
  return extend(builder, to, narrow, span);
}

/** An i32 as an i64: sign-extended when its type is signed, else zero-extended. */
export function widen(builder: SsaBuilder, from: SourceType, value: Instruction, span: Span): Instruction {
  const signed = from.kind === "integer" && from.signed;
  const made = builder.emit(signed ? "sext32" : "zext32", "i64", [value], span);
  made.noWrap = from.kind !== "integer";
  return made;
}

/** Is every extended value of `from` an extended value of `to` as it stands? */
function holdsAll(to: IntegerType, from: SourceType): boolean {
  if (from.kind === "boolean") return true;
  if (from.kind !== "integer") return false;
  return from.signed === to.signed ? from.bits <= to.bits : !from.signed && from.bits < to.bits;
}
