/**
 * Checks that a function is well formed. It runs between passes in tests, so that a pass that breaks something is
 * caught where it did, with the function's text.
 *
 * Checked: every operand is defined in this function and its definition dominates its use; operand and result
 * types are those of the operation; predecessors and phis agree with the terminators; calls fit their callee.
 */

import { Bug } from "../base/errors.ts";
import { type DominatorTree, dominates, dominatorTree } from "./dominators.ts";
import type { Block, Instruction, IrFunction, IrProgram, Op, Type } from "./ir.ts";
import { isFloating, normalize } from "./ir.ts";
import { forEachSuccessor } from "./order.ts";
import { printFunction } from "./print.ts";

/** Throws a Bug, with the text of the function at fault. */
export function validateProgram(program: IrProgram): void {
  const functions = new Set(program.functions);
  const symbols = new Set<string>();
  for (const { name } of [...program.functions, ...program.globals, ...program.data]) {
    if (symbols.has(name)) throw new Bug(`two symbols are named ${name}`);
    symbols.add(name);
  }
  for (const fn of program.functions) {
    validateFunction(fn, program.wordType);
    for (const { instructions } of fn.blocks) {
      for (const instruction of instructions) {
        const { op, callee, args } = instruction;
        if (op === "call" && (callee === undefined || !functions.has(callee))) {
          fail(fn, instruction, `it calls ${callee?.name}, which is not in the program`);
        }
        for (const { op: kind, symbol } of args) {
          if (kind === "address" && !symbols.has(symbol))
            fail(fn, instruction, `there is no symbol ${symbol}`);
        }
      }
    }
  }
}

/** The same for one function, whatever the rest of the program is. */
export function validateFunction(fn: IrFunction, wordType: Type): void {
  const places = placeInstructions(fn);
  validateEdges(fn);
  const tree = dominatorTree(fn);
  for (const block of fn.blocks) {
    if (!tree.isReachable(block)) continue;
    let phisOver = false;
    block.instructions.forEach((instruction, index) => {
      if (isFloating(instruction)) fail(fn, instruction, "constants and addresses belong to no block");
      if (instruction.op !== "phi") phisOver = true;
      else if (phisOver) fail(fn, instruction, "a phi follows another instruction");
      validateInstruction(fn, instruction, block, wordType);
      validateUses(fn, instruction, { block, index }, places, tree);
    });
    validateTerminator(fn, block, places, tree);
  }
}

interface Place {
  readonly block: Block;
  readonly index: number;
}

function placeInstructions(fn: IrFunction): Map<Instruction, Place> {
  const places = new Map<Instruction, Place>();
  const ids = new Set<number>();
  const [entry] = fn.blocks;
  for (const block of fn.blocks) {
    if (ids.has(block.id)) fail(fn, undefined, `two blocks have the number ${block.id}`);
    ids.add(block.id);
    block.instructions.forEach((instruction, index) => {
      if (places.has(instruction)) fail(fn, instruction, "it is in two places");
      places.set(instruction, { block, index });
      const isOwn = fn.parameters[instruction.index] === instruction && block === entry;
      if (instruction.op === "parameter" && !isOwn)
        fail(fn, instruction, "a parameter belongs into the entry");
    });
  }
  for (const parameter of fn.parameters) {
    if (!places.has(parameter)) fail(fn, parameter, "a parameter is in no block");
  }
  return places;
}

function validateEdges(fn: IrFunction): void {
  const edges = new Map<Block, Block[]>(fn.blocks.map((block) => [block, []]));
  for (const block of fn.blocks) {
    if (block.terminator.kind === "branch" && block.terminator.then === block.terminator.else) {
      fail(fn, undefined, `the branch of block ${block.id} has one block on both sides`);
    }
    forEachSuccessor(block, (successor) => {
      const into = edges.get(successor);
      if (into === undefined)
        fail(fn, undefined, `block ${block.id} goes to a block outside of the function`);
      else into.push(block);
    });
  }
  for (const [block, into] of edges) {
    const listed = block.predecessors;
    if (listed.length !== into.length || !into.every((predecessor) => listed.includes(predecessor))) {
      fail(fn, undefined, `block ${block.id} has other predecessors: ${into.map(({ id }) => id).join(", ")}`);
    }
  }
  if (fn.blocks[0]?.predecessors.length !== 0) fail(fn, undefined, "the entry must have no predecessors");
}

function validateUses(
  fn: IrFunction,
  instruction: Instruction,
  place: Place,
  places: ReadonlyMap<Instruction, Place>,
  tree: DominatorTree,
): void {
  instruction.args.forEach((value, index) => {
    const from = instruction.op === "phi" ? place.block.predecessors[index] : undefined;
    if (from !== undefined && !tree.isReachable(from)) return;
    const use = from === undefined ? place : { block: from, index: Number.POSITIVE_INFINITY };
    validateUse(fn, instruction, value, use, places, tree);
  });
}

function validateUse(
  fn: IrFunction,
  user: Instruction | undefined,
  value: Instruction,
  use: Place,
  places: ReadonlyMap<Instruction, Place>,
  tree: DominatorTree,
): void {
  if (isFloating(value)) {
    validateFloating(fn, value);
    return;
  }
  const definition = places.get(value);
  if (definition === undefined) fail(fn, user, `its operand ${value.op} is in no block`);
  const isBefore =
    definition.block === use.block
      ? definition.index < use.index
      : dominates(tree, definition.block, use.block);
  if (!isBefore)
    fail(fn, user, `its operand ${value.op} of block ${definition.block.id} does not dominate it`);
}

