/**
 * amd64 selection: IR to machine instructions.
 *
 * What is odd about this machine, seen from here: most instructions overwrite their first operand, so a result
 * starts as a copy that the allocator tries to make vanish; one operand may lie in memory, so single-use
 * loads fold into their users and a load, an operation and a store become one instruction; comparisons set flags
 * that the next instruction must use; shifts take their amount in cl, division works on rdx:rax, string
 * instructions on rsi, rdi and rcx. Every 32-bit operation clears the upper half of its register, so
 * zero-extension from 32 bits is free and addresses are computed in 32 bits without REX prefixes.
 */

import { never } from "../../base/errors.ts";
import type { Instruction, IrFunction, Type } from "../../ir/ir.ts";
import type {
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  MemoryOperand,
  Operand,
  Register,
} from "../../machine/machine.ts";
import { Selection, type SelectionRules } from "../../machine/selection.ts";
import type { SelectContext } from "../target.ts";
import { addressOperand, symbolPlusIndex } from "./address.ts";
import { selectCompare } from "./compare.ts";
import {
  compare,
  define,
  immediate,
  instruction,
  jumpIf,
  modify,
  modifyOne,
  move,
  r8,
  r9,
  r10,
  r11,
  rax,
  rbx,
  rcx,
  rdi,
  rdx,
  register,
  rsi,
  set,
  store,
  symbol,
  type Width,
} from "./instructions.ts";

export const fixedParameters: readonly Register[] = [
  rdi,
  rsi,
  rdx,
  rcx,
  r8,
  r9,
  r10,
  r11,
  rax,
  rbx,
  12,
  13,
  14,
];
const syscallParameters: readonly Register[] = [rdi, rsi, rdx, r10, r8, r9];
const allRegisters: readonly Register[] = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

export function select(fn: IrFunction, context: SelectContext): MachineFunction {
  const divisions = pairDivisions(fn);
  const rules: SelectionRules = {
    instruction: (selection, value) => selectInstruction(selection, value, context, divisions),
    branch: (selection, condition, then) => selectBranch(selection, condition, then, context),
    move: (to, from, type) => move(widthOf(type), to, from),
    materialize: (selection, to, value) => materialize(selection, to, value, context),
    return: (result) =>
      instruction("ret", 64, result === undefined ? [] : [register(result)], result === undefined ? "" : "u"),
    // Registers are zero-extended whenever 32 bits are written; what sits above a truncated value matters to few.
    isFree: (selection, value) =>
      value.op === "zext32" || (value.op === "trunc" && selection.usesLowHalf(value)),
  };
  const selection = new Selection(fn, rules);
  const selected = selection.run();
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
  for (const block of fn.blocks) {
    const last = block.instructions.at(-1);
    if (last?.op !== "ret" || fn.result === undefined) continue;
    block.instructions.splice(-1, 1, move(64, rax, fn.result), instruction("ret", 64, [register(rax)], "u"));
  }
  return {
    ...fn,
    parameters: fixedParameters.slice(0, fn.parameters.length),
    result: fn.result === undefined ? undefined : rax,
  };
}

