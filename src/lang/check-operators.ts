/**
 * Operators: arithmetic, shifts, comparisons, logic, `?:`. Two integers meet in the type that holds the values of
 * both and the operation happens there; a constant takes the other side's type. What folds to a constant is one,
 * and a condition that is one leaves only its live side, unchecked on the other.
 */

import type { ArithmeticToken, BinaryNode, ComparisonToken, ConditionalNode, ExpressionNode } from "./ast.ts";
import type { ArithmeticOperator, ComparisonOperator, Expression } from "./checked.ts";
import { type Context, errorAt, fail } from "./checker.ts";
import {
  castText,
  checkValue,
  coerce,
  coerceIndex,
  commonInteger,
  decay,
  describe,
  mismatchHelp,
  settle,
} from "./convert.ts";
import { foldArithmetic, foldComparison, isRepresentable } from "./fold.ts";
import type { Span } from "./source.ts";
import { booleanType, errorType, sameType, untyped, wrap } from "./type-relations.ts";
import type { IntegerType, Type } from "./types.ts";

export function booleanConstant(value: boolean, span: Span): Expression {
  return { kind: "constant", value: value ? 1n : 0n, type: booleanType, span };
}

export function checkBinary(context: Context, node: BinaryNode, expected: Type | undefined): Expression {
  const { operator } = node;
  if (isComparison(operator)) return checkComparison(context, node, operator);
  if (operator === "<<" || operator === ">>" || operator === ">>>") {
    const hint = expected?.kind === "integer" ? expected : undefined;
    const left = checkValue(context, node.left, hint);
    return shift(context, operator, left, checkValue(context, node.right), hint, node.span);
  }
  const hint = expected?.kind === "integer" ? expected : undefined;
  const [left, right] = checkOperands(context, node, hint);
  return arithmetic(context, operator, left, right, node.span);
}

function isComparison(operator: ArithmeticToken | ComparisonToken): operator is ComparisonToken {
  return operator.endsWith("=") || operator === "<" || operator === ">";
}

/** Each side is checked with the other's type in mind, which only matters to constants and `?:`. */
function checkOperands(
  context: Context,
  node: BinaryNode,
  hint: Type | undefined,
): readonly [Expression, Expression] {
  let left = checkValue(context, node.left, hint);
  const right = checkValue(context, node.right, isTyped(left) ? left.type : hint);
  // A constant has no effects: it can be checked again.
  if (left.type === untyped && isTyped(right)) left = checkValue(context, node.left, right.type);
  return [left, right];
}

function isTyped(value: Expression): boolean {
  return value.type !== untyped && value.type !== errorType;
}

/** `left operator right` for all operators but shifts. */
export function arithmetic(
  context: Context,
  operator: ArithmeticOperator,
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  const operands = integerOperands(context, operator, left, right, span);
  if (!operands) return errorAt(span);
  const { type } = operands;
  const isDivision = operator === "/" || operator === "%";
  if (isDivision && operands.right.kind === "constant" && operands.right.value === 0n) {
    return fail(context, operands.right.span, "divisionByZero");
  }
  if (operands.left.kind === "constant" && operands.right.kind === "constant") {
    return constantOf(
      context,
      foldArithmetic(operator, operands.left.value, operands.right.value, type),
      type,
      span,
    );
  }
  return { kind: "arithmetic", operator, left: operands.left, right: operands.right, type, span };
}

function constantOf(context: Context, value: bigint, type: IntegerType, span: Span): Expression {
  if (!isRepresentable(value)) return fail(context, span, "tooLarge");
  return { kind: "constant", value, type, span };
}

interface IntegerOperands {
  readonly left: Expression;
  readonly right: Expression;
  readonly type: IntegerType;
}

