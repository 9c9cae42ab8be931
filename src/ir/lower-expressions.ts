/**
 * Expressions to values, addresses and control flow.
 *
 * There are four questions that can be asked of an expression, and one function for each: its value
 * (`lowerValue`), only its effects (`lowerEffects`), where control goes when it is a condition (`lowerCondition`), and
 * the address that it is (`lowerAddress`). So a comparison in an `if` never becomes a 0 or 1 first, and `a.b[3].c` is one
 * load.
 *
 * Everything is evaluated from left to right, as in TypeScript.
 */

import { assert, Bug } from "../base/errors.ts";
import type { CheckedFunction, Expression, Local, Place } from "../lang/checked.ts";
import type { Span } from "../lang/source.ts";
import type { Block, Instruction, IrFunction, Type } from "./ir.ts";
import { lowerComparison, lowerComplement, lowerConversion, lowerNegation } from "./lower-arithmetic.ts";
import { lowerOperation } from "./lower-division.ts";
import { lowerIntrinsic } from "./lower-intrinsics.ts";
import {
  type Address,
  addIndex,
  addOffset,
  addressOfSymbol,
  addressOfValue,
  addressValue,
  distance,
  loadFrom,
  splitIndex,
  storeTo,
} from "./lower-places.ts";
import { irType, sizeOf } from "./representation.ts";
import type { SsaBuilder, Variable } from "./ssa.ts";

/** What lowering one function needs to know. */
export interface LoweringContext {
  readonly builder: SsaBuilder;
  /** A string has two variables in a row: address and length. */
  readonly variables: Map<Local, Variable>;
  readonly functions: ReadonlyMap<CheckedFunction, IrFunction>;
  readonly wordType: Type;
  /** The number of the system call `exit`. */
  readonly exit: number;
}

type Kind<K extends Expression["kind"]> = Extract<Expression, { readonly kind: K }>;

// Values

/** The expression's value; that of a string is its address. */
export function lowerValue(context: LoweringContext, expression: Expression): Instruction {
  const { builder } = context;
  const { span } = expression;
  switch (expression.kind) {
    case "local":
      return builder.read(variableOf(context, expression.local));
    case "global":
    case "field":
    case "element":
    case "far":
      return liesInPlace(expression)
        ? addressValue(builder, lowerAddress(context, expression), span)
        : loadFrom(builder, placeAddress(context, expression), expression.type, span);
    case "constant":
      return builder.constant(irType(expression.type), expression.value, span);
    case "data":
    case "storage":
      return addressValue(builder, lowerAddress(context, expression), span);
    case "unary":
      return lowerUnary(context, expression);
    case "arithmetic": {
      const left = lowerValue(context, expression.left);
      const right = lowerValue(context, expression.right);
      return lowerOperation(context, expression.operator, expression.type, left, right, span);
    }
    case "comparison":
      return lowerComparisonOf(context, expression, false);
    case "logical":
      return lowerLogical(context, expression);
    case "conditional":
      return lowerConditional(context, expression);
    case "assign":
      return lowerAssignment(context, expression);
    case "update":
      return lowerUpdate(context, expression);
    case "call":
      return lowerCall(context, expression);
    case "intrinsic":
      return lowerIntrinsicOf(context, expression);
    case "convert": {
      const value = lowerValue(context, expression.operand);
      return lowerConversion(builder, expression.operand.type, expression.type, value, span);
    }
  }
}

function lowerUnary(context: LoweringContext, expression: Kind<"unary">): Instruction {
  const { builder } = context;
  const { operand, operator, span } = expression;
  if (operator === "!") {
    if (operand.kind === "comparison") return lowerComparisonOf(context, operand, true);
    const value = lowerValue(context, operand);
    return builder.emit("eq", "i32", [value, builder.constant("i32", 0n, span)], span);
  }
  const value = lowerValue(context, operand);
  assert(expression.type.kind === "integer", "only integers have - and ~");
  return operator === "-"
    ? lowerNegation(builder, expression.type, value, span)
    : lowerComplement(builder, expression.type, value, span);
}