function selectInstruction(
  selection: Selection,
  value: Instruction,
  context: SelectContext,
  divisions: DivisionPairs,
): void {
  const width = widthOf(value.type);
  const [first] = value.args as [Instruction];
  switch (value.op) {
    case "add":
    case "sub":
    case "and":
    case "or":
    case "xor":
      return selectArithmetic(selection, value, context);
    case "mul":
      return selectMultiply(selection, value, context);
    case "shl":
    case "lshr":
    case "ashr":
    case "rotl":
      return selectShift(selection, value);
    case "udiv":
    case "sdiv":
    case "urem":
    case "srem":
      return selectDivide(selection, value, divisions);
    case "eq":
    case "ne":
    case "ult":
    case "ule":
    case "slt":
    case "sle": {
      const to = selection.register(value);
      selection.emit(set(32, to, immediate(0)));
      const condition = selectCompare(selection, value, context);
      return selection.emit(setIf(condition, to));
    }
    case "zext8":
    case "zext16":
    case "sext8":
    case "sext16":
      return selectExtend(selection, value, context);
    case "sext32": {
      const source = loadedOrRegister(selection, first, "load32", context);
      return selection.emit(define("movsxd", 64, selection.register(value), source));
    }
    case "trunc":
      return selection.emit(set(32, selection.register(value), register(selection.register(first))));
    case "zext32":
      return;
    case "ctz":
    case "clz":
      return selectCount(selection, value);
    case "bswap": {
      const to = selection.register(value);
      selection.moveTo(to, first);
      return selection.emit(modifyOne("bswap", width, register(to)));
    }
    case "load8u":
    case "load8s":
    case "load16u":
    case "load16s":
    case "load32":
    case "load64":
      return selection.emit(load(selection, selection.register(value), value, context));
    case "store8":
    case "store16":
    case "store32":
    case "store64":
      return selectStore(selection, value, context);
    case "call":
      return selectCall(selection, value, context);
    case "syscall":
      return selectSystemCall(selection, value);
    case "copy":
      intoRegisters(selection, [rdi, rsi, rcx], value.args);
      return selection.emit(stringInstruction("rep-movsb", [rdi, rsi, rcx], [rdi, rsi, rcx]));
    case "fill":
      intoRegisters(selection, [rdi, rax, rcx], value.args);
      return selection.emit(stringInstruction("rep-stosb", [rdi, rax, rcx], [rdi, rcx]));
    case "equal": {
      const to = selection.register(value);
      selection.emit(set(32, to, immediate(0)));
      compareBytes(selection, value);
      return selection.emit(setIf("e", to));
    }
    case "const":
    case "address":
    case "parameter":
    case "phi":
      return;
    default:
      never(value.op);
  }
}

function selectBranch(
  selection: Selection,
  condition: Instruction,
  then: MachineBlock,
  context: SelectContext,
): MachineInstruction {
  return jumpIf(conditionOf(selection, condition, context), then);
}

/** Sets the flags for `value` and returns the condition that holds when it is not 0. */
function conditionOf(selection: Selection, value: Instruction, context: SelectContext): string {
  if (isCompare(value) && (selection.canFold(value) || selection.usesOf(value) > 1)) {
    if ((value.op === "eq" || value.op === "ne") && isZero(value.args[1])) {
      const [inner] = value.args as [Instruction];
      if (inner.op === "equal" && selection.canFold(inner)) {
        compareBytes(selection, inner);
        return value.op === "eq" ? "ne" : "e";
      }
    }
    return selectCompare(selection, value, context);
  }
  if (value.op === "equal" && selection.canFold(value)) {
    compareBytes(selection, value);
    return "e";
  }
  const tested = register(selection.register(value));
  selection.emit(compare("test", widthOf(value.type), tested, { ...tested }));
  return "ne";
}

function isCompare(value: Instruction): boolean {
  return ["eq", "ne", "ult", "ule", "slt", "sle"].includes(value.op);
}

function isZero(value: Instruction | undefined): boolean {
  return value?.op === "const" && value.value === 0n;
}

function setIf(condition: string, to: Register): MachineInstruction {
  return instruction("setcc", 8, [register(to)], "m", { condition });
}

function stringInstruction(
  op: string,
  uses: readonly Register[],
  defines: readonly Register[],
): MachineInstruction {
  return instruction(op, 8, [], "", { uses, defines });
}

/** `repe cmpsb`: the zero flag says whether all bytes were alike. With a length of 0 it leaves the flags as they are. */
function compareBytes(selection: Selection, value: Instruction): void {
  intoRegisters(selection, [rdi, rsi, rcx], value.args);
  const length = value.args[2];
  if (length?.op !== "const" || length.value === 0n) {
    selection.emit(compare("cmp", 32, register(rcx), register(rcx)));
  }
  selection.emit(stringInstruction("repe-cmpsb", [rdi, rsi, rcx], [rdi, rsi, rcx]));
}

