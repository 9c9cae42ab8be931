/**
 * Calls of functions and of the system, and returns: which registers arguments and results travel in. Which those are, allocation
 * chooses for each function; the fixed ones serve functions that are called before they are allocated.
 *
 * The return address is the last parameter of every function that returns. A call at the end becomes a jump, so that the callee
 * returns to the caller's caller.
 */

import type { Instruction, IrFunction } from "../../ir/ir.ts";
import type { MachineFunction, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import type { CallingConvention, SelectContext } from "../target.ts";
import { instruction, move, register, symbol } from "./instructions.ts";
import { ra } from "./registers.ts";

export const fixedParameters: readonly Register[] = [
  10, 11, 12, 13, 14, 15, 16, 17, 5, 6, 7, 28, 29, 30, 31, 18,
];
export const fixedResult: Register = 10;
const systemCallNumber: Register = 17;
const allRegisters: readonly Register[] = Array.from({ length: 32 }, (_, number) => number).filter(
  (number) => number !== 0 && number !== 2,
);

/** Functions that call themselves get their parameters where callers not yet selected will put them. */
export function withFixedConvention(fn: MachineFunction, count: number): MachineFunction {
  const registers = [...fixedParameters.slice(0, count), ra].slice(0, fn.parameters.length);
  const arrivals = fn.parameters.map((parameter, index) => move(parameter, registers[index] as Register));
  fn.blocks[0]?.instructions.unshift(...arrivals);
  return { ...fn, parameters: registers };
}

/** A callee that returns has one parameter more: the return address, last. */
export function conventionOf(call: Instruction, context: SelectContext): CallingConvention {
  return (
    context.convention((call.callee as IrFunction).name) ?? {
      parameters: [...fixedParameters.slice(0, call.args.length), ra],
      result: call.type === "void" ? undefined : fixedResult,
      clobbers: allRegisters,
    }
  );
}

export function selectCall(selection: Selection, value: Instruction, context: SelectContext): void {
  const convention = conventionOf(value, context);
  const parameters = convention.parameters.slice(0, value.args.length);
  const link = convention.parameters[value.args.length];
  const callee = symbol((value.callee as IrFunction).name, 0);
  selection.moveAllTo(parameters, value.args);
  const defines = new Set(convention.clobbers);
  if (convention.result !== undefined) defines.add(convention.result);
  const extra = { uses: parameters, defines: [...defines] };
  if (link === undefined) selection.emit(instruction("j", 64, [callee], "u", extra));
  else selection.emit(instruction("jal", 64, [register(link), callee], "du", extra));
  if (value.type !== "void" && convention.result !== undefined && selection.usesOf(value) > 0) {
    selection.emit(move(selection.register(value), convention.result));
  }
}

/** The callee returns to this function's caller. */
export function selectTailCall(
  selection: Selection,
  call: Instruction,
  returnAddress: Register,
  context: SelectContext,
): boolean {
  const convention = conventionOf(call, context);
  const link = convention.parameters[call.args.length];
  if (selection.result !== undefined && selection.result !== convention.result) return false;
  // The address moves among the arguments: all are read before any is written.
  selection.moveAllTo(convention.parameters, call.args);
  if (link !== undefined) selection.emit(move(link, returnAddress));
  const callee = symbol((call.callee as IrFunction).name, 0);
  const extra = { uses: convention.parameters, defines: convention.clobbers };
  selection.emit(instruction("tail", 64, [callee], "u", extra));
  return true;
}

export function selectSystemCall(selection: Selection, value: Instruction): void {
  const [number, ...args] = value.args as [Instruction, ...Instruction[]];
  const registers = [...fixedParameters.slice(0, args.length), systemCallNumber];
  selection.moveAllTo(registers, [...args, number]);
  selection.emit(instruction("ecall", 64, [], "", { uses: registers, defines: [fixedResult] }));
  if (selection.usesOf(value) > 0) selection.emit(move(selection.register(value), fixedResult));
}