function lowerComparisonOf(
  context: LoweringContext,
  expression: Kind<"comparison">,
  negated: boolean,
): Instruction {
  const left = lowerValue(context, expression.left);
  const right = lowerValue(context, expression.right);
  const { operator, span } = expression;
  return lowerComparison(context.builder, operator, negated, expression.left.type, left, right, span);
}

/** As a value: the constant that decides early, or the right side. */
function lowerLogical(context: LoweringContext, expression: Kind<"logical">): Instruction {
  const { builder } = context;
  const { operator, left, right, span } = expression;
  const isAnd = operator === "&&";
  const early = builder.newBlock();
  const late = builder.newBlock();
  const join = builder.newBlock();
  if (isAnd) lowerCondition(context, left, late, early);
  else lowerCondition(context, left, early, late);
  builder.beginSealed(early);
  const decided = builder.constant("i32", isAnd ? 0n : 1n, span);
  const values = builder.leave(decided, join);
  builder.beginSealed(late);
  values.push(...builder.leave(lowerValue(context, right), join));
  builder.beginSealed(join);
  return builder.join("i32", values, span);
}

function lowerConditional(context: LoweringContext, expression: Kind<"conditional">): Instruction {
  const { builder } = context;
  const { span } = expression;
  const values: Instruction[] = [];
  lowerBothSides(context, expression, (side, join) => {
    values.push(...builder.leave(lowerValue(context, side), join));
  });
  return builder.join(irType(expression.type), values, span);
}

/** Calls `lowerSide` for either side, in a block that it leaves for the second argument; the cursor ends there. */
function lowerBothSides(
  context: LoweringContext,
  expression: Kind<"conditional">,
  lowerSide: (side: Expression, join: Block) => void,
): void {
  const { builder } = context;
  const then = builder.newBlock();
  const otherwise = builder.newBlock();
  const join = builder.newBlock();
  lowerCondition(context, expression.condition, then, otherwise);
  builder.beginSealed(then);
  lowerSide(expression.then, join);
  builder.beginSealed(otherwise);
  lowerSide(expression.else, join);
  builder.beginSealed(join);
}

/** Both values of a string: its address and its length. */
function lowerString(
  context: LoweringContext,
  expression: Expression,
): { address: Instruction; length: Instruction } {
  const { builder } = context;
  const { span } = expression;
  switch (expression.kind) {
    case "local": {
      const variable = variableOf(context, expression.local);
      return { address: builder.read(variable), length: builder.read(variable + 1) };
    }
    case "data":
      return {
        address: builder.address(expression.object.name, expression.offset, span),
        length: builder.constant("i32", BigInt(expression.length ?? 0), span),
      };
    case "convert":
      return lowerString(context, expression.operand);
    case "assign": {
      const value = lowerString(context, expression.value);
      assert(expression.place.kind === "local", "a string is only in locals");
      writeString(context, expression.place.local, value);
      return value;
    }
    case "conditional": {
      const addresses: Instruction[] = [];
      const lengths: Instruction[] = [];
      lowerBothSides(context, expression, (side, join) => {
        const { address, length } = lowerString(context, side);
        if (builder.isUnreachable()) return;
        builder.jump(join);
        addresses.push(address);
        lengths.push(length);
      });
      return { address: builder.join("i32", addresses, span), length: builder.join("i32", lengths, span) };
    }
    default:
      throw new Bug(`a string from ${expression.kind}`);
  }
}

function writeString(
  { builder, variables }: LoweringContext,
  local: Local,
  { address, length }: { address: Instruction; length: Instruction },
): void {
  const variable = variableOf({ builder, variables }, local);
  builder.write(variable, address);
  builder.write(variable + 1, length);
}

// Effects

/** An expression statement: a call or an assignment. */
export function lowerEffects(context: LoweringContext, expression: Expression): void {
  if (expression.type.kind === "string") lowerString(context, expression);
  else lowerValue(context, expression);
}

// Conditions