function materialize(selection: Selection, to: Register, value: Instruction, context: SelectContext): void {
  if (value.op === "const") {
    const width: Width = value.type === "i64" && (value.value < 0n || value.value > 0xffff_ffffn) ? 64 : 32;
    const bits = width === 32 ? BigInt.asUintN(32, value.value) : value.value;
    selection.emit(set(width, to, immediate(bits)));
    return;
  }
  const offset = context.storageOffset(value.symbol);
  if (offset === undefined) {
    selection.emit(set(32, to, symbol(value.symbol, value.offset)));
    return;
  }
  const place = addressOperand(selection, value, 0, context);
  if (place.base !== undefined && Math.abs(place.displacement) < 128)
    selection.emit(define("lea", 32, to, place));
  else selection.emit(set(32, to, symbol(value.symbol, value.offset)));
}

/** The value as an immediate that sign-extends from 32 bits, or undefined. */
function asImmediate(value: Instruction, context: SelectContext): Operand | undefined {
  if (value.op === "const") {
    return BigInt.asIntN(32, value.value) === value.value ? immediate(value.value) : undefined;
  }
  if (value.op === "address" && context.storageOffset(value.symbol) === undefined) {
    return symbol(value.symbol, value.offset);
  }
  return undefined;
}

/** The value as an immediate, a folded load of its full width, or a register. */
function source(selection: Selection, value: Instruction, context: SelectContext): Operand {
  return (
    asImmediate(value, context) ??
    loadedOrRegister(selection, value, value.type === "i64" ? "load64" : "load32", context)
  );
}

function loadedOrRegister(
  selection: Selection,
  value: Instruction,
  op: "load32" | "load64",
  context: SelectContext,
): Operand {
  if (value.op === op && selection.canFold(value)) return memoryOf(selection, value, context);
  return register(selection.register(value));
}

function memoryOf(selection: Selection, access: Instruction, context: SelectContext): MemoryOperand {
  return addressOperand(selection, access.args[0] as Instruction, access.offset, context);
}

const commutative = new Set(["add", "and", "or", "xor", "mul"]);

/** Of a commutative operation, the operand to overwrite first: not a constant, not a load that can fold, rather one that dies. */
function ordered(selection: Selection, value: Instruction): [Instruction, Instruction] {
  const [left, right] = value.args as [Instruction, Instruction];
  if (!commutative.has(value.op)) return [left, right];
  const worth = (candidate: Instruction): number => {
    if (candidate.op === "const" || candidate.op === "address") return 3;
    if ((candidate.op === "load32" || candidate.op === "load64") && selection.canFold(candidate)) return 2;
    // A counter's next value rather takes over its register.
    if (candidate.op === "phi" && candidate.args.includes(value)) return -1;
    return selection.usesOf(candidate) === 1 ? 0 : 1;
  };
  return worth(left) <= worth(right) ? [left, right] : [right, left];
}

function selectArithmetic(selection: Selection, value: Instruction, context: SelectContext): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const [left, right] = ordered(selection, value);
  if (left.op === "const" && value.op === "sub" && left.value === 0n) {
    selection.moveTo(to, right);
    return selection.emit(modifyOne("neg", width, register(to)));
  }
  if (value.op === "xor" && right.op === "const" && right.value === -1n) {
    selection.moveTo(to, left);
    return selection.emit(modifyOne("not", width, register(to)));
  }
  if (value.op === "add") {
    if (right.op === "address") {
      return selection.emit(define("lea", 32, to, symbolPlusIndex(selection, right, left, context)));
    }
    const scaled = asScaledSum(selection, left, right) ?? asScaledSum(selection, right, left);
    if (scaled) return selection.emit(define("lea", width, to, scaled));
  }
  const operand = source(selection, right, context);
  selection.moveTo(to, left);
  const step = value.op === "add" || value.op === "sub" ? unitStep(value.op, right) : undefined;
  selection.emit(
    step ? modifyOne(step, width, register(to)) : modify(value.op, width, register(to), operand),
  );
}

