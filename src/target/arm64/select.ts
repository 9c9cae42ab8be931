/**
 * arm64 selection: IR to machine instructions.
 *
 * What is odd about this machine, seen from here: operations have three operands, so nothing needs to be copied first;
 * one of them may be shifted or extended for free; products are added and subtracted by the multiplication itself;
 * branches test for zero, the sign or a bit without flags; zero is a register. Every 32-bit operation clears the upper half
 * of its register, so zero-extension from 32 bits is free and addresses are computed in 32 bits. The return
 * address arrives in a register and is a value like any other: where it stays, allocation decides. Operations on bytes in memory
 * (`copy`, `fill`, `equal`) were expanded before.
 */

import { Bug, never } from "../../base/errors.ts";
import type { Instruction, IrFunction, LoadOp, StoreOp, Type } from "../../ir/ir.ts";
import type { MachineFunction, MachineInstruction, Register } from "../../machine/machine.ts";
import { Selection, type SelectionRules, tailCallOf } from "../../machine/selection.ts";
import type { CallingConvention, SelectContext } from "../target.ts";
import { addressOperand, emitSymbolAddress } from "./address.ts";
import { selectBranch, selectCompare } from "./compare.ts";
import { encodeMask, isAddend } from "./constants.ts";
import { define, immediate, instruction, move, register, set, setIf, store, symbol } from "./instructions.ts";
import { modifiedOrRegister } from "./modifiers.ts";
import { link, zero } from "./registers.ts";

export const fixedParameters: readonly Register[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
export const fixedResult: Register = 0;
const systemCallNumber: Register = 8;
const allRegisters: readonly Register[] = Array.from({ length: 31 }, (_, number) => number);

export function select(fn: IrFunction, context: SelectContext): MachineFunction {
  let returnAddress: Register = link;
  const rules: SelectionRules = {
    instruction: (selection, value) => selectInstruction(selection, value, context),
    branch: (selection, condition, then) => selectBranch(selection, condition, then),
    move: (to, from, type) => move(widthOf(type), to, from),
    materialize: (selection, to, value) => materialize(selection, to, value, context),
    return: (result) => {
      const operands = [register(returnAddress), ...(result === undefined ? [] : [register(result)])];
      return instruction("ret", 64, operands, "uu".slice(0, operands.length));
    },
    tailCall: (selection, call) => selectTailCall(selection, call, returnAddress, context),
    // What sits above a truncated value matters to few.
    isFree: (selection, value) =>
      value.op === "zext32" || (value.op === "trunc" && selection.usesLowHalf(value)),
  };
  const selection = new Selection(fn, rules, context.recursive ? fixedResult : tailResult(fn, context));
  returnAddress = selection.fresh();
  const selected = selection.run();
  // Also where it is not used: a call writes it, so no parameter may arrive there.
  selected.blocks[0]?.instructions.unshift(move(64, returnAddress, link));
  return context.recursive ? withFixedConvention(selected) : selected;
}

function widthOf(type: Type | "void"): 32 | 64 {
  return type === "i64" ? 64 : 32;
}

/** Functions that call themselves get their parameters where callers not yet selected will put them. */
function withFixedConvention(fn: MachineFunction): MachineFunction {
  const arrivals = fn.parameters.map((parameter, index) =>
    move(64, parameter, fixedParameters[index] as Register),
  );
  fn.blocks[0]?.instructions.unshift(...arrivals);
  return { ...fn, parameters: fixedParameters.slice(0, fn.parameters.length) };
}

/** Where a function that ends in calls returns its result: where the first such callee does. */
function tailResult(fn: IrFunction, context: SelectContext): Register | undefined {
  for (const block of fn.blocks) {
    const call = tailCallOf(block);
    const result = call && conventionOf(call, context).result;
    if (result !== undefined) return result;
  }
  return undefined;
}

function selectInstruction(selection: Selection, value: Instruction, context: SelectContext): void {
  const width = widthOf(value.type);
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
    case "udiv":
    case "sdiv":
    case "urem":
    case "srem":
      return selectDivide(selection, value);
    case "eq":
    case "ne":
    case "ult":
    case "ule":
    case "slt":
    case "sle":
      return selectTruth(selection, value);
    case "zext8":
    case "zext16":
    case "sext8":
    case "sext16":
      return selectExtend(selection, value);
    case "sext32":
      return selectSignExtend(selection, value, context);
    case "trunc":
      return selection.emit(set(32, selection.register(value), register(selection.register(first))));
    case "zext32":
      return;
    case "ctz": {
      const to = selection.register(value);
      const reversed = selection.fresh();
      selection.emit(define("rbit", width, reversed, register(selection.register(first))));
      return selection.emit(define("clz", width, to, register(reversed)));
    }
    case "clz":
      return selection.emit(
        define("clz", width, selection.register(value), register(selection.register(first))),
      );
    case "bswap":
      return selection.emit(
        define("rev", width, selection.register(value), register(selection.register(first))),
      );
    case "load8u":
    case "load8s":
    case "load16u":
    case "load16s":
    case "load32":
    case "load64":
      return selectLoad(selection, selection.register(value), value, loads[value.op].op, width, context);
    case "store8":
    case "store16":
    case "store32":
    case "store64":
      return selectStore(selection, value, stores[value.op], context);
    case "call":
      return selectCall(selection, value, context);
    case "syscall":
      return selectSystemCall(selection, value);
    case "copy":
    case "fill":
    case "equal":
      throw new Bug(`arm64 has no instruction for ${value.op}`);
    case "const":
    case "address":
    case "parameter":
    case "phi":
      return;
    case "pair":
    case "addpair":
    case "subpair":
    case "mulpair":
    case "divpair":
    case "ultpair":
    case "sltpair":
    case "high":
      throw new Bug(`${value.op} is for 32-bit targets`);
    default:
      never(value.op);
  }
}

