/**
 * Functions with more parameters than a machine has registers for: the rest goes through storage that all of them
 * share. Callers write it right before the call and the callee reads it first of all, so nobody else comes between,
 * not even in recursion.
 */

import { createAddress, createInstruction } from "./build.ts";
import type { Instruction, IrFunction, IrProgram } from "./ir.ts";

const storageName = "more parameters";
/** Of a place for one parameter, in bytes. */
const placeBytes = 8;

/** The program in which no function takes more parameters than `most` allows it; itself when that is so already. */
export function limitParameters(program: IrProgram, most: (fn: IrFunction) => number): IrProgram {
  const limited = new Map<IrFunction, IrFunction>();
  let places = 0;
  for (const fn of program.functions) {
    const count = fn.parameters.length - most(fn);
    if (count <= 0) continue;
    limited.set(fn, { ...fn, parameters: fn.parameters.slice(0, -count) });
    readRest(fn, count);
    places = Math.max(places, count);
  }
  if (places === 0) return program;
  for (const fn of program.functions)
    for (const block of fn.blocks) block.instructions = block.instructions.flatMap(passRest);
  return {
    ...program,
    functions: program.functions.map((fn) => limited.get(fn) ?? fn),
    globals: [
      ...program.globals,
      { name: storageName, size: places * placeBytes, alignment: placeBytes, bytes: undefined },
    ],
  };

  /** The stores before a call, and the call. */
  function passRest(call: Instruction): Instruction[] {
    const callee = call.callee && limited.get(call.callee);
    if (!callee) return [call];
    const rest = call.args.slice(callee.parameters.length);
    call.callee = callee;
    call.args = call.args.slice(0, callee.parameters.length);
    const stores = rest.map((value, index) => {
      const op = value.type === "i64" ? "store64" : "store32";
      return createInstruction(op, "void", [placeOf(index), value], call.span);
    });
    return [...stores, call];
  }
}

/** The last `count` parameters become loads at the entry. */
function readRest(fn: IrFunction, count: number): void {
  const rest = fn.parameters.slice(-count);
  for (const [index, parameter] of rest.entries()) {
    parameter.op = parameter.type === "i64" ? "load64" : "load32";
    parameter.args = [placeOf(index)];
  }
}

function placeOf(index: number): Instruction {
  return createAddress(storageName, index * placeBytes, undefined);
}