/** `inc` or `dec` for a step of one. */
function unitStep(op: "add" | "sub", amount: Instruction): string | undefined {
  if (amount.op !== "const") return undefined;
  if (amount.value === 1n) return op === "add" ? "inc" : "dec";
  if (amount.value === -1n) return op === "add" ? "dec" : "inc";
  return undefined;
}

/** `base + (index << 1..3)` as the operand of a `lea`. */
function asScaledSum(
  selection: Selection,
  base: Instruction,
  shifted: Instruction,
): MemoryOperand | undefined {
  const [index, amount] = shifted.args;
  if (shifted.op !== "shl" || amount?.op !== "const" || amount.value > 3n || amount.value < 1n || !index)
    return undefined;
  if (!selection.canFold(shifted) || base.op === "const" || base.op === "address") return undefined;
  return {
    kind: "memory",
    base: selection.register(base),
    index: selection.register(index),
    scale: (1 << Number(amount.value)) as 2 | 4 | 8,
    displacement: 0,
    symbol: undefined,
    wraps: false,
  };
}

function selectMultiply(selection: Selection, value: Instruction, context: SelectContext): void {
  const width = widthOf(value.type);
  const to = selection.register(value);
  const [left, right] = ordered(selection, value);
  const factor = right.op === "const" ? right.value : undefined;
  if (factor === 3n || factor === 5n || factor === 9n) {
    const base = selection.register(left);
    const scale = Number(factor - 1n) as 2 | 4 | 8;
    selection.emit(
      define("lea", width, to, {
        kind: "memory",
        base,
        index: base,
        scale,
        displacement: 0,
        symbol: undefined,
        wraps: false,
      }),
    );
  } else if (factor !== undefined && BigInt.asIntN(32, factor) === factor) {
    const from = loadedOrRegister(selection, left, value.type === "i64" ? "load64" : "load32", context);
    selection.emit(define("imul", width, to, from, immediate(factor)));
  } else {
    const operand = loadedOrRegister(selection, right, value.type === "i64" ? "load64" : "load32", context);
    selection.moveTo(to, left);
    selection.emit(modify("imul", width, register(to), operand));
  }
}

const shiftNames = { shl: "shl", lshr: "shr", ashr: "sar", rotl: "rol" } as const;

function selectShift(selection: Selection, value: Instruction): void {
  const width = widthOf(value.type);
  const [left, amount] = value.args as [Instruction, Instruction];
  const to = selection.register(value);
  const op = shiftNames[value.op as keyof typeof shiftNames];
  if (amount.op === "const") {
    selection.moveTo(to, left);
    selection.emit(modify(op, width, register(to), immediate(amount.value & BigInt(width - 1))));
    return;
  }
  selection.moveTo(to, left);
  selection.moveTo(rcx, amount);
  selection.emit(modify(op, width, register(to), register(rcx)));
}

/** Quotients and remainders of the same operands in one block: the first is computed with the second. */
interface DivisionPairs {
  readonly second: ReadonlyMap<Instruction, Instruction>;
  readonly isSecond: ReadonlySet<Instruction>;
}

const otherHalf: Readonly<Record<string, string>> = {
  udiv: "urem",
  urem: "udiv",
  sdiv: "srem",
  srem: "sdiv",
};

function pairDivisions(fn: IrFunction): DivisionPairs {
  const second = new Map<Instruction, Instruction>();
  const isSecond = new Set<Instruction>();
  for (const { instructions } of fn.blocks) {
    const divisions = instructions.filter((value) => otherHalf[value.op] !== undefined);
    for (const [index, value] of divisions.entries()) {
      const [dividend, divisor] = value.args as [Instruction, Instruction];
      const first = divisions
        .slice(0, index)
        .find(
          (other) =>
            other.op === otherHalf[value.op] &&
            other.args[0] === dividend &&
            isSameValue(other.args[1] as Instruction, divisor) &&
            !second.has(other),
        );
      if (!first) continue;
      second.set(first, value);
      isSecond.add(value);
    }
  }
  return { second, isSecond };
}