/** Ends the cursor's block: control goes to `then` or to `otherwise`, two different blocks. */
export function lowerCondition(
  context: LoweringContext,
  condition: Expression,
  then: Block,
  otherwise: Block,
): void {
  const { builder } = context;
  if (condition.kind === "constant") {
    builder.jump(condition.value !== 0n ? then : otherwise);
  } else if (condition.kind === "unary" && condition.operator === "!") {
    lowerCondition(context, condition.operand, otherwise, then);
  } else if (condition.kind === "logical") {
    const right = builder.newBlock();
    if (condition.operator === "&&") lowerCondition(context, condition.left, right, otherwise);
    else lowerCondition(context, condition.left, then, right);
    builder.beginSealed(right);
    lowerCondition(context, condition.right, then, otherwise);
  } else {
    builder.branch(lowerValue(context, condition), then, otherwise);
  }
}

// Assignments

/** `local = value` for a declaration or an assignment; without `value` it becomes zero. */
export function lowerLocal(
  context: LoweringContext,
  local: Local,
  value: Expression | undefined,
  span: Span,
): void {
  const { builder } = context;
  if (local.type.kind === "string" && value !== undefined) {
    writeString(context, local, lowerString(context, value));
    return;
  }
  const written =
    value === undefined ? builder.constant(irType(local.type), 0n, span) : lowerValue(context, value);
  const variable = variableOf(context, local);
  builder.write(variable, written);
  if (local.type.kind === "string") builder.write(variable + 1, written);
}

function lowerAssignment(context: LoweringContext, expression: Kind<"assign">): Instruction {
  const { builder } = context;
  const { place, value, span } = expression;
  if (place.kind === "local") {
    lowerLocal(context, place.local, value, span);
    return builder.read(variableOf(context, place.local));
  }
  const address = placeAddress(context, place);
  const stored = lowerValue(context, value);
  storeTo(builder, address, place.type, stored, span);
  return stored;
}

function lowerUpdate(context: LoweringContext, expression: Kind<"update">): Instruction {
  const { builder } = context;
  const { place, operator, span, postfix } = expression;
  const { type } = place;
  assert(type.kind === "integer", "only integers are updated");
  if (place.kind === "local") {
    const variable = variableOf(context, place.local);
    const before = builder.read(variable);
    const amount = lowerValue(context, expression.value);
    const after = lowerOperation(context, operator, type, before, amount, span);
    builder.write(variable, after);
    return postfix ? before : after;
  }
  const address = placeAddress(context, place);
  const before = loadFrom(builder, address, type, span);
  const amount = lowerValue(context, expression.value);
  const after = lowerOperation(context, operator, type, before, amount, span);
  storeTo(builder, address, type, after, span);
  return postfix ? before : after;
}

/** The first variable of `local`, made when it is first seen. */
export function variableOf(
  { builder, variables }: Pick<LoweringContext, "builder" | "variables">,
  local: Local,
): Variable {
  const known = variables.get(local);
  if (known !== undefined) return known;
  const variable = builder.newVariable(irType(local.type));
  if (local.type.kind === "string") builder.newVariable("i32");
  variables.set(local, variable);
  return variable;
}

// Addresses

/** A class or Fixed that is stored where it is named: its value is its address. */
function liesInPlace(place: Place): boolean {
  if (place.type.kind === "fixed") return place.kind !== "local";
  if (place.type.kind !== "class") return false;
  return place.kind === "element" || (place.kind === "field" && place.field.inline);
}

/** Where a place lies, for its load or store. */
function placeAddress(context: LoweringContext, place: Exclude<Place, { kind: "local" }>): Address {
  switch (place.kind) {
    case "global":
      return addressOfSymbol(place.global.name, 0);
    case "field":
      return addOffset(lowerAddress(context, place.object), place.field.offset);
    case "element":
      return elementAddress(context, place.base, place.index, sizeOf(place.type), place.span);
    case "far":
      return addressOfValue(lowerValue(context, place.address));
  }
}

