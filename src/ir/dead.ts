/**
 * Dead code: instructions whose values nobody uses, and functions, storage and data that nothing reachable names.
 */

import type { DataObject } from "../base/data-object.ts";
import type { Instruction, IrFunction, IrProgram, Op } from "./ir.ts";

const effects: ReadonlySet<Op> = new Set<Op>([
  "store8",
  "store16",
  "store32",
  "store64",
  "call",
  "syscall",
  "copy",
  "fill",
  "parameter",
]);

/** Drops instructions without effect or use. Leaves `mark` 1 on those that stay. */
export function dropDeadInstructions(fn: IrFunction): void {
  const work: Instruction[] = [];
  const keep = (value: Instruction): void => {
    if (value.mark === 1) return;
    value.mark = 1;
    work.push(value);
  };
  for (const { instructions } of fn.blocks) {
    for (let i = 0; i < instructions.length; i++) (instructions[i] as Instruction).mark = 0;
  }
  for (const { instructions, terminator } of fn.blocks) {
    for (let i = 0; i < instructions.length; i++) {
      const value = instructions[i] as Instruction;
      if (effects.has(value.op)) keep(value);
    }
    if (terminator.kind === "branch") keep(terminator.condition);
    if (terminator.kind === "return" && terminator.value) keep(terminator.value);
  }
  for (let value = work.pop(); value; value = work.pop()) {
    const { args } = value;
    for (let i = 0; i < args.length; i++) keep(args[i] as Instruction);
  }
  for (const block of fn.blocks) {
    block.instructions = block.instructions.filter((value) => value.mark === 1);
  }
}

/** The program with only what its first function reaches. */
export function dropUnreachable(program: IrProgram): IrProgram {
  const [entry] = program.functions;
  if (!entry) return program;
  const functions = new Set<IrFunction>([entry]);
  const symbols = new Set<string>();
  const data = new Map<string, DataObject>(program.data.map((object) => [object.name, object]));
  const name = (symbol: string): void => {
    if (symbols.has(symbol)) return;
    symbols.add(symbol);
    for (const { target } of data.get(symbol)?.relocations ?? []) name(target);
  };
  for (const fn of functions) {
    for (const { instructions, terminator } of fn.blocks) {
      if (terminator.kind === "return" && terminator.value?.op === "address") name(terminator.value.symbol);
      for (const value of instructions) {
        if (value.op === "call" && value.callee) functions.add(value.callee);
        for (const arg of value.args) if (arg.op === "address") name(arg.symbol);
      }
    }
  }
  return {
    ...program,
    functions: program.functions.filter((fn) => functions.has(fn)),
    globals: program.globals.filter((global) => symbols.has(global.name)),
    data: program.data.filter((object) => symbols.has(object.name)),
  };
}

/** How often instructions name each symbol. */
export function countSymbols(functions: readonly IrFunction[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { blocks } of functions) {
    for (const { instructions } of blocks) {
      for (const { args } of instructions) {
        for (const { op, symbol } of args)
          if (op === "address") counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
      }
    }
  }
  return counts;
}
