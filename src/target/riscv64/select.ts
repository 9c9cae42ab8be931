/**
 * riscv64 selection: IR to machine instructions.
 *
 * What is odd about this machine, seen from here: compressed instructions overwrite their first operand, so where there is such
 * a form a result starts as a copy that the allocator tries to make vanish. Values of 32 bits are kept sign-extended, as `addw` and `lw`
 * leave them: sign-extension is free, zero-extension takes two shifts unless the value is known not to be negative, and
 * comparisons look at all 64 bits. Where only the low half of a result matters, the 64-bit operation does and is often
 * shorter. The return address is a parameter like any other: each function says in which register it wants it.
 * Operations on bytes in memory and on bits (`copy`, `ctz`, …) were expanded before.
 */

import { Bug, never } from "../../base/errors.ts";
import { upperBound } from "../../ir/evaluate.ts";
import type { Instruction, IrFunction, LoadOp, StoreOp } from "../../ir/ir.ts";
import type { MachineFunction, Operand, Register } from "../../machine/machine.ts";
import { Selection, type SelectionRules, tailCallOf } from "../../machine/selection.ts";
import type { CallingConvention, SelectContext } from "../target.ts";
import { addressOperand, emitSymbolAddress } from "./address.ts";
import { selectBranch, selectTruth } from "./compare.ts";
import { fitsSigned } from "./constants.ts";
import { define, immediate, instruction, modify, move, register, store, symbol } from "./instructions.ts";
import { ra, zero } from "./registers.ts";

export const fixedParameters: readonly Register[] = [
  10, 11, 12, 13, 14, 15, 16, 17, 5, 6, 7, 28, 29, 30, 31, 18,
];
export const fixedResult: Register = 10;
const systemCallNumber: Register = 17;
const allRegisters: readonly Register[] = Array.from({ length: 32 }, (_, number) => number).filter(
  (number) => number !== 0 && number !== 2,
);

export function select(fn: IrFunction, context: SelectContext): MachineFunction {
  let returnAddress: Register = ra;
  const rules: SelectionRules = {
    instruction: (selection, value) => selectInstruction(selection, value, context),
    branch: (selection, condition, then) => selectBranch(selection, condition, then),
    move: (to, from) => move(to, from),
    materialize: (selection, to, value) => materialize(selection, to, value, context),
    return: (result) => {
      const operands = [register(returnAddress), ...(result === undefined ? [] : [register(result)])];
      return instruction("ret", 64, operands, "uu".slice(0, operands.length));
    },
    tailCall: (selection, call) => selectTailCall(selection, call, returnAddress, context),
    looksAtLowHalf,
    isFree,
  };
  const selection = new Selection(fn, rules, context.recursive ? fixedResult : tailResult(fn, context));
  returnAddress = selection.fresh();
  const selected = selection.run();
  const returns = fn.blocks.some(({ terminator }) => terminator.kind === "return");
  if (returns) selected.parameters.push(returnAddress);
  return context.recursive ? withFixedConvention(selected, fn.parameters.length) : selected;
}