/** The value of an expression that is an address, taken apart. */
function lowerAddress(context: LoweringContext, expression: Expression): Address {
  switch (expression.kind) {
    case "data":
      return addressOfSymbol(expression.object.name, expression.offset);
    case "storage":
      return addressOfSymbol(expression.global.name, 0);
    case "constant":
      return { base: undefined, symbol: "", offset: Number(BigInt.asIntN(32, expression.value)) };
    case "global":
    case "field":
    case "element":
      if (liesInPlace(expression)) return placeAddress(context, expression);
      break;
    case "convert": {
      const { type } = expression.operand;
      if (type.kind !== "integer" || type.bits === 32) return lowerAddress(context, expression.operand);
      break;
    }
    case "intrinsic": {
      const [first, second] = expression.args;
      if (first === undefined || second === undefined || expression.intrinsic !== "pointerAdd") break;
      assert(first.type.kind === "pointer" || first.type.kind === "fixed", "an address of elements");
      return elementAddress(context, first, second, sizeOf(first.type.element), expression.span);
    }
    default:
  }
  return addressOfValue(lowerValue(context, expression));
}

function elementAddress(
  context: LoweringContext,
  base: Expression,
  index: Expression,
  size: number,
  span: Span,
): Address {
  const address = lowerAddress(context, base);
  const { variable, elements } = splitIndex(index, size);
  const shifted = addOffset(address, elements * size);
  if (variable === undefined) return shifted;
  const value = lowerValue(context, variable);
  // With a constant split off, the variable part alone may lie outside of the object.
  const noWrap = elements === 0 && isNeverNegative(index);
  return addIndex(context.builder, shifted, value, size, noWrap, span);
}

function isNeverNegative(index: Expression): boolean {
  if (index.kind === "convert" && isNeverNegative(index.operand)) return true;
  return index.type.kind === "integer" && !index.type.signed;
}

// Calls

/** The result, or for a call without one an instruction that has no value. */
function lowerCall(context: LoweringContext, expression: Kind<"call">): Instruction {
  const { builder } = context;
  const { span } = expression;
  const callee = context.functions.get(expression.callee);
  assert(callee !== undefined, `${expression.callee.name} is not in the program`);
  const args: Instruction[] = [];
  for (const argument of expression.args) {
    if (argument.type.kind === "string") {
      const { address, length } = lowerString(context, argument);
      args.push(address, length);
    } else args.push(lowerValue(context, argument));
  }
  const call = builder.emit("call", callee.result, args, span);
  call.callee = callee;
  return callee.returns ? call : afterNever(context, expression);
}

function lowerIntrinsicOf(context: LoweringContext, expression: Kind<"intrinsic">): Instruction {
  const { builder } = context;
  const { intrinsic, args, span } = expression;
  const [first, second] = args;
  switch (intrinsic) {
    case "unreachable":
      return afterNever(context, expression);
    case "pointerAdd":
      return addressValue(builder, lowerAddress(context, expression), span);
    case "pointerDistance": {
      assert(first !== undefined && second !== undefined, "pointerDistance has two arguments");
      assert(first.type.kind === "pointer" || first.type.kind === "fixed", "an address of elements");
      const left = lowerValue(context, first);
      const right = lowerValue(context, second);
      return distance(builder, left, right, first.type.element, span);
    }
    case "stringLength":
    case "stringAddress": {
      assert(first !== undefined, `${intrinsic} has an argument`);
      const { address, length } = lowerString(context, first);
      return intrinsic === "stringLength" ? length : address;
    }
    default: {
      const values = args.map((argument) => lowerValue(context, argument));
      const types = args.map(({ type }) => type);
      return lowerIntrinsic(builder, intrinsic, values, types, context.wordType, span);
    }
  }
}

/** Control does not come back from `expression`: whatever uses its value is in a block that is dropped. */
function afterNever({ builder }: LoweringContext, expression: Expression): Instruction {
  builder.beginUnreachable();
  const { type, span } = expression;
  return builder.constant(type.kind === "void" ? "i32" : irType(type), 0n, span);
}
