/**
 * Calls of functions and of the system, and returns: which registers arguments and results travel in. Which those are, allocation
 * chooses for each function; the fixed ones serve functions that are called before they are allocated.
 */

import type { Instruction, IrFunction } from "../../ir/ir.ts";
import type { MachineFunction, MachineInstruction, Register } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import type { CallingConvention } from "../target.ts";
import { instruction, move, rax, rbp, rdx, register, symbol, widthOf } from "./instructions.ts";
import type { Mode, ModeContext } from "./mode.ts";
import { asImmediate } from "./sources.ts";

/** Functions that call themselves get their parameters where callers not yet selected will put them. */
export function withFixedConvention(fn: MachineFunction, { fixedParameters, word }: Mode): MachineFunction {
  const arrivals = fn.parameters.map((parameter, index) =>
    move(word, parameter, fixedParameters[index] as Register),
  );
  fn.blocks[0]?.instructions.unshift(...arrivals);
  const result = fn.result === undefined ? undefined : rax;
  const resultHigh = fn.resultHigh === undefined ? undefined : rdx;
  for (const block of fn.blocks) {
    const last = block.instructions.at(-1);
    if (last?.op !== "ret" || fn.result === undefined) continue;
    const moves = [move(word, rax, fn.result)];
    if (fn.resultHigh !== undefined) moves.push(move(word, rdx, fn.resultHigh));
    block.instructions.splice(-1, 1, ...moves, returnWith([result, resultHigh], word));
  }
  return { ...fn, parameters: fixedParameters.slice(0, fn.parameters.length), result, resultHigh };
}

export function returnWith(results: readonly (Register | undefined)[], word: 32 | 64): MachineInstruction {
  const given = results.filter((result) => result !== undefined);
  return instruction("ret", word, given.map(register), "u".repeat(given.length));
}

function conventionOf(call: Instruction, context: ModeContext): CallingConvention {
  const { fixedParameters, registers, word } = context.mode;
  return (
    context.convention((call.callee as IrFunction).name) ?? {
      parameters: fixedParameters.slice(0, call.args.length),
      result: call.type === "void" ? undefined : rax,
      resultHigh: call.type === "i64" && word === 32 ? rdx : undefined,
      clobbers: registers.filter((each) => !context.hasStorage || each !== rbp),
    }
  );
}

export function selectCall(selection: Selection, value: Instruction, context: ModeContext): void {
  const { word } = context.mode;
  const convention = conventionOf(value, context);
  selection.moveAllTo(convention.parameters, value.args);
  const { result, resultHigh } = convention;
  const results = [result, resultHigh].filter((each) => each !== undefined);
  selection.emit(
    instruction("call", word, [symbol((value.callee as IrFunction).name, 0)], "u", {
      uses: convention.parameters,
      defines: [...new Set([...convention.clobbers, ...results])],
    }),
  );
  if (result !== undefined && selection.wantsLow(value)) {
    selection.emit(move(word === 32 ? 32 : widthOf(value.type), selection.register(value), result));
  }
  if (resultHigh !== undefined && selection.wantsHigh(value)) {
    selection.emit(move(32, selection.highRegister(value), resultHigh));
  }
}

/** On 386 the sixth argument goes where the storage's address is: the instruction changes places for the time of the call. */
export function selectSystemCall(selection: Selection, value: Instruction, context: ModeContext): void {
  const { mode, hasStorage } = context;
  const [number, ...args] = value.args as [Instruction, ...Instruction[]];
  const { op, parameters, clobbers } = mode.systemCall;
  const sixth = mode.word === 32 && hasStorage ? args[5] : undefined;
  const direct = sixth ? args.slice(0, 5) : args;
  const registers = [...parameters.slice(0, direct.length), rax];
  const operand = sixth && (asImmediate(sixth, context) ?? register(selection.register(sixth)));
  selection.moveAllTo(registers, [...direct, number]);
  const given = operand
    ? instruction("int-0x80-six", 32, [operand], "u")
    : instruction(op, mode.word, [], "");
  selection.emit({ ...given, uses: registers, defines: clobbers });
  if (selection.usesOf(value) > 0) selection.emit(move(mode.word, selection.register(value), rax));
}