function materialize(selection: Selection, to: Register, value: Instruction, context: SelectContext): void {
  if (value.op === "const") selection.emit(set(widthOf(value.type), to, immediate(value.value)));
  else emitSymbolAddress(selection, to, value.symbol, value.offset, context);
}

function selectAddition(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const op = value.op as "add" | "sub";
  let [left, right] = value.args as [Instruction, Instruction];
  if (op === "sub" && left.op === "const" && left.value === 0n) {
    const operand = modifiedOrRegister(selection, right, "shifts");
    return selection.emit(define("neg", width, to, operand));
  }
  if (right.op === "const" && isAddend(right.value)) {
    // At full width the sum may become part of a load or store, whose base moves along.
    const sumWidth = value.noWrap ? 64 : width;
    return selection.emit(
      define(op, sumWidth, to, register(selection.register(left)), immediate(right.value)),
    );
  }
  if (op === "add" && isModifiable(left) && !isModifiable(right) && right.op !== "const") {
    [left, right] = [right, left];
  }
  if (right.op === "mul" && selection.canFold(right) && right.args[1]?.op !== "const") {
    const factors = right.args.map((factor) => register(selection.register(factor)));
    const sum = register(selection.register(left));
    return selection.emit(define(op === "add" ? "madd" : "msub", width, to, ...factors, sum));
  }
  const operand = modifiedOrRegister(selection, right, "shifts and extensions");
  selection.emit(define(op, width, to, register(selection.register(left)), operand));
}

function isModifiable(value: Instruction): boolean {
  const [, second] = value.args;
  if (value.op === "shl" || value.op === "lshr" || value.op === "ashr") return second?.op === "const";
  return value.op === "sext32" || (value.op === "mul" && second?.op !== "const");
}

const logicalNames = { and: "and", or: "orr", xor: "eor" } as const;
/** The same operation with the second operand's bits flipped. */
const flippedNames = { and: "bic", or: "orn", xor: "eon" } as const;

function selectLogical(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const op = value.op as keyof typeof logicalNames;
  let [left, right] = value.args as [Instruction, Instruction];
  if (right.op === "const") {
    if (op === "xor" && right.value === -1n) {
      const operand = modifiedOrRegister(selection, left, "shifts");
      return selection.emit(define("mvn", width, to, operand));
    }
    if (op === "and" && selectField(selection, to, left, right.value, width)) return;
    if (encodeMask(right.value, width) !== undefined) {
      const constant = immediate(right.value);
      return selection.emit(
        define(logicalNames[op], width, to, register(selection.register(left)), constant),
      );
    }
  }
  if ((isModifiable(left) || isFlipped(left)) && !isFlipped(right) && right.op !== "const") {
    [left, right] = [right, left];
  }
  const [flipped] = right.args;
  if (isFlipped(right) && flipped && selection.canFold(right)) {
    const operand = modifiedOrRegister(selection, flipped, "shifts");
    return selection.emit(define(flippedNames[op], width, to, register(selection.register(left)), operand));
  }
  const operand = modifiedOrRegister(selection, right, "shifts");
  selection.emit(define(logicalNames[op], width, to, register(selection.register(left)), operand));
}