function validateTerminator(
  fn: IrFunction,
  block: Block,
  places: ReadonlyMap<Instruction, Place>,
  tree: DominatorTree,
): void {
  const { terminator } = block;
  const end = { block, index: Number.POSITIVE_INFINITY };
  if (terminator.kind === "branch") {
    if (terminator.condition.type !== "i32") fail(fn, undefined, `block ${block.id} branches on no i32`);
    validateUse(fn, undefined, terminator.condition, end, places, tree);
  } else if (terminator.kind === "return") {
    if (!fn.returns) fail(fn, undefined, `block ${block.id} returns from a function that never does`);
    if ((terminator.value?.type ?? "void") !== fn.result) {
      fail(fn, undefined, `block ${block.id} returns ${terminator.value?.type}, not ${fn.result}`);
    }
    if (terminator.value !== undefined) validateUse(fn, undefined, terminator.value, end, places, tree);
  }
}

// Types. `=`: the type of the result; `~`: any, but the same for all; `w`: a machine word; `a`: an address, i32 or word.

type Signature = readonly [result: "=" | "i32" | "i64" | "w" | "void", operands: string];

const signatures: Readonly<
  Record<Exclude<Op, "phi" | "call" | "syscall" | "parameter" | "const" | "address">, Signature>
> = {
  ...rows(["add", "sub", "mul", "udiv", "sdiv", "urem", "srem", "and", "or", "xor"], ["=", "= ="]),
  ...rows(["shl", "lshr", "ashr", "rotl"], ["=", "= i32"]),
  ...rows(["eq", "ne", "ult", "ule", "slt", "sle"], ["i32", "~ ~"]),
  ...rows(["zext8", "zext16", "sext8", "sext16"], ["i32", "i32"]),
  ...rows(["zext32", "sext32"], ["i64", "i32"]),
  ...rows(["ctz", "clz", "bswap"], ["=", "="]),
  ...rows(["load8u", "load8s", "load16u", "load16s", "load32"], ["i32", "a"]),
  ...rows(["store8", "store16", "store32"], ["void", "a i32"]),
  ...rows(["trunc", "high"], ["i32", "i64"]),
  ...rows(["pair", "mulpair"], ["i64", "i32 i32"]),
  ...rows(["addpair", "subpair"], ["i64", "i32 i32 i32 i32"]),
  ...rows(["ultpair", "sltpair"], ["i32", "i32 i32 i32 i32"]),
  divpair: ["i64", "i32 i32 i32"],
  load64: ["i64", "a"],
  store64: ["void", "a i64"],
  copy: ["void", "i32 i32 i32"],
  fill: ["void", "i32 i32 i32"],
  equal: ["i32", "i32 i32 i32"],
};

function rows<K extends Op>(ops: readonly K[], signature: Signature): Record<K, Signature> {
  return Object.fromEntries(ops.map((op) => [op, signature])) as Record<K, Signature>;
}

function validateInstruction(fn: IrFunction, instruction: Instruction, block: Block, wordType: Type): void {
  const { op, type, args, callee } = instruction;
  switch (op) {
    case "parameter":
    case "const":
    case "address":
      return;
    case "phi":
      if (args.length !== block.predecessors.length)
        fail(fn, instruction, "a phi has an operand per predecessor");
      if (args.some((value) => value.type !== type)) fail(fn, instruction, "its operands have other types");
      return;
    case "call": {
      const parameters = callee?.parameters.map((parameter) => parameter.type).join(" ");
      const given = args.map((value) => value.type).join(" ");
      if (parameters !== given) fail(fn, instruction, `the callee takes (${parameters}), not (${given})`);
      if (callee?.result !== type) fail(fn, instruction, `the callee's result is ${callee?.result}`);
      return;
    }
    case "syscall":
      if (
        type !== wordType ||
        args.some((value) => value.type !== wordType) ||
        args.length < 1 ||
        args.length > 7
      ) {
        fail(fn, instruction, "a system call takes a number and up to six arguments, machine words");
      }
      return;
    default:
      validateSignature(fn, instruction, signatures[op], wordType);
  }
}

function validateFloating(fn: IrFunction, value: Instruction): void {
  if (value.op === "address") {
    if (value.type !== "i32") fail(fn, value, "an address is an i32");
  } else if (value.value !== normalize(value.type === "i64" ? "i64" : "i32", value.value)) {
    fail(fn, value, "a constant is not normalised");
  }
}

function validateSignature(
  fn: IrFunction,
  instruction: Instruction,
  [result, operands]: Signature,
  wordType: Type,
): void {
  const { type, args } = instruction;
  const wanted = operands === "" ? [] : operands.split(" ");
  const fits = (pattern: string, actual: string): boolean => {
    if (pattern === "=") return actual === type;
    if (pattern === "~") return actual === args[0]?.type;
    if (pattern === "w") return actual === wordType;
    if (pattern === "a") return actual === "i32" || actual === wordType;
    return actual === pattern;
  };
  const resultFits = result === "=" ? type !== "void" : fits(result, type);
  if (!resultFits) fail(fn, instruction, `its type is ${type}`);
  if (args.length !== wanted.length) fail(fn, instruction, `it has ${args.length} operands`);
  args.forEach((value, index) => {
    if (!fits(wanted[index] ?? "", value.type)) fail(fn, instruction, `operand ${index} is ${value.type}`);
  });
}

function fail(fn: IrFunction, instruction: Instruction | undefined, message: string): never {
  const what = instruction === undefined ? "" : ` ${instruction.op} ${instruction.type}:`;
  throw new Bug(`invalid IR in ${fn.name}:${what} ${message}\n\n${printFunction(fn)}`);
}