function isSameValue(a: Instruction, b: Instruction): boolean {
  return a === b || (a.op === "const" && b.op === "const" && a.value === b.value);
}

/** One division gives quotient and remainder. */
function selectDivide(selection: Selection, value: Instruction, divisions: DivisionPairs): void {
  if (divisions.isSecond.has(value)) return;
  const width = widthOf(value.type);
  const [dividend, divisor] = value.args as [Instruction, Instruction];
  const by = selection.register(divisor);
  const signed = value.op === "sdiv" || value.op === "srem";
  selection.moveTo(rax, dividend);
  if (signed) {
    selection.emit(instruction(width === 64 ? "cqo" : "cdq", width, [], "", { uses: [rax], defines: [rdx] }));
  } else selection.emit(set(32, rdx, immediate(0)));
  selection.emit(
    instruction(signed ? "idiv" : "div", width, [register(by)], "u", {
      uses: [rax, rdx],
      defines: [rax, rdx],
    }),
  );
  for (const result of [value, divisions.second.get(value)]) {
    if (!result) continue;
    const from = result.op === "udiv" || result.op === "sdiv" ? rax : rdx;
    selection.emit(move(width, selection.register(result), from));
  }
}

/** `bsf` and `bsr` leave their result undefined for 0: a conditional move puts in the answer. */
function selectCount(selection: Selection, value: Instruction): void {
  const to = selection.register(value);
  const from = selection.register(value.args[0] as Instruction);
  const ofZero = selection.fresh();
  const backwards = value.op === "clz";
  selection.emit(set(32, ofZero, immediate(backwards ? 63 : 32)));
  selection.emit(define(backwards ? "bsr" : "bsf", 32, to, register(from)));
  selection.emit(instruction("cmovcc", 32, [register(to), register(ofZero)], "mu", { condition: "e" }));
  if (backwards) selection.emit(modify("xor", 32, register(to), immediate(31)));
}

const extensions = { zext8: "movzx8", zext16: "movzx16", sext8: "movsx8", sext16: "movsx16" } as const;

function selectExtend(selection: Selection, value: Instruction, context: SelectContext): void {
  const op = extensions[value.op as keyof typeof extensions];
  const [from] = value.args as [Instruction];
  const foldable = from.op.startsWith("load") && from.op !== "load64" && selection.canFold(from);
  const narrowEnough = foldable && (from.op === "load32" || from.op.includes(value.op.slice(4)));
  const operand = narrowEnough ? memoryOf(selection, from, context) : register(selection.register(from));
  selection.emit(define(op, 32, selection.register(value), operand));
}

const loadNames = {
  load8u: "movzx8",
  load8s: "movsx8",
  load16u: "movzx16",
  load16s: "movsx16",
  load32: "mov",
  load64: "mov",
} as const;

function load(
  selection: Selection,
  to: Register,
  value: Instruction,
  context: SelectContext,
): MachineInstruction {
  const op = loadNames[value.op as keyof typeof loadNames];
  return define(op, widthOf(value.type), to, memoryOf(selection, value, context));
}

const storeWidths = { store8: 8, store16: 16, store32: 32, store64: 64 } as const;
const loadsOfWidth: Readonly<Record<number, readonly string[]>> = {
  8: ["load8u", "load8s"],
  16: ["load16u", "load16s"],
  32: ["load32"],
  64: ["load64"],
};
const inPlace = new Set(["add", "sub", "and", "or", "xor"]);

function selectStore(selection: Selection, value: Instruction, context: SelectContext): void {
  const width = storeWidths[value.op as keyof typeof storeWidths];
  const [address, stored] = value.args as [Instruction, Instruction];
  const updated = updateInPlace(selection, value, width, context);
  if (updated) return selection.emit(updated);
  const direct = stored.op === "zext32" ? (stored.args[0] as Instruction) : stored;
  let operand = storedImmediate(direct, width, context);
  operand ??= register(selection.register(stored));
  selection.emit(store(width, addressOperand(selection, address, value.offset, context), operand));
}

