/**
 * Expressions: the dispatch over the kinds of node, and the assignments. `expected` is the type that the
 * surroundings want; only plain numbers and `?:` look at it, and nobody must obey it.
 */

import { never } from "../base/errors.ts";
import type { ArithmeticToken, ExpressionNode } from "./ast.ts";
import { checkCall } from "./check-calls.ts";
import {
  arithmetic,
  booleanConstant,
  checkBinary,
  checkConditional,
  checkLogical,
  checkUnary,
  operandHelp,
  shift,
} from "./check-operators.ts";
import { checkIndex, checkMember, checkName, checkPlace, checkThis } from "./check-places.ts";
import { resolveType } from "./check-types.ts";
import type { ArithmeticOperator, Expression, Place } from "./checked.ts";
import { type Context, errorAt, fail } from "./checker.ts";
import { cast, checkAs, checkValue, coerce, describe } from "./convert.ts";
import { stringConstant } from "./data.ts";
import type { Span } from "./source.ts";
import { errorType, nullType, untyped } from "./type-relations.ts";
import type { Type } from "./types.ts";

/** The checked form of `node`. What is wrong is reported, and the result then has errorType. */
export function checkExpression(context: Context, node: ExpressionNode, expected?: Type): Expression {
  const { span } = node;
  switch (node.kind) {
    case "integer":
      if (node.value >= 1n << 64n) return fail(context, span, "tooLarge");
      return { kind: "constant", value: node.value, type: untyped, span };
    case "boolean":
      return booleanConstant(node.value, span);
    case "null":
      return { kind: "constant", value: 0n, type: nullType, span };
    case "string":
      return stringConstant(context.checker, node.bytes, span);
    case "name":
      return checkName(context, node);
    case "this":
      return checkThis(context, span);
    case "unary":
      return checkUnary(context, node, expected);
    case "binary":
      return checkBinary(context, node, expected);
    case "logical":
      return checkLogical(context, node);
    case "conditional":
      return checkConditional(context, node, expected);
    case "assign":
      return checkAssignment(context, node);
    case "update":
      return checkUpdate(context, node);
    case "call":
      return checkCall(context, node, expected);
    case "member":
      return checkMember(context, node);
    case "index":
      return checkIndex(context, node);
    case "cast": {
      const type = resolveType(context, node.type, "cast");
      return cast(context, checkValue(context, node.operand, type), type, span);
    }
    case "error":
      return errorAt(span);
    default:
      return never(node);
  }
}

function checkAssignment(context: Context, node: ExpressionNode & { readonly kind: "assign" }): Expression {
  const { operator, span } = node;
  const place = checkPlace(context, node.place);
  if (!place) {
    checkValue(context, node.value);
    return errorAt(span);
  }
  if (operator === undefined) {
    const value = checkAs(context, node.value, place.type);
    return value.type === errorType ? value : { kind: "assign", place, value, type: place.type, span };
  }
  return compound(context, place, operator, node.value, span);
}

/** `place operator= value`: the operation with the place's value as its left side, in the place's type. */
function compound(
  context: Context,
  place: Place,
  operator: ArithmeticToken,
  node: ExpressionNode,
  span: Span,
): Expression {
  if (!isIntegerPlace(context, place, `${operator}=`)) return errorAt(span);
  const isShift = operator === "<<" || operator === ">>" || operator === ">>>";
  const given = checkValue(context, node, isShift ? undefined : place.type);
  // The operator's own rules are those of the plain operation; only its right side is kept.
  const operation = isShift
    ? shift(context, operator, place, given, undefined, span)
    : arithmetic(context, operator, place, coerce(context, given, place.type), span);
  if (operation.kind !== "arithmetic") return errorAt(span);
  return update(place, operation.operator, operation.right, false, span);
}

function checkUpdate(context: Context, node: ExpressionNode & { readonly kind: "update" }): Expression {
  const { operator, postfix, span } = node;
  const place = checkPlace(context, node.place);
  if (!place || !isIntegerPlace(context, place, `${operator}${operator}`)) return errorAt(span);
  return update(place, operator, { kind: "constant", value: 1n, type: place.type, span }, postfix, span);
}

function update(
  place: Place,
  operator: ArithmeticOperator,
  value: Expression,
  postfix: boolean,
  span: Span,
): Expression {
  return { kind: "update", place, operator, value, postfix, type: place.type, span };
}

function isIntegerPlace(context: Context, place: Place, operator: string): boolean {
  const { type } = place;
  if (type.kind === "integer") return true;
  const help =
    type.kind === "pointer" ? "write `p = p.add(n)`" : operandHelp(operator, type, context.checker.types.u32);
  fail(context, place.span, "integerOperand", { operator, found: describe(place), help });
  return false;
}
