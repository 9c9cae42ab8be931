/**
 * Calls of functions and of the system, and returns: which registers arguments and results travel in. Which those are, allocation
 * chooses for each function; the fixed ones serve functions that are called before they are allocated.
 *
 * The return address arrives in the link register. A function that calls others keeps it on the stack, and with it what it changes
 * for its callers. In others a call at the end becomes a jump, so that the callee returns to the caller's caller.
 */

import type { Instruction, IrFunction } from "../../ir/ir.ts";
import type { MachineFunction, MachineInstruction, Operand, Register } from "../../machine/machine.ts";
import { type Selection, tailCallOf } from "../../machine/selection.ts";
import type { CallingConvention, SelectContext } from "../target.ts";
import { instruction, move, register, symbol } from "./instructions.ts";
import { allRegisters, link } from "./registers.ts";

export const fixedParameters: readonly Register[] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
export const fixedResult: Register = 0;
const fixedResultHigh: Register = 1;
const systemCallNumber: Register = 7;

/**
 * Whether the function puts the return address on the stack, and with it what it changes for its callers: one
 * instruction saves many registers, so this is worth it in every function that calls another, but not for a jump at the end.
 */
export function savesRegisters(fn: IrFunction, { recursive }: SelectContext): boolean {
  if (!fn.returns) return false;
  return fn.blocks.some((block) => {
    const last = recursive ? undefined : tailCallOf(block);
    return block.instructions.some((value) => value.op === "call" && value !== last);
  });
}

/** Functions that call themselves get their parameters, and return a second result, where callers not yet selected expect them. */
export function withFixedConvention(fn: MachineFunction): MachineFunction {
  const arrivals = fn.parameters.map((parameter, index) =>
    move(parameter, fixedParameters[index] as Register),
  );
  fn.blocks[0]?.instructions.unshift(...arrivals);
  const parameters = fixedParameters.slice(0, fn.parameters.length);
  const results = [fixedResult, ...(fn.resultHigh === undefined ? [] : [fixedResultHigh])];
  const preserved = allRegisters.filter((each) => each !== link && !results.includes(each));
  if (fn.resultHigh === undefined) return { ...fn, parameters, preserved };
  for (const { instructions } of fn.blocks) {
    const last = instructions.at(-1);
    if (last?.op !== "ret") continue;
    const [address, result] = last.operands as [Operand, Operand];
    const returned = instruction("ret", 32, [address, result, register(fixedResultHigh)], "uuu");
    instructions.splice(-1, 1, move(fixedResultHigh, fn.resultHigh), returned);
  }
  return { ...fn, parameters, resultHigh: fixedResultHigh, preserved };
}

export function returnWith(
  returnAddress: Register,
  result: Register | undefined,
  high: Register | undefined,
): MachineInstruction {
  const given = [returnAddress, result, high].filter((each) => each !== undefined);
  return instruction("ret", 32, given.map(register), "u".repeat(given.length));
}

export function conventionOf(call: Instruction, context: SelectContext): CallingConvention {
  return (
    context.convention((call.callee as IrFunction).name) ?? {
      parameters: fixedParameters.slice(0, call.args.length),
      result: call.type === "void" ? undefined : fixedResult,
      resultHigh: call.type === "i64" ? fixedResultHigh : undefined,
      // Functions in a circle of calls save all that they change.
      clobbers: [link],
    }
  );
}

export function selectCall(selection: Selection, value: Instruction, context: SelectContext): void {
  const convention = conventionOf(value, context);
  selection.moveAllTo(convention.parameters, value.args);
  selection.emit(callInstruction("bl", value, convention));
  const { result, resultHigh } = convention;
  if (result !== undefined && selection.wantsLow(value)) {
    selection.emit(move(selection.register(value), result));
  }
  if (resultHigh !== undefined && selection.wantsHigh(value)) {
    selection.emit(move(selection.highRegister(value), resultHigh));
  }
}

function callInstruction(
  op: "bl" | "tail",
  call: Instruction,
  convention: CallingConvention,
): MachineInstruction {
  const { result, resultHigh } = convention;
  const results = [result, resultHigh].filter((each) => each !== undefined);
  const uses = op === "tail" ? [...convention.parameters, link] : convention.parameters;
  const name = symbol((call.callee as IrFunction).name, 0);
  const defines = [...new Set([...convention.clobbers, link, ...results])];
  return instruction(op, 32, [name], "u", { uses, defines });
}

/** The callee returns to this function's caller. */
export function selectTailCall(
  selection: Selection,
  call: Instruction,
  returnAddress: Register,
  context: SelectContext,
): boolean {
  const convention = conventionOf(call, context);
  if (selection.resultHigh !== undefined) return false;
  if (selection.result !== undefined && selection.result !== convention.result) return false;
  selection.moveAllTo(convention.parameters, call.args);
  selection.emit(move(link, returnAddress));
  selection.emit(callInstruction("tail", call, convention));
  return true;
}

export function selectSystemCall(selection: Selection, value: Instruction): void {
  const [number, ...args] = value.args as [Instruction, ...Instruction[]];
  const registers = [...fixedParameters.slice(0, args.length), systemCallNumber];
  selection.moveAllTo(registers, [...args, number]);
  selection.emit(instruction("svc", 32, [], "", { uses: registers, defines: [fixedResult] }));
  if (selection.usesOf(value) > 0) selection.emit(move(selection.register(value), fixedResult));
}