function storedImmediate(value: Instruction, width: Width, context: SelectContext): Operand | undefined {
  if (value.op === "const" && width < 64) return immediate(BigInt.asIntN(width, value.value));
  if (value.op === "address" && width < 32) return undefined;
  return asImmediate(value, context);
}

/** A load, an operation and a store of one place as one instruction. */
function updateInPlace(
  selection: Selection,
  value: Instruction,
  width: Width,
  context: SelectContext,
): MachineInstruction | undefined {
  const [address, operation] = value.args as [Instruction, Instruction];
  if (!inPlace.has(operation.op) || !selection.canFold(operation)) return undefined;
  const isSamePlace = (candidate: Instruction | undefined): boolean =>
    candidate !== undefined &&
    (loadsOfWidth[width] as readonly string[]).includes(candidate.op) &&
    candidate.offset === value.offset &&
    sameAddress(candidate.args[0] as Instruction, address) &&
    selection.canFold(candidate);
  let [loaded, other] = operation.args as [Instruction, Instruction];
  if (!isSamePlace(loaded) && commutative.has(operation.op)) [loaded, other] = [other, loaded];
  if (!isSamePlace(loaded)) return undefined;
  const place = addressOperand(selection, address, value.offset, context);
  const step = operation.op === "add" || operation.op === "sub" ? unitStep(operation.op, other) : undefined;
  if (step) return modifyOne(step, width, place);
  const operand = storedImmediate(other, width, context) ?? register(selection.register(other));
  return modify(operation.op, width, place, operand);
}

function sameAddress(a: Instruction, b: Instruction): boolean {
  return (
    a === b || (a.op === "address" && b.op === "address" && a.symbol === b.symbol && a.offset === b.offset)
  );
}

/** Copies arguments into physical registers. Those that are registers already first: what writes constants needs none. */
function intoRegisters(
  selection: Selection,
  registers: readonly Register[],
  values: readonly Instruction[],
): void {
  const isConstant = (value: Instruction): boolean =>
    value.op === "const" ||
    value.op === "address" ||
    (value.op === "zext32" && isConstant(value.args[0] as Instruction));
  const late: (() => void)[] = [];
  for (const [index, value] of values.entries()) {
    const to = registers[index] as Register;
    if (isConstant(value)) late.push(() => selection.moveTo(to, value));
    else selection.moveTo(to, value);
  }
  for (const write of late) write();
}

function selectCall(selection: Selection, value: Instruction, context: SelectContext): void {
  const callee = value.callee as IrFunction;
  const convention = context.convention(callee.name) ?? {
    parameters: fixedParameters.slice(0, value.args.length),
    result: value.type === "void" ? undefined : rax,
    clobbers: allRegisters,
  };
  intoRegisters(selection, convention.parameters, value.args);
  const defines = new Set(convention.clobbers);
  if (convention.result !== undefined) defines.add(convention.result);
  selection.emit(
    instruction("call", 64, [symbol(callee.name, 0)], "u", {
      uses: convention.parameters,
      defines: [...defines],
    }),
  );
  if (value.type !== "void" && convention.result !== undefined && selection.usesOf(value) > 0) {
    selection.emit(move(widthOf(value.type), selection.register(value), convention.result));
  }
}

function selectSystemCall(selection: Selection, value: Instruction): void {
  const [number, ...args] = value.args as [Instruction, ...Instruction[]];
  const registers = [...syscallParameters.slice(0, args.length), rax];
  intoRegisters(selection, registers, [...args, number]);
  selection.emit(instruction("syscall", 64, [], "", { uses: registers, defines: [rax, rcx, r11] }));
  if (selection.usesOf(value) > 0) selection.emit(move(64, selection.register(value), rax));
}
