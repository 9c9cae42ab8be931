/**
 * arm selection: IR to machine instructions.
 *
 * What is odd about this machine, seen from here: operations have three operands and the last may be shifted for free; any
 * instruction can depend on a condition, so a truth value is two moves of which one is done; constants that do not fit are split
 * over two instructions where that is all they need. Sums of 32 bits wrap as addresses do, so all fold. 64-bit values
 * come in halves, whose sums and products have instructions. The return address arrives in a register and is a value like any
 * other: where it stays, allocation decides. Operations on bytes in memory (`copy`, `fill`, `equal`) and divisions
 * were expanded before.
 */

import { Bug, never } from "../../base/errors.ts";
import { upperBound } from "../../ir/evaluate.ts";
import type { Instruction, IrFunction, LoadOp, StoreOp } from "../../ir/ir.ts";
import type { MachineFunction, MachineInstruction, Operand, Register } from "../../machine/machine.ts";
import { Selection, type SelectionRules, tailCallOf } from "../../machine/selection.ts";
import type { CallingConvention, SelectContext } from "../target.ts";
import { addressOperand, emitSum, emitSymbolAddress, type Reach } from "./address.ts";
import { selectBranch, selectCompare } from "./compare.ts";
import { isConstant, splitConstant } from "./constants.ts";
import {
  define,
  immediate,
  instruction,
  modified,
  move,
  register,
  set,
  setIf,
  store,
  symbol,
} from "./instructions.ts";
import { flexible, isModifiable, modifiedOrRegister } from "./modifiers.ts";
import { allRegisters, link, pc } from "./registers.ts";

export const fixedParameters: readonly Register[] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
export const fixedResult: Register = 0;
const fixedResultHigh: Register = 1;
const systemCallNumber: Register = 7;
export function select(fn: IrFunction, context: SelectContext): MachineFunction {
  const keepsAddress = savesRegisters(fn, context);
  let returnAddress: Register = pc;
  const rules: SelectionRules = {
    instruction: (selection, value) => selectInstruction(selection, value, context),
    branch: (selection, condition, then) => selectBranch(selection, condition, then),
    move: (to, from) => move(to, from),
    materialize: (selection, to, value) => materialize(selection, to, value, context),
    return: (result, high) => returnWith(returnAddress, result, high),
    tailCall: (selection, call) => !keepsAddress && selectTailCall(selection, call, returnAddress, context),
    // The lower half of a pair has its own register.
    isFree: (_, value) => value.op === "trunc",
  };
  const fixed = context.recursive ? fixedResult : keepsAddress ? undefined : tailResult(fn, context);
  const selection = new Selection(fn, rules, fixed, true);
  if (!keepsAddress) returnAddress = selection.fresh();
  const selected = selection.run();
  // Also where it is not used: a call writes it, so no parameter may arrive there.
  const arrival = instruction("arrival", 32, [], "", { uses: [link] });
  selected.blocks[0]?.instructions.unshift(keepsAddress ? arrival : move(returnAddress, link));
  return context.recursive ? withFixedConvention(selected) : selected;
}

/**
 * Whether the function puts the return address on the stack, and with it what it changes for its callers: one
 * instruction saves many registers, so this is worth it in every function that calls another, but not for a jump at the end.
 */
function savesRegisters(fn: IrFunction, { recursive }: SelectContext): boolean {
  if (!fn.returns) return false;
  return fn.blocks.some((block) => {
    const last = recursive ? undefined : tailCallOf(block);
    return block.instructions.some((value) => value.op === "call" && value !== last);
  });
}

function returnWith(
  returnAddress: Register,
  result: Register | undefined,
  high: Register | undefined,
): MachineInstruction {
  const given = [returnAddress, result, high].filter((each) => each !== undefined);
  return instruction("ret", 32, given.map(register), "u".repeat(given.length));
}