/** Both sides in one integer type, or undefined when that was reported. */
function integerOperands(
  context: Context,
  operator: string,
  left: Expression,
  right: Expression,
  span: Span,
): IntegerOperands | undefined {
  let isWrong = false;
  for (const side of [left, right]) {
    if (side.type === errorType) isWrong = true;
    else if (side.type.kind !== "integer") {
      fail(context, side.span, "integerOperand", {
        operator,
        found: describe(side),
        help: operandHelp(operator, side.type, context.checker.types.u32),
      });
      // `"a" + "b"` is one mistake.
      if (operator === "+" && side.type.kind === "string") return undefined;
      isWrong = true;
    }
  }
  if (isWrong || left.type.kind !== "integer" || right.type.kind !== "integer") return undefined;
  const type = meet(left.type, right.type);
  if (!type) {
    fail(context, span, "mixed", {
      left: left.type.name,
      right: right.type.name,
      cast: castText(right, left.type),
    });
    return undefined;
  }
  if (type === untyped) return { left, right, type };
  const converted = { left: coerce(context, left, type), right: coerce(context, right, type), type };
  if (converted.left.type === errorType || converted.right.type === errorType) return undefined;
  return converted;
}

function meet(left: IntegerType, right: IntegerType): IntegerType | undefined {
  if (left === untyped) return right;
  if (right === untyped) return left;
  return commonInteger(left, right);
}

/** What to do about an operand that is no integer. */
export function operandHelp(operator: string, type: Type, wanted: Type): string {
  if (type.kind === "boolean") {
    if (operator === "&" || operator === "|") return `use \`${operator}${operator}\``;
    if (operator === "^") return "use `!==`";
  }
  if (type.kind === "pointer" || type.kind === "fixed") {
    if (operator === "+") return "`p.add(n)` is the address n elements further on";
    if (operator === "-") return "`p.since(start)` is the number of elements between two pointers";
  }
  if (type.kind === "string" && operator.startsWith("+"))
    return "strings are constant bytes; write the parts one after the other";
  return mismatchHelp(type, wanted);
}

/** A shift keeps the type of its left side; `hint` is for a left side that is a plain number. */
export function shift(
  context: Context,
  operator: "<<" | ">>" | ">>>",
  leftValue: Expression,
  rightValue: Expression,
  hint: IntegerType | undefined,
  span: Span,
): Expression {
  if (leftValue.type === errorType || rightValue.type === errorType) return errorAt(span);
  let left = leftValue;
  const right = coerceIndex(context, rightValue);
  if (right.type === errorType) return errorAt(span);
  if (left.type === untyped && right.kind !== "constant") {
    left = hint ? coerce(context, left, hint) : settle(context, left);
    if (left.type === errorType) return left;
  }
  const { type } = left;
  if (type.kind !== "integer") {
    const help = operandHelp(operator, type, context.checker.types.u32);
    return fail(context, left.span, "integerOperand", { operator, found: describe(left), help });
  }
  if (operator === ">>>" && (type === untyped ? isNegative(left) : type.signed)) {
    const { types } = context.checker;
    const unsigned = type.bits === 64 && type !== untyped ? types.u64 : types.u32;
    return fail(context, left.span, "signedShift", { found: describe(left), cast: castText(left, unsigned) });
  }
  if (right.kind === "constant" && (right.value < 0n || right.value >= BigInt(type.bits))) {
    return fail(context, right.span, "shiftAmount", {
      type: type === untyped ? "a constant" : type.name,
      bits: String(type.bits),
      amount: String(right.value),
      help: type === untyped || type.bits === 64 ? "" : "shift by less, or cast to a wider type first",
    });
  }
  const plain: ArithmeticOperator = operator === "<<" ? "<<" : ">>";
  if (left.kind === "constant" && right.kind === "constant") {
    return constantOf(context, foldArithmetic(plain, left.value, right.value, type), type, span);
  }
  return { kind: "arithmetic", operator: plain, left, right, type, span };
}

function isNegative(value: Expression): boolean {
  return value.kind === "constant" && value.value < 0n;
}

