/**
 * Division by what is not known before the program runs, the same on every machine. Machines differ: some trap on a zero divisor, some
 * give a number; some trap when the least number is divided by -1, whose quotient does not fit. So a program that divides
 * by zero ends, with the status that a shell gives for SIGFPE, and the least number by -1 is itself, as arithmetic wraps.
 */

import type { ArithmeticOperator } from "../lang/checked.ts";
import type { Span } from "../lang/source.ts";
import type { IntegerType } from "../lang/types.ts";
import type { Instruction, Type } from "./ir.ts";
import { lowerArithmetic, lowerNegation } from "./lower-arithmetic.ts";
import { irType } from "./representation.ts";
import type { SsaBuilder } from "./ssa.ts";

export interface DivisionContext {
  readonly builder: SsaBuilder;
  readonly wordType: Type;
  /** The number of the system call `exit`. */
  readonly exit: number;
}

/** 128 and the number of SIGFPE. */
const divisionByZero = 136n;

/** `left operator right` of `type`, whatever the operator. */
export function lowerOperation(
  context: DivisionContext,
  operator: ArithmeticOperator,
  type: IntegerType,
  left: Instruction,
  right: Instruction,
  span: Span,
): Instruction {
  if (operator === "/" || operator === "%") return lowerDivision(context, operator, type, left, right, span);
  return lowerArithmetic(context.builder, operator, type, left, right, span);
}

function lowerDivision(
  context: DivisionContext,
  operator: "/" | "%",
  type: IntegerType,
  left: Instruction,
  right: Instruction,
  span: Span,
): Instruction {
  const { builder } = context;
  const width = irType(type);
  const divide = (): Instruction => lowerArithmetic(builder, operator, type, left, right, span);
  if (right.op === "const") return right.value === -1n && type.signed ? byMinusOne() : divide();
  endIfZero(context, right, span);
  // Narrow numbers are divided as wider ones, and their quotients always fit.
  if (!type.signed || type.bits < 32) return divide();
  const isMinusOne = builder.emit("eq", "i32", [right, builder.constant(width, -1n, span)], span);
  const [negated, divided, join] = [builder.newBlock(), builder.newBlock(), builder.newBlock()];
  builder.branch(isMinusOne, negated, divided);
  builder.beginSealed(negated);
  const values = builder.leave(byMinusOne(), join);
  builder.beginSealed(divided);
  values.push(...builder.leave(divide(), join));
  builder.beginSealed(join);
  return builder.join(width, values, span);

  function byMinusOne(): Instruction {
    return operator === "/" ? lowerNegation(builder, type, left, span) : builder.constant(width, 0n, span);
  }
}

function endIfZero({ builder, wordType, exit }: DivisionContext, value: Instruction, span: Span): void {
  const isZero = builder.emit(
    "eq",
    "i32",
    [value, builder.constant(value.type === "i64" ? "i64" : "i32", 0n, span)],
    span,
  );
  const [end, rest] = [builder.newBlock(), builder.newBlock()];
  builder.branch(isZero, end, rest);
  builder.beginSealed(end);
  const operands = [BigInt(exit), divisionByZero].map((each) => builder.constant(wordType, each, span));
  builder.emit("syscall", wordType, operands, span);
  builder.beginSealed(rest);
}