/** `x ^ -1`. */
function isFlipped(value: Instruction): boolean {
  const [, ones] = value.args;
  return value.op === "xor" && ones?.op === "const" && ones.value === -1n;
}

/** `(x >> n) & (2^bits - 1)` as one instruction. */
function selectField(
  selection: Selection,
  to: Register,
  shifted: Instruction,
  mask: bigint,
  width: 32 | 64,
): boolean {
  const [from, amount] = shifted.args;
  const isShift = shifted.op === "lshr" || shifted.op === "ashr";
  if (!isShift || amount?.op !== "const" || !from || mask <= 0n || (mask & (mask + 1n)) !== 0n) return false;
  if (!selection.canFold(shifted)) return false;
  const low = amount.value & BigInt(width - 1);
  const bits = BigInt(mask.toString(2).length);
  if (low + bits > BigInt(width)) return false;
  const fields = [immediate(low), immediate(bits)];
  selection.emit(define("ubfx", width, to, register(selection.register(from)), ...fields));
  return true;
}

function selectMultiply(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const [left, right] = value.args as [Instruction, Instruction];
  const shift = right.op === "const" ? powerOfTwo(right.value - 1n) : undefined;
  if (shift !== undefined) {
    const base = selection.register(left);
    const shifted = { ...register(base), modifier: { kind: "lsl", amount: shift } } as const;
    return selection.emit(define("add", width, to, register(base), shifted));
  }
  const factors = [register(selection.register(left)), register(selection.register(right))];
  selection.emit(define("mul", width, to, ...factors));
}

function powerOfTwo(value: bigint): number | undefined {
  if (value <= 0n || (value & (value - 1n)) !== 0n) return undefined;
  return value.toString(2).length - 1;
}

const shiftNames = { shl: "lsl", lshr: "lsr", ashr: "asr", rotl: "ror" } as const;

function selectShift(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const [left, amount] = value.args as [Instruction, Instruction];
  const op = value.op as keyof typeof shiftNames;
  if (amount.op === "const") {
    const mask = BigInt(width - 1);
    const count = (op === "rotl" ? -amount.value : amount.value) & mask;
    if (op === "shl" && selectInsertion(selection, to, left, count, width)) return;
    return selection.emit(
      define(shiftNames[op], width, to, register(selection.register(left)), immediate(count)),
    );
  }
  let count = selection.register(amount);
  if (op === "rotl") {
    const negative = selection.fresh();
    selection.emit(define("neg", 32, negative, register(count)));
    count = negative;
  }
  selection.emit(
    define(`${shiftNames[op]}v`, width, to, register(selection.register(left)), register(count)),
  );
}

const insertedBits: Readonly<Record<string, readonly [op: string, bits: number]>> = {
  zext8: ["ubfiz", 8],
  zext16: ["ubfiz", 16],
  sext8: ["sbfiz", 8],
  sext16: ["sbfiz", 16],
  sext32: ["sbfiz", 32],
};

/** An extension and a shift to the left as one instruction. */
function selectInsertion(
  selection: Selection,
  to: Register,
  extended: Instruction,
  count: bigint,
  width: 32 | 64,
): boolean {
  const [op, bits] = insertedBits[extended.op] ?? ["", 0];
  if (bits === 0 || !selection.canFold(extended) || Number(count) + bits > width) return false;
  const from = selection.register(extended.args[0] as Instruction);
  selection.emit(define(op, width, to, register(from), immediate(count), immediate(bits)));
  return true;
}

/** There is no remainder: the dividend less the product. */
function selectDivide(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const [dividend, divisor] = value.args as [Instruction, Instruction];
  const to = selection.register(value);
  const [from, by] = [selection.register(dividend), selection.register(divisor)];
  const op = value.op === "sdiv" || value.op === "srem" ? "sdiv" : "udiv";
  if (value.op === "udiv" || value.op === "sdiv") {
    return selection.emit(define(op, width, to, register(from), register(by)));
  }
  const quotient = selection.fresh();
  selection.emit(define(op, width, quotient, register(from), register(by)));
  selection.emit(define("msub", width, to, register(quotient), register(by), register(from)));
}