function checkComparison(context: Context, node: BinaryNode, operator: ComparisonOperator): Expression {
  const { span } = node;
  const [first, second] = checkOperands(context, node, undefined);
  if (first.type === errorType || second.type === errorType) return errorAt(span);
  if (first.type.kind === "integer" && second.type.kind === "integer") {
    const operands = integerOperands(context, operator, first, second, span);
    return operands ? comparison(operator, operands.left, operands.right, span) : errorAt(span);
  }
  const isEquality = operator === "===" || operator === "!==";
  let left = decay(first);
  let right = decay(second);
  if (isEquality && left.type.kind === "null") left = nullAs(left, right.type);
  if (isEquality && right.type.kind === "null") right = nullAs(right, left.type);
  const { kind } = left.type;
  const isAllowed =
    kind === "pointer" || (isEquality && (kind === "boolean" || kind === "class" || kind === "null"));
  if (isAllowed && sameType(left.type, right.type)) return comparison(operator, left, right, span);
  const isText = first.type.kind === "string" || second.type.kind === "string";
  return fail(context, span, "comparison", {
    operator,
    left: describe(first),
    right: describe(second),
    help: isText
      ? "compare the lengths, then `equal(bytes(a), bytes(b), length)`"
      : mismatchHelp(second.type, first.type),
  });
}

/** Null as a null of the pointer or reference that it is compared with. */
function nullAs(value: Expression, type: Type): Expression {
  return type.kind === "pointer" || type.kind === "class"
    ? { kind: "constant", value: 0n, type, span: value.span }
    : value;
}

function comparison(
  operator: ComparisonOperator,
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  if (left.kind === "constant" && right.kind === "constant") {
    return booleanConstant(foldComparison(operator, left.value, right.value), span);
  }
  return { kind: "comparison", operator, left, right, type: booleanType, span };
}

export function checkUnary(
  context: Context,
  node: ExpressionNode & { readonly kind: "unary" },
  expected: Type | undefined,
): Expression {
  const { operator, span } = node;
  if (operator === "!") return negate(context, checkValue(context, node.operand), span);
  const hint = expected?.kind === "integer" && expected !== untyped ? expected : undefined;
  const operand = checkValue(context, node.operand, hint);
  const { type } = operand;
  if (type === errorType) return errorAt(span);
  if (type.kind !== "integer") {
    const help = mismatchHelp(type, context.checker.types.u32);
    return fail(context, operand.span, "integerOperand", { operator, found: describe(operand), help });
  }
  if (operand.kind !== "constant") return { kind: "unary", operator, operand, type, span };
  const exact = operator === "-" ? -operand.value : ~operand.value;
  if (type !== untyped) return { kind: "constant", value: wrap(type, exact), type, span };
  // `flags & ~3` for an unsigned type means all its bits but two.
  if (operator === "~" && hint && !hint.signed && operand.value >= 0n) {
    return coerce(context, { kind: "constant", value: wrap(hint, exact), type: untyped, span }, hint);
  }
  return constantOf(context, exact, type, span);
}

function negate(context: Context, operand: Expression, span: Span): Expression {
  if (operand.type === errorType) return errorAt(span);
  if (operand.type.kind !== "boolean") {
    return fail(context, operand.span, "booleanOperand", {
      operator: "!",
      found: describe(operand),
      help: mismatchHelp(operand.type, booleanType).replace("!==", "==="),
    });
  }
  if (operand.kind === "constant") return booleanConstant(operand.value === 0n, span);
  return { kind: "unary", operator: "!", operand, type: booleanType, span };
}

