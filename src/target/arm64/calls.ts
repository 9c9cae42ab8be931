/**
 * Calls of functions and of the system, and returns: which registers arguments and results travel in. Which those are, allocation
 * chooses for each function; the fixed ones serve functions that are called before they are allocated.
 *
 * The return address arrives in the link register. A call at the end becomes a jump, so that the callee returns to the caller's caller.
 */

import type { Instruction, IrFunction } from "../../ir/ir.ts";
import type { MachineFunction, MachineInstruction, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import type { CallingConvention, SelectContext } from "../target.ts";
import { instruction, move, symbol, widthOf } from "./instructions.ts";
import { link } from "./registers.ts";

export const fixedParameters: readonly Register[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
export const fixedResult: Register = 0;
const systemCallNumber: Register = 8;
const allRegisters: readonly Register[] = Array.from({ length: 31 }, (_, number) => number);

/** Functions that call themselves get their parameters where callers not yet selected will put them. */
export function withFixedConvention(fn: MachineFunction): MachineFunction {
  const arrivals = fn.parameters.map((parameter, index) =>
    move(64, parameter, fixedParameters[index] as Register),
  );
  fn.blocks[0]?.instructions.unshift(...arrivals);
  return { ...fn, parameters: fixedParameters.slice(0, fn.parameters.length) };
}

export function conventionOf(call: Instruction, context: SelectContext): CallingConvention {
  return (
    context.convention((call.callee as IrFunction).name) ?? {
      parameters: fixedParameters.slice(0, call.args.length),
      result: call.type === "void" ? undefined : fixedResult,
      clobbers: allRegisters,
    }
  );
}

export function selectCall(selection: Selection, value: Instruction, context: SelectContext): void {
  const convention = conventionOf(value, context);
  selection.moveAllTo(convention.parameters, value.args);
  selection.emit(callInstruction("bl", value, convention));
  if (value.type !== "void" && convention.result !== undefined && selection.usesOf(value) > 0) {
    selection.emit(move(widthOf(value.type), selection.register(value), convention.result));
  }
}

function callInstruction(
  op: "bl" | "tail",
  call: Instruction,
  convention: CallingConvention,
): MachineInstruction {
  const defines = new Set([...convention.clobbers, link]);
  if (convention.result !== undefined) defines.add(convention.result);
  const uses = op === "tail" ? [...convention.parameters, link] : convention.parameters;
  const name = symbol((call.callee as IrFunction).name, 0);
  return instruction(op, 64, [name], "u", { uses, defines: [...defines] });
}

/** The callee returns to this function's caller. */
export function selectTailCall(
  selection: Selection,
  call: Instruction,
  returnAddress: Register,
  context: SelectContext,
): boolean {
  const convention = conventionOf(call, context);
  if (selection.result !== undefined && selection.result !== convention.result) return false;
  selection.moveAllTo(convention.parameters, call.args);
  selection.emit(move(64, link, returnAddress));
  selection.emit(callInstruction("tail", call, convention));
  return true;
}

export function selectSystemCall(selection: Selection, value: Instruction): void {
  const [number, ...args] = value.args as [Instruction, ...Instruction[]];
  const registers = [...fixedParameters.slice(0, args.length), systemCallNumber];
  selection.moveAllTo(registers, [...args, number]);
  selection.emit(instruction("svc", 64, [], "", { uses: registers, defines: [fixedResult] }));
  if (selection.usesOf(value) > 0) selection.emit(move(64, selection.register(value), fixedResult));
}
