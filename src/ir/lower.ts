/**
 * The checked program as IR: one function for each, and `start`, where the kernel hands over.
 *
 * Lowering translates and does not improve: constants are made where they are used, expressions are computed
 * as often as they are written. It does not add what a pass would have to take out again: extensions that
 * change nothing, booleans that are only branched on, additions of known offsets.
 */

import { assert } from "../base/errors.ts";
import type { CheckedFunction, CheckedProgram, Global } from "../lang/checked.ts";
import { createFunction } from "./build.ts";
import type { Instruction, IrFunction, IrGlobal, IrProgram, Type } from "./ir.ts";
import { widen } from "./lower-arithmetic.ts";
import { variableOf } from "./lower-expressions.ts";
import { lowerStatements, type StatementContext } from "./lower-statements.ts";
import { irResult, irType } from "./representation.ts";
import { SsaBuilder } from "./ssa.ts";

/** What lowering needs to know of the machine. */
export interface LoweringTarget {
  readonly wordBits: 32 | 64;
  /** The number of the system call `exit`: nothing in a microlith has threads. */
  readonly exit: number;
}

/** The whole program; the first function is `start`, the second is `main`. */
export function lower(program: CheckedProgram, target: LoweringTarget): IrProgram {
  const wordType: Type = target.wordBits === 64 ? "i64" : "i32";
  const functions = new Map<CheckedFunction, IrFunction>();
  for (const source of program.functions) functions.set(source, declare(source));
  for (const [source, fn] of functions) lowerFunction(source, fn, functions, wordType, target.exit);
  return {
    functions: [lowerStart(program, functions, wordType, target.exit), ...functions.values()],
    globals: program.globals.map(lowerGlobal),
    data: program.data,
    wordType,
  };
}

/** The function without its body. */
function declare(source: CheckedFunction): IrFunction {
  const { name, result, returns, span } = source;
  return createFunction(name, parameterTypes(source), irResult(result), returns, span);
}

/** A string is two parameters: address and length. */
function parameterTypes({ parameters }: CheckedFunction): Type[] {
  return parameters.flatMap(({ type }): Type[] => (type.kind === "string" ? ["i32", "i32"] : [irType(type)]));
}

function lowerFunction(
  source: CheckedFunction,
  fn: IrFunction,
  functions: ReadonlyMap<CheckedFunction, IrFunction>,
  wordType: Type,
  exit: number,
): void {
  const builder = new SsaBuilder(fn);
  const jumps: StatementContext["jumps"] = new Map();
  const context: StatementContext = { builder, variables: new Map(), functions, wordType, exit, jumps };
  // Variables are numbered as they are seen: the first ones are the parameters, in order.
  for (const parameter of source.parameters) variableOf(context, parameter);
  fn.parameters.forEach((parameter, variable) => {
    builder.write(variable, parameter);
  });
  lowerStatements(context, source.body);
  if (fn.result === "void" && fn.returns && !builder.isUnreachable()) builder.return(undefined);
  builder.finish();
}

/** Calls `main`, with the initial stack pointer if it takes it, and exits with its result or 0. */
function lowerStart(
  { main }: CheckedProgram,
  functions: ReadonlyMap<CheckedFunction, IrFunction>,
  wordType: Type,
  exit: number,
): IrFunction {
  const callee = functions.get(main);
  assert(callee !== undefined && callee.parameters.length <= 1, "main takes at most the stack pointer");
  const fn = createFunction(startName(functions), parameterTypes(main), "void", false, main.span);
  const builder = new SsaBuilder(fn);
  const call = builder.emit("call", callee.result, [...fn.parameters], main.span);
  call.callee = callee;
  if (callee.returns) {
    const status = exitStatus(builder, main, call, wordType);
    const number = builder.constant(wordType, BigInt(exit), main.span);
    builder.emit("syscall", wordType, [number, status], main.span);
  }
  builder.finish();
  return fn;
}

function exitStatus(
  builder: SsaBuilder,
  main: CheckedFunction,
  call: Instruction,
  wordType: Type,
): Instruction {
  if (call.type === "void") return builder.constant(wordType, 0n, main.span);
  if (call.type === wordType) return call;
  if (wordType === "i32") return builder.emit("trunc", "i32", [call], main.span);
  return widen(builder, main.result, call, main.span);
}

/** `start` unless the program has a function of that name. */
function startName(functions: ReadonlyMap<CheckedFunction, IrFunction>): string {
  for (const { name } of functions.keys()) if (name === "start") return "start.";
  return "start";
}

function lowerGlobal({ name, size, alignment, initial }: Global): IrGlobal {
  if (initial === 0n) return { name, size, alignment, bytes: undefined };
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, initial);
  for (let at = 0; at < size; at++, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return { name, size, alignment, bytes };
}