export function checkLogical(
  context: Context,
  node: ExpressionNode & { readonly kind: "logical" },
): Expression {
  const { operator, span } = node;
  const left = boolean(context, checkValue(context, node.left), operator);
  // `false && …` and `true || …` are known without the other side.
  if (left.kind === "constant" && left.type !== errorType && (left.value === 0n) === (operator === "&&")) {
    return left;
  }
  const right = boolean(context, checkValue(context, node.right), operator);
  if (left.type === errorType || right.type === errorType) return errorAt(span);
  if (left.kind === "constant") return right;
  if (right.kind === "constant" && (right.value === 1n) === (operator === "&&")) return left;
  return { kind: "logical", operator, left, right, type: booleanType, span };
}

function boolean(context: Context, value: Expression, operator: string): Expression {
  if (value.type === errorType || value.type.kind === "boolean") return value;
  const help = mismatchHelp(value.type, booleanType);
  return fail(context, value.span, "booleanOperand", { operator, found: describe(value), help });
}

/** The condition of a statement or of `?:`: a bool, constant when it is known. */
export function checkCondition(context: Context, node: ExpressionNode): Expression {
  const value = checkValue(context, node);
  if (value.type === errorType || value.type.kind === "boolean") return value;
  const help = node.kind === "assign" ? "`===` compares" : mismatchHelp(value.type, booleanType);
  return fail(context, value.span, "condition", { found: describe(value), help });
}

export function checkConditional(
  context: Context,
  node: ConditionalNode,
  expected: Type | undefined,
): Expression {
  const { span } = node;
  const condition = checkCondition(context, node.condition);
  if (condition.kind === "constant" && condition.type !== errorType) {
    return checkValue(context, condition.value === 1n ? node.then : node.else, expected);
  }
  const left = checkValue(context, node.then, expected);
  const right = checkValue(context, node.else, expected ?? (isTyped(left) ? left.type : undefined));
  if (condition.type === errorType || left.type === errorType || right.type === errorType)
    return errorAt(span);
  const type = conditionalType(context, left.type, right.type, expected);
  if (!type) {
    if (left.type.kind !== "integer" || right.type.kind !== "integer") {
      coerce(context, right, left.type);
      return errorAt(span);
    }
    return fail(context, span, "mixed", {
      left: left.type.name,
      right: right.type.name,
      cast: castText(right, left.type),
    });
  }
  const sides = [coerce(context, left, type), coerce(context, right, type)] as const;
  if (sides[0].type === errorType || sides[1].type === errorType) return errorAt(span);
  return bitOf(condition, sides, type, span) ?? conditional(condition, sides, type, span);
}

function conditional(
  condition: Expression,
  [then, otherwise]: readonly [Expression, Expression],
  type: Type,
  span: Span,
): Expression {
  return { kind: "conditional", condition, then, else: otherwise, type, span };
}

/** `b ? 1 : 0` is the byte that b is stored as. */
function bitOf(
  condition: Expression,
  [then, otherwise]: readonly [Expression, Expression],
  type: Type,
  span: Span,
): Expression | undefined {
  if (type.kind !== "integer" || then.kind !== "constant" || otherwise.kind !== "constant") return undefined;
  if (then.value === 1n && otherwise.value === 0n) return { kind: "convert", operand: condition, type, span };
  if (then.value !== 0n || otherwise.value !== 1n) return undefined;
  const operand: Expression = { kind: "unary", operator: "!", operand: condition, type: booleanType, span };
  return { kind: "convert", operand, type, span };
}

/** The type of `c ? left : right`; undefined when the two have none in common. */
function conditionalType(
  context: Context,
  left: Type,
  right: Type,
  expected: Type | undefined,
): Type | undefined {
  if (left.kind === "integer" && right.kind === "integer") {
    const type = meet(left, right);
    if (type !== untyped) return type;
    return expected?.kind === "integer" ? expected : context.checker.types.i32;
  }
  if (sameType(left, right)) return left.kind === "null" ? expected : left;
  if (left.kind === "null" || left.kind === "fixed") return right;
  if (right.kind === "null" || right.kind === "fixed") return left;
  return undefined;
}
