/**
 * Conversions: which value becomes which type by itself, which by a cast, and what the message says when none does.
 *
 * A constant becomes every integer type that holds it. Any other integer becomes a type that holds all of its
 * values. Null becomes every pointer and reference, storage in place a pointer to its elements.
 */

import type { ExpressionNode } from "./ast.ts";
import type { Expression } from "./checked.ts";
import { type Context, errorAt, fail } from "./checker.ts";
import {
  errorType,
  formatType,
  holds,
  isWidening,
  leastValue,
  mostValue,
  pointerTo,
  sameType,
  untyped,
  wrap,
} from "./type-relations.ts";
import type { IntegerType, Type } from "./types.ts";

/** Checks an expression whose value is needed. */
export function checkValue(context: Context, node: ExpressionNode, expected?: Type): Expression {
  const value = context.checker.checkExpression(context, node, expected);
  if (value.type.kind === "void" && value.type !== errorType) return fail(context, node.span, "noValue");
  return value;
}

/** Checks an expression and converts its value to `type`. */
export function checkAs(context: Context, node: ExpressionNode, type: Type): Expression {
  return coerce(context, checkValue(context, node, type), type);
}

/** `value` as a value of `to`, by itself; otherwise a report. */
export function coerce(context: Context, value: Expression, to: Type): Expression {
  const from = value.type;
  const { span } = value;
  if (from === errorType || to === errorType) return errorAt(span);
  if (from.kind === "integer" && to.kind === "integer") return coerceInteger(context, value, from, to);
  if (sameType(from, to)) return value;
  if (from.kind === "null" && (to.kind === "pointer" || to.kind === "class")) {
    return { kind: "constant", value: 0n, type: to, span };
  }
  if (from.kind === "fixed" && to.kind === "pointer" && sameType(from.element, to.element)) {
    return { kind: "convert", operand: value, type: to, span };
  }
  return fail(context, span, "mismatch", {
    found: describe(value),
    expected: formatType(to),
    help: mismatchHelp(from, to),
  });
}

function coerceInteger(context: Context, value: Expression, from: IntegerType, to: IntegerType): Expression {
  const { span } = value;
  if (from !== untyped && from.name === to.name) return value;
  if (value.kind === "constant") {
    if (holds(to, value.value)) return { kind: "constant", value: value.value, type: to, span };
    return fail(context, span, "outOfRange", {
      value: String(value.value),
      type: to.name,
      least: String(leastValue(to)),
      most: String(mostValue(to)),
      help:
        value.value < 0n && !to.signed
          ? `an unsigned type has no negative values; \`… as ${to.name}\` wraps`
          : `choose a wider type, or write \`… as ${to.name}\`, which keeps the low bits`,
    });
  }
  if (isWidening(from, to)) return { kind: "convert", operand: value, type: to, span };
  return fail(context, span, "narrowing", { found: from.name, expected: to.name, cast: castText(value, to) });
}

/** An untyped constant gets i32, everything else keeps its type. */
export function settle(context: Context, value: Expression): Expression {
  return value.type === untyped ? coerce(context, value, context.checker.types.i32) : value;
}

/** The type in which two integers meet: the one that holds all values of both. */
export function commonInteger(left: IntegerType, right: IntegerType): IntegerType | undefined {
  if (isWidening(left, right)) return right;
  if (isWidening(right, left)) return left;
  return undefined;
}

/** `value` as an index, distance or shift amount: an integer of at most 32 bits on every target. */
export function coerceIndex(context: Context, value: Expression): Expression {
  const { types } = context.checker;
  const { type, span } = value;
  if (type === errorType) return errorAt(span);
  if (type.kind !== "integer") {
    return fail(context, span, "mismatch", {
      found: describe(value),
      expected: "an integer",
      help: mismatchHelp(type, types.u32),
    });
  }
  if (value.kind === "constant" && (type === untyped || isWide(type))) {
    return coerce(context, value, holds(types.i32, value.value) ? types.i32 : types.u32);
  }
  if (isWide(type)) {
    return fail(context, span, "indexWidth", { found: type.name, cast: castText(value, types.u32) });
  }
  return value;
}

/** Whether the type has more than 32 bits on any target. */
function isWide(type: IntegerType): boolean {
  return type.bits === 64 || type.name === "usize" || type.name === "isize";
}

/** `value as to`. */
export function cast(context: Context, value: Expression, to: Type, span: Expression["span"]): Expression {
  const from = value.type;
  if (from === errorType || to === errorType) return errorAt(span);
  if (to.kind === "integer" && (from.kind === "integer" || from.kind === "boolean")) {
    if (value.kind === "constant") return { kind: "constant", value: wrap(to, value.value), type: to, span };
    return from.kind === "integer" && from.name === to.name
      ? value
      : { kind: "convert", operand: value, type: to, span };
  }
  if (sameType(from, to) || from.kind === "null") return coerce(context, value, to);
  if (to.kind === "pointer" && (from.kind === "pointer" || from.kind === "fixed")) {
    return { kind: "convert", operand: value, type: to, span };
  }
  return fail(context, span, "cast", {
    found: describe(value),
    expected: formatType(to),
    help: mismatchHelp(from, to),
  });
}

/** What an expression is, for a message. */
export function describe(value: Expression): string {
  if (value.type === untyped && value.kind === "constant") return `the number ${value.value}`;
  if (value.type.kind === "string") return "a string";
  return formatType(value.type);
}

/** `x as u8`, with the operand's own text when that is short. */
export function castText(value: Expression, to: Type): string {
  const { file, start, end } = value.span;
  const text = end - start <= 24 ? file.text.slice(start, end) : "…";
  const isSimple = /^[\w.…[\]]+$/.test(text);
  return `${isSimple ? text : `(${text})`} as ${formatType(to)}`;
}

/** What to write instead, or the empty text. */
export function mismatchHelp(from: Type, to: Type): string {
  if (to.kind === "boolean") {
    if (from.kind === "integer") return "compare it with a number: `… !== 0`";
    if (isAddress(from)) return "compare it with null: `… !== null`";
  }
  if (to.kind === "integer") {
    if (from.kind === "boolean") return "write `… ? 1 : 0`";
    if (isAddress(from)) return "`address(…)` is the address as u32";
    if (from.kind === "string") return 'for one character write `byte("a")`';
  }
  if (to.kind === "pointer") {
    if (from.kind === "string") return "`bytes(…)` is the address of a string's bytes";
    if (from.kind === "integer") return `write \`pointer<${formatType(to.element)}>(…)\``;
    if (isAddress(from))
      return `to see the memory as another type write \`pointer<${formatType(to.element)}>(address(…))\``;
  }
  if (to.kind === "string") {
    if (from.kind === "integer")
      return "a string is a constant text; `printDecimal` of microlith/std writes a number";
    if (isAddress(from)) return "a string is a constant text; `write` of microlith/std writes other bytes";
  }
  if (to.kind === "class") {
    if (from.kind === "pointer" && sameType(from.element, to))
      return "`…[0]` is the reference to the first element";
    if (isAddress(from))
      return `to see the memory as another type write \`reference<${to.name}>(address(…))\``;
    if (from.kind === "integer") return `write \`reference<${to.name}>(…)\``;
  }
  return "";
}

function isAddress(type: Type): boolean {
  return type.kind === "pointer" || type.kind === "class" || type.kind === "fixed";
}

/** Storage in place as what it is to others: a pointer to its first element. Other values stay. */
export function decay(value: Expression): Expression {
  const { type, span } = value;
  return type.kind === "fixed"
    ? { kind: "convert", operand: value, type: pointerTo(type.element), span }
    : value;
}