/** Functions that call themselves get their parameters where callers not yet selected will put them. */
function withFixedConvention(fn: MachineFunction, count: number): MachineFunction {
  const registers = [...fixedParameters.slice(0, count), ra].slice(0, fn.parameters.length);
  const arrivals = fn.parameters.map((parameter, index) => move(parameter, registers[index] as Register));
  fn.blocks[0]?.instructions.unshift(...arrivals);
  return { ...fn, parameters: registers };
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

const lowHalfOps: ReadonlySet<string> = new Set([
  "add",
  "sub",
  "mul",
  "udiv",
  "sdiv",
  "urem",
  "srem",
  "shl",
  "lshr",
  "rotl",
  "zext8",
  "zext16",
  "sext8",
  "sext16",
]);

/** Comparisons, logical operations, addresses, calls and shifts of the sign look at the whole register. */
function looksAtLowHalf(user: Instruction, index: number): boolean {
  switch (user.op) {
    case "shl":
    case "lshr":
    case "ashr":
    case "rotl":
      if (index === 1) return true;
      break;
    case "store8":
    case "store16":
    case "store32":
      return index === 1;
    case "and": {
      const [, mask] = user.args;
      return user.type === "i32" && mask?.op === "const" && mask.value >= 0n;
    }
    case "zext32":
      return !isNonNegative(user.args[0] as Instruction) && !user.noWrap;
  }
  return user.type === "i32" && !user.noWrap && lowHalfOps.has(user.op);
}

function isFree(selection: Selection, value: Instruction): boolean {
  const [from] = value.args as [Instruction];
  if (value.op === "sext32") return true;
  if (value.op === "zext32") return value.noWrap || isNonNegative(from);
  return value.op === "trunc" && (selection.usesLowHalf(value) || upperBound(from) < 0x8000_0000n);
}

/** As a number of 32 bits: then it is zero-extended as well as sign-extended. */
function isNonNegative(value: Instruction): boolean {
  return value.op === "address" || upperBound(value) < 0x8000_0000n;
}

/** Whether the 64-bit operation does for `value`: nobody looks at the upper half, or it comes out right. */
function isWideEnough(selection: Selection, value: Instruction): boolean {
  return (
    value.type === "i64" || value.noWrap || selection.usesLowHalf(value) || upperBound(value) < 0x8000_0000n
  );
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
    case "udiv":
    case "sdiv":
    case "urem":
    case "srem":
      return selectProduct(selection, value);
    case "shl":
    case "lshr":
    case "ashr":
      return selectShift(selection, value);
    case "rotl":
      return selectRotation(selection, value);
    case "eq":
    case "ne":
    case "ult":
    case "ule":
    case "slt":
    case "sle":
      return selectTruth(selection, value, selection.register(value));
    case "zext8":
    case "zext16":
    case "sext8":
    case "sext16":
      return selectExtend(selection, value);
    case "zext32":
      if (first.op === "load32" && selection.canFold(first)) {
        return selectLoad(selection, selection.register(value), first, "lwu", context);
      }
      return selectField(selection, selection.register(value), first, 0, 32, "srli");
    case "trunc":
      return overwrite(selection, "addiw", selection.register(value), first, immediate(0));
    case "sext32":
      return;
    case "load8u":
    case "load8s":
    case "load16u":
    case "load16s":
    case "load32":
    case "load64":
      return selectLoad(selection, selection.register(value), value, loadNames[value.op], context);
    case "store8":
    case "store16":
    case "store32":
    case "store64":
      return selectStore(selection, value, storeNames[value.op], context);
    case "call":
      return selectCall(selection, value, context);
    case "syscall":
      return selectSystemCall(selection, value);
    case "ctz":
    case "clz":
    case "bswap":
    case "copy":
    case "fill":
    case "equal":
      throw new Bug(`riscv64 has no instruction for ${value.op}`);
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
  if (value.op === "const") selection.emit(define("li", to, immediate(value.value)));
  else emitSymbolAddress(selection, to, value.symbol, value.offset, context);
}

/** `to` = `from` op `operand`, as a copy and an operation that may be compressed. */
function overwrite(
  selection: Selection,
  op: string,
  to: Register,
  from: Instruction,
  operand: Operand,
): void {
  selection.moveTo(to, from);
  selection.emit(modify(op, to, operand));
}

/** Of a commutative operation, the operand to overwrite first: rather one that dies. */
function ordered(selection: Selection, value: Instruction): [Instruction, Instruction] {
  const [left, right] = value.args as [Instruction, Instruction];
  const dies = (operand: Instruction): boolean => selection.usesOf(operand) === 1;
  return right.op !== "const" && dies(right) && !dies(left) ? [right, left] : [left, right];
}

function selectAddition(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const wide = isWideEnough(selection, value);
  const name = (op: string): string => (wide ? op : `${op}w`);
  const [left, right] =
    value.op === "add" ? ordered(selection, value) : (value.args as [Instruction, Instruction]);
  if (value.op === "sub" && left.op === "const" && left.value === 0n) {
    const negated = register(selection.register(right));
    return selection.emit(define(name("sub"), to, register(zero), negated));
  }
  if (value.op === "add" && right.op === "const" && fitsSigned(right.value, 12)) {
    return addNumber(selection, wide ? "addi" : "addiw", to, left, right.value);
  }
  overwrite(selection, name(value.op), to, left, register(addend(selection, value, right)));
}

/** A shifted distance inside of an object does not overflow: the shorter shift will do. */
function addend(selection: Selection, sum: Instruction, value: Instruction): Register {
  const [from, amount] = value.args;
  if (!sum.noWrap || value.op !== "shl" || amount?.op !== "const" || !from || !selection.canFold(value)) {
    return selection.register(value);
  }
  const to = selection.fresh();
  overwrite(selection, "slli", to, from, immediate(amount.value & 31n));
  return to;
}

function addNumber(selection: Selection, op: string, to: Register, from: Instruction, number: bigint): void {
  if (fitsSigned(number, 6)) return overwrite(selection, op, to, from, immediate(number));
  selection.emit(define(op, to, register(selection.register(from)), immediate(number)));
}

function selectLogical(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const op = value.op as "and" | "or" | "xor";
  const [left, right] = ordered(selection, value);
  if (right.op === "const") {
    const number = right.value;
    if (op === "and" && isLowMask(number) && selectMaskedShift(selection, to, left, number)) return;
    if (fitsSigned(number, 12)) {
      if (op === "and" && fitsSigned(number, 6))
        return overwrite(selection, "andi", to, left, immediate(number));
      return selection.emit(define(`${op}i`, to, register(selection.register(left)), immediate(number)));
    }
    if (op === "and" && isLowMask(number)) {
      return selectField(selection, to, left, 0, bitLength(number), "srli");
    }
  }
  overwrite(selection, op, to, left, register(selection.register(right)));
}

/** 2^n - 1. */
function isLowMask(value: bigint): boolean {
  return value > 0n && (value & (value + 1n)) === 0n;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** `(x >> n) & (2^bits - 1)`: the bits are shifted to the top, then down. */
function selectMaskedShift(selection: Selection, to: Register, shifted: Instruction, mask: bigint): boolean {
  const [from, amount] = shifted.args;
  const isShift = shifted.op === "lshr" || shifted.op === "ashr";
  if (!isShift || amount?.op !== "const" || !from || !selection.canFold(shifted)) return false;
  const width = shifted.type === "i64" ? 64 : 32;
  const low = Number(amount.value) & (width - 1);
  const bits = bitLength(mask);
  if (low + bits > width) return false;
  selectField(selection, to, from, low, bits, "srli");
  return true;
}

/** The `bits` bits of `from` above `low`, extended by the shift down. */
function selectField(
  selection: Selection,
  to: Register,
  from: Instruction,
  low: number,
  bits: number,
  down: "srli" | "srai",
): void {
  overwrite(selection, "slli", to, from, immediate(64 - low - bits));
  selection.emit(modify(down, to, immediate(64 - bits)));
}

const productNames = { mul: "mul", udiv: "divu", sdiv: "div", urem: "remu", srem: "rem" } as const;

function selectProduct(selection: Selection, value: Instruction): void {
  const op = productNames[value.op as keyof typeof productNames];
  const to = selection.register(value);
  const operands = value.args.map((arg) => register(selection.register(arg)));
  selection.emit(define(value.type === "i64" ? op : `${op}w`, to, ...operands));
}

const shiftNames = { shl: "sll", lshr: "srl", ashr: "sra" } as const;

function selectShift(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const op = value.op as keyof typeof shiftNames;
  const name = shiftNames[op];
  const [left, amount] = value.args as [Instruction, Instruction];
  if (amount.op !== "const") {
    const operands = [register(selection.register(left)), register(selection.register(amount))];
    return selection.emit(define(value.type === "i64" ? name : `${name}w`, to, ...operands));
  }
  const count = immediate(amount.value & (value.type === "i64" ? 63n : 31n));
  const asWide =
    op === "shl" ? isWideEnough(selection, value) : op === "ashr" || upperBound(left) < 0x8000_0000n;
  if (value.type === "i64" || asWide) return overwrite(selection, `${name}i`, to, left, count);
  selection.emit(define(`${name}iw`, to, register(selection.register(left)), count));
}

/** Two shifts; an amount counts modulo the width by itself. */
function selectRotation(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const suffix = value.type === "i64" ? "" : "w";
  const width = value.type === "i64" ? 64n : 32n;
  const [left, amount] = value.args as [Instruction, Instruction];
  const from = register(selection.register(left));
  const [up, down] = [selection.fresh(), selection.fresh()];
  if (amount.op === "const") {
    const count = amount.value & (width - 1n);
    selection.emit(define(`slli${suffix}`, up, from, immediate(count)));
    selection.emit(define(`srli${suffix}`, down, from, immediate((width - count) & (width - 1n))));
  } else {
    const count = register(selection.register(amount));
    const rest = selection.fresh();
    selection.emit(define("sub", rest, register(zero), count));
    selection.emit(define(`sll${suffix}`, up, from, count));
    selection.emit(define(`srl${suffix}`, down, from, register(rest)));
  }
  selection.emit(move(to, up));
  selection.emit(modify("or", to, register(down)));
}

const extendedBits = { zext8: 8, zext16: 16, sext8: 8, sext16: 16 } as const;

function selectExtend(selection: Selection, value: Instruction): void {
  const op = value.op as keyof typeof extendedBits;
  const bits = extendedBits[op];
  const to = selection.register(value);
  const [from] = value.args as [Instruction];
  const mask = (1n << BigInt(bits)) - 1n;
  if (op.startsWith("z") && selectMaskedShift(selection, to, from, mask)) return;
  if (op === "zext8") {
    return selection.emit(define("andi", to, register(selection.register(from)), immediate(255)));
  }
  selectField(selection, to, from, 0, bits, op.startsWith("z") ? "srli" : "srai");
}

const loadNames: Readonly<Record<LoadOp, string>> = {
  load8u: "lbu",
  load8s: "lb",
  load16u: "lhu",
  load16s: "lh",
  load32: "lw",
  load64: "ld",
};

function selectLoad(
  selection: Selection,
  to: Register,
  load: Instruction,
  op: string,
  context: SelectContext,
): void {
  const place = addressOperand(selection, load.args[0] as Instruction, load.offset, context);
  selection.emit(define(op, to, place));
}

const storeNames: Readonly<Record<StoreOp, string>> = {
  store8: "sb",
  store16: "sh",
  store32: "sw",
  store64: "sd",
};

function selectStore(selection: Selection, value: Instruction, op: string, context: SelectContext): void {
  const [address, stored] = value.args as [Instruction, Instruction];
  const place = addressOperand(selection, address, value.offset, context);
  const isZero = stored.op === "const" && stored.value === 0n;
  selection.emit(store(op, isZero ? zero : selection.register(stored), place));
}

/** A callee that returns has one parameter more: the return address, last. */
function conventionOf(call: Instruction, context: SelectContext): CallingConvention {
  return (
    context.convention((call.callee as IrFunction).name) ?? {
      parameters: [...fixedParameters.slice(0, call.args.length), ra],
      result: call.type === "void" ? undefined : fixedResult,
      clobbers: allRegisters,
    }
  );
}

function selectCall(selection: Selection, value: Instruction, context: SelectContext): void {
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
function selectTailCall(
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

function selectSystemCall(selection: Selection, value: Instruction): void {
  const [number, ...args] = value.args as [Instruction, ...Instruction[]];
  const registers = [...fixedParameters.slice(0, args.length), systemCallNumber];
  selection.moveAllTo(registers, [...args, number]);
  selection.emit(instruction("ecall", 64, [], "", { uses: registers, defines: [fixedResult] }));
  if (selection.usesOf(value) > 0) selection.emit(move(selection.register(value), fixedResult));
}