function selectTruth(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const [left, right] = value.args as [Instruction, Instruction];
  if (value.op === "slt" && right.op === "const" && right.value === 0n) {
    const width = widthOf(left.type);
    const from = register(selection.register(left));
    return selection.emit(define("lsr", width, to, from, immediate(width - 1)));
  }
  selection.emit(setIf(selectCompare(selection, value), to));
}

const extendedBits = { zext8: 8, zext16: 16, sext8: 8, sext16: 16 } as const;

function selectExtend(selection: Selection, value: Instruction): void {
  const op = value.op as keyof typeof extendedBits;
  const bits = extendedBits[op];
  const to = selection.register(value);
  const [from] = value.args as [Instruction];
  const [shifted, amount] = from.args;
  const isField = (from.op === "lshr" || from.op === "ashr") && amount?.op === "const" && shifted;
  const low = isField && selection.canFold(from) ? amount.value & 31n : 0n;
  const isInside = low > 0n && low + BigInt(bits) <= 32n && shifted;
  const source = register(selection.register(isInside ? shifted : from));
  const fields = [immediate(isInside ? low : 0n), immediate(bits)];
  selection.emit(define(op.startsWith("z") ? "ubfx" : "sbfx", 32, to, source, ...fields));
}

/** Loads that sign-extend to 64 bits, by those that extend to 32. */
const wideLoads: Readonly<Record<string, string>> = { load8s: "ldrsb", load16s: "ldrsh", load32: "ldrsw" };

function selectSignExtend(selection: Selection, value: Instruction, context: SelectContext): void {
  const to = selection.register(value);
  const [from] = value.args as [Instruction];
  const wide = wideLoads[from.op];
  if (wide !== undefined && selection.canFold(from)) {
    return selectLoad(selection, to, from, wide, 64, context);
  }
  selection.emit(define("sxtw", 64, to, register(selection.register(from))));
}

const loads: Readonly<Record<LoadOp, { readonly op: string; readonly bytes: number }>> = {
  load8u: { op: "ldrb", bytes: 1 },
  load8s: { op: "ldrsb", bytes: 1 },
  load16u: { op: "ldrh", bytes: 2 },
  load16s: { op: "ldrsh", bytes: 2 },
  load32: { op: "ldr", bytes: 4 },
  load64: { op: "ldr", bytes: 8 },
};

function selectLoad(
  selection: Selection,
  to: Register,
  load: Instruction,
  op: string,
  width: 32 | 64,
  context: SelectContext,
): void {
  const { bytes } = loads[load.op as LoadOp];
  const place = addressOperand(selection, load.args[0] as Instruction, load.offset, bytes, context);
  selection.emit(define(op, width, to, place));
}

const stores: Readonly<Record<StoreOp, { readonly op: string; readonly bytes: number }>> = {
  store8: { op: "strb", bytes: 1 },
  store16: { op: "strh", bytes: 2 },
  store32: { op: "str", bytes: 4 },
  store64: { op: "str", bytes: 8 },
};

function selectStore(
  selection: Selection,
  value: Instruction,
  { op, bytes }: { readonly op: string; readonly bytes: number },
  context: SelectContext,
): void {
  const [address, stored] = value.args as [Instruction, Instruction];
  const place = addressOperand(selection, address, value.offset, bytes, context);
  const isZero = stored.op === "const" && stored.value === 0n;
  const from = isZero ? zero : selection.register(stored);
  selection.emit(store(op, bytes === 8 ? 64 : 32, from, place));
}

function conventionOf(call: Instruction, context: SelectContext): CallingConvention {
  return (
    context.convention((call.callee as IrFunction).name) ?? {
      parameters: fixedParameters.slice(0, call.args.length),
      result: call.type === "void" ? undefined : fixedResult,
      clobbers: allRegisters,
    }
  );
}

function selectCall(selection: Selection, value: Instruction, context: SelectContext): void {
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
function selectTailCall(
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

function selectSystemCall(selection: Selection, value: Instruction): void {
  const [number, ...args] = value.args as [Instruction, ...Instruction[]];
  const registers = [...fixedParameters.slice(0, args.length), systemCallNumber];
  selection.moveAllTo(registers, [...args, number]);
  selection.emit(instruction("svc", 64, [], "", { uses: registers, defines: [fixedResult] }));
  if (selection.usesOf(value) > 0) selection.emit(move(64, selection.register(value), fixedResult));
}