/** Functions that call themselves get their parameters, and return a second result, where callers not yet selected expect them. */
function withFixedConvention(fn: MachineFunction): MachineFunction {
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

/** Where a function that ends in calls returns its result: where the first such callee does. */
function tailResult(fn: IrFunction, context: SelectContext): Register | undefined {
  if (fn.result === "i64") return undefined;
  for (const block of fn.blocks) {
    const call = tailCallOf(block);
    const result = call && conventionOf(call, context).result;
    if (result !== undefined) return result;
  }
  return undefined;
}

function selectInstruction(selection: Selection, value: Instruction, context: SelectContext): void {
  const [first] = value.args as [Instruction];
  switch (value.op) {
    case "add":
    case "sub":
      return selectAddition(selection, value);
    case "and":
    case "or":
    case "xor":
      return selectLogical(selection, value);
    case "mul":
      return selectMultiply(selection, value);
    case "shl":
    case "lshr":
    case "ashr":
    case "rotl":
      return selectShift(selection, value);
    case "eq":
    case "ne":
    case "ult":
    case "ule":
    case "slt":
    case "sle":
    case "ultpair":
    case "sltpair":
      return selectTruth(selection, value);
    case "zext8":
    case "zext16":
    case "sext8":
    case "sext16":
      return selection.emit(
        define(extensions[value.op], selection.register(value), register(selection.register(first))),
      );
    case "ctz": {
      // The bits below the lowest one, of which there are as many as zeros.
      const from = selection.register(first);
      const [less, below, count] = [selection.fresh(), selection.fresh(), selection.fresh()];
      selection.emit(define("sub", less, register(from), immediate(1)));
      selection.emit(define("bic", below, register(less), register(from)));
      selection.emit(define("clz", count, register(below)));
      return selection.emit(define("rsb", selection.register(value), register(count), immediate(32)));
    }
    case "clz":
      return selection.emit(define("clz", selection.register(value), register(selection.register(first))));
    case "bswap":
      return selection.emit(define("rev", selection.register(value), register(selection.register(first))));
    case "load8u":
    case "load8s":
    case "load16u":
    case "load16s":
    case "load32":
    case "load64":
      return selectLoad(selection, value, context);
    case "store8":
    case "store16":
    case "store32":
    case "store64":
      return selectStore(selection, value, context);
    case "call":
      return selectCall(selection, value, context);
    case "syscall":
      return selectSystemCall(selection, value);
    case "addpair":
    case "subpair":
    case "mulpair":
      return selectPair(selection, value);
    case "udiv":
    case "sdiv":
    case "urem":
    case "srem":
    case "divpair":
    case "copy":
    case "fill":
    case "equal":
    case "zext32":
    case "sext32":
      throw new Bug(`arm has no instruction for ${value.op}`);
    case "const":
    case "address":
    case "parameter":
    case "phi":
    case "trunc":
    case "high":
    case "pair":
      return;
    default:
      never(value.op);
  }
}

function materialize(selection: Selection, to: Register, value: Instruction, context: SelectContext): void {
  if (value.op === "const") selection.emit(set(to, immediate(value.value)));
  else emitSymbolAddress(selection, to, value.symbol, value.offset, context);
}

function selectAddition(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  let [left, right] = value.args as [Instruction, Instruction];
  if (value.op === "sub") {
    if (left.op === "const" && isConstant(left.value)) {
      const from = register(selection.register(right));
      return selection.emit(define("rsb", to, from, immediate(left.value)));
    }
    if (isModifiable(left) && !isModifiable(right) && right.op !== "const") {
      const operand = modifiedOrRegister(selection, left);
      return selection.emit(define("rsb", to, register(selection.register(right)), operand));
    }
    const operand = flexible(selection, right);
    return selection.emit(define("sub", to, register(selection.register(left)), operand));
  }
  if (right.op === "const" && emitSum(selection, to, selection.register(left), right.value)) return;
  if ((isModifiable(left) && !isModifiable(right)) || isProduct(left)) [left, right] = [right, left];
  if (isProduct(right) && selection.canFold(right)) {
    const factors = right.args.map((factor) => register(selection.register(factor)));
    return selection.emit(define("mla", to, ...factors, register(selection.register(left))));
  }
  const operand = modifiedOrRegister(selection, right);
  selection.emit(define("add", to, register(selection.register(left)), operand));
}

function isProduct({ op, args }: Instruction): boolean {
  return op === "mul" && args[1]?.op !== "const";
}

const logicalNames = { and: "and", or: "orr", xor: "eor" } as const;

function selectLogical(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const name = logicalNames[value.op as keyof typeof logicalNames];
  let [left, right] = value.args as [Instruction, Instruction];
  if (right.op === "const") {
    if (name === "eor" && right.value === -1n) {
      return selection.emit(define("mvn", to, modifiedOrRegister(selection, left)));
    }
    const from = register(selection.register(left));
    if (logicalConstant(selection, name, to, from, right.value)) return;
    return selection.emit(define(name, to, from, register(selection.register(right))));
  }
  if ((isModifiable(left) || isFlipped(left)) && !isFlipped(right)) [left, right] = [right, left];
  const [flipped] = right.args;
  if (name === "and" && isFlipped(right) && flipped && selection.canFold(right)) {
    const operand = modifiedOrRegister(selection, flipped);
    return selection.emit(define("bic", to, register(selection.register(left)), operand));
  }
  const operand = modifiedOrRegister(selection, right);
  selection.emit(define(name, to, register(selection.register(left)), operand));
}

/** `x ^ -1`. */
function isFlipped(value: Instruction): boolean {
  const [, ones] = value.args;
  return value.op === "xor" && ones?.op === "const" && ones.value === -1n;
}

/** With a constant that fits, or its opposite, or in two steps; false where a register is needed. */
function logicalConstant(
  selection: Selection,
  name: "and" | "orr" | "eor",
  to: Register,
  from: Operand,
  constant: bigint,
): boolean {
  if (isConstant(constant)) selection.emit(define(name, to, from, immediate(constant)));
  else if (name === "and") {
    if (isConstant(~constant)) {
      selection.emit(define("bic", to, from, immediate(BigInt.asUintN(32, ~constant))));
      return true;
    }
    return splitLogical(selection, "bic", to, from, ~constant);
  } else return splitLogical(selection, name, to, from, constant);
  return true;
}

function splitLogical(
  selection: Selection,
  name: string,
  to: Register,
  from: Operand,
  constant: bigint,
): boolean {
  const parts = splitConstant(constant);
  if (!parts) return false;
  const half = selection.fresh();
  selection.emit(define(name, half, from, immediate(parts[0])));
  selection.emit(define(name, to, register(half), immediate(parts[1])));
  return true;
}

/** By a constant next to a power of two without a product. */
function selectMultiply(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const [left, right] = value.args as [Instruction, Instruction];
  const from = selection.register(left);
  if (right.op === "const") {
    for (const [op, power] of [
      ["add", right.value - 1n],
      ["rsb", right.value + 1n],
    ] as const) {
      const shift = exponent(power);
      if (shift === undefined) continue;
      return selection.emit(define(op, to, register(from), modified(from, "lsl", shift)));
    }
  }
  selection.emit(define("mul", to, register(from), register(selection.register(right))));
}

function exponent(value: bigint): number | undefined {
  if (value <= 0n || (value & (value - 1n)) !== 0n) return undefined;
  return value.toString(2).length - 1;
}

const shiftNames = { shl: "lsl", lshr: "lsr", ashr: "asr", rotl: "ror" } as const;

/** A variable amount counts to 255 here: 32 and more shift everything out, where the language takes the amount modulo 32. */
function selectShift(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const [left, amount] = value.args as [Instruction, Instruction];
  const name = shiftNames[value.op as keyof typeof shiftNames];
  const from = register(selection.register(left));
  if (amount.op === "const") {
    const count = (name === "ror" ? -amount.value : amount.value) & 31n;
    return selection.emit(define(name, to, from, immediate(count)));
  }
  const given = selection.register(amount);
  if (name !== "ror" && upperBound(amount) < 32n) {
    return selection.emit(define(name, to, from, register(given)));
  }
  const count = selection.fresh();
  const opposite = define("rsb", count, register(given), immediate(0));
  selection.emit(name === "ror" ? opposite : define("and", count, register(given), immediate(31)));
  selection.emit(define(name, to, from, register(count)));
}

function selectTruth(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const [left, right] = value.args as [Instruction, Instruction];
  if (value.op === "slt" && right.op === "const" && right.value === 0n) {
    return selection.emit(define("lsr", to, register(selection.register(left)), immediate(31)));
  }
  if (
    value.op === "eq" &&
    right.op === "const" &&
    right.value === 0n &&
    left.op !== "and" &&
    left.op !== "or"
  ) {
    // Only zero has 32 leading zeros.
    const count = selection.fresh();
    selection.emit(define("clz", count, register(selection.register(left))));
    return selection.emit(define("lsr", to, register(count), immediate(5)));
  }
  const condition = selectCompare(selection, value);
  for (const each of setIf(condition, to)) selection.emit(each);
}

const extensions = { zext8: "uxtb", zext16: "uxth", sext8: "sxtb", sext16: "sxth" } as const;

/** Sums and differences with the carry between the halves; the whole product of two numbers. */
function selectPair(selection: Selection, value: Instruction): void {
  const [first, second, third, fourth] = value.args as [Instruction, Instruction, Instruction, Instruction];
  const [to, high] = [selection.register(value), selection.highRegister(value)];
  if (value.op === "mulpair") {
    const factors = [register(selection.register(first)), register(selection.register(second))];
    return selection.emit(instruction("umull", 32, [register(to), register(high), ...factors], "dduu"));
  }
  // What is subtracted from may be the constant.
  const isReverse = value.op === "subpair" && first.op === "const" && second.op === "const";
  const [low, above, otherLow, otherAbove] = isReverse
    ? [third, fourth, first, second]
    : [first, second, third, fourth];
  const names = isReverse ? ["rsbs", "rsc"] : value.op === "addpair" ? ["adds", "adc"] : ["subs", "sbc"];
  const [left, leftAbove] = [register(selection.register(low)), register(selection.register(above))];
  const [right, rightAbove] = [flexible(selection, otherLow), flexible(selection, otherAbove)];
  selection.emit(define(names[0] as string, to, left, right));
  selection.emit(define(names[1] as string, high, leftAbove, rightAbove));
}

interface Access {
  readonly op: string;
  readonly reach: Reach;
}

const loads: Readonly<Partial<Record<LoadOp, Access>>> = {
  load8u: { op: "ldrb", reach: 4095 },
  load8s: { op: "ldrsb", reach: 255 },
  load16u: { op: "ldrh", reach: 255 },
  load16s: { op: "ldrsh", reach: 255 },
  load32: { op: "ldr", reach: 4095 },
};

const stores: Readonly<Partial<Record<StoreOp, Access>>> = {
  store8: { op: "strb", reach: 4095 },
  store16: { op: "strh", reach: 255 },
  store32: { op: "str", reach: 4095 },
};

function accessOf(value: Instruction): Access {
  const access = loads[value.op as LoadOp] ?? stores[value.op as StoreOp];
  if (access === undefined) throw new Bug(`arm has no instruction for ${value.op}`);
  return access;
}

function selectLoad(selection: Selection, value: Instruction, context: SelectContext): void {
  const { op, reach } = accessOf(value);
  const place = addressOperand(selection, value.args[0] as Instruction, value.offset, reach, context);
  selection.emit(define(op, selection.register(value), place));
}

function selectStore(selection: Selection, value: Instruction, context: SelectContext): void {
  const { op, reach } = accessOf(value);
  const [address, stored] = value.args as [Instruction, Instruction];
  const place = addressOperand(selection, address, value.offset, reach, context);
  selection.emit(store(op, selection.register(stored), place));
}

function conventionOf(call: Instruction, context: SelectContext): CallingConvention {
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

function selectCall(selection: Selection, value: Instruction, context: SelectContext): void {
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
function selectTailCall(
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

function selectSystemCall(selection: Selection, value: Instruction): void {
  const [number, ...args] = value.args as [Instruction, ...Instruction[]];
  const registers = [...fixedParameters.slice(0, args.length), systemCallNumber];
  selection.moveAllTo(registers, [...args, number]);
  selection.emit(instruction("svc", 32, [], "", { uses: registers, defines: [fixedResult] }));
  if (selection.usesOf(value) > 0) selection.emit(move(selection.register(value), fixedResult));
}
