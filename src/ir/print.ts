/**
 * The text form of the IR, for people and for tests.
 *
 *     function digits(%0: i32, %1: i32): i32
 *     0:
 *       %2 = add i32 %0, 4
 *       store8 %2 + 1, 48
 *       branch %1 -> 1, 2
 *     1: <- 0
 *       return %2
 *
 * Values are numbered as they are printed. A constant or an address is written where it is used and has no line
 * of its own; `"name" + 8` is an address. A block names its predecessors, and a phi has its operands in that order.
 */

import type { Block, Instruction, IrFunction, IrProgram } from "./ir.ts";

/** The whole program: functions, then globals and data with their sizes. */
export function printProgram(program: IrProgram): string {
  const parts = program.functions.map(printFunction);
  const storage = [
    ...program.globals.map(
      ({ name, size, alignment, bytes }) =>
        `global ${quote(name)} ${size} bytes, align ${alignment}${bytes === undefined ? "" : `: ${hex(bytes)}`}`,
    ),
    ...program.data.map(
      ({ name, kind, bytes, alignment }) =>
        `${kind} ${quote(name)} ${bytes.length} bytes, align ${alignment}`,
    ),
  ];
  if (storage.length > 0) parts.push(`${storage.join("\n")}\n`);
  return parts.join("\n");
}

/** One function; changes nothing in it. */
export function printFunction(fn: IrFunction): string {
  const names = nameValues(fn);
  const name = (value: Instruction): string => {
    if (value.op === "const") return `${value.value}`;
    if (value.op === "address") return `${quote(value.symbol)}${plus(value.offset)}`;
    return names.get(value) ?? describeStranger(value);
  };
  const parameters = fn.parameters.map((parameter) => `${name(parameter)}: ${parameter.type}`);
  const result = fn.returns ? fn.result : "never";
  const lines = [`function ${fn.name}(${parameters.join(", ")}): ${result}`];
  for (const block of fn.blocks) {
    const from = block.predecessors.map(({ id }) => id).join(", ");
    lines.push(from === "" ? `${block.id}:` : `${block.id}: <- ${from}`);
    for (const instruction of block.instructions) {
      if (instruction.op !== "parameter") lines.push(`  ${formatInstruction(instruction, name)}`);
    }
    lines.push(`  ${formatTerminator(block, name)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Parameters first, then every other value in the order of its line. */
function nameValues(fn: IrFunction): Map<Instruction, string> {
  const names = new Map<Instruction, string>();
  let next = 0;
  for (const parameter of fn.parameters) names.set(parameter, `%${next++}`);
  for (const block of fn.blocks) {
    for (const instruction of block.instructions) {
      if (instruction.type !== "void" && !names.has(instruction)) names.set(instruction, `%${next++}`);
    }
  }
  return names;
}

/** An operand that is in no block: a mistake, which the printer has to show rather than hide. */
function describeStranger({ op, type }: Instruction): string {
  return `<${op} ${type} outside>`;
}

function formatInstruction(instruction: Instruction, name: (value: Instruction) => string): string {
  const { op, type, args, offset, callee, noWrap } = instruction;
  const operands = args.map((value, index) => (index === 0 ? `${name(value)}${plus(offset)}` : name(value)));
  const target = callee === undefined ? "" : ` ${callee.name}`;
  const list = callee === undefined ? ` ${operands.join(", ")}` : `(${operands.join(", ")})`;
  const flag = noWrap ? " nowrap" : "";
  if (type === "void") return `${op}${target}${list}`;
  return `${name(instruction)} = ${op} ${type}${flag}${target}${list}`;
}

function formatTerminator({ terminator }: Block, name: (value: Instruction) => string): string {
  switch (terminator.kind) {
    case "jump":
      return `jump ${terminator.target.id}`;
    case "branch":
      return `branch ${name(terminator.condition)} -> ${terminator.then.id}, ${terminator.else.id}`;
    case "return":
      return terminator.value === undefined ? "return" : `return ${name(terminator.value)}`;
    case "unreachable":
      return "unreachable";
  }
}

function plus(offset: number): string {
  if (offset === 0) return "";
  return offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
}

function quote(name: string): string {
  return JSON.stringify(name);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
