/**
 * Selection for amd64 and 386: IR to machine instructions.
 *
 * What is odd about this machine, seen from here: most instructions overwrite their first operand, so a result
 * starts as a copy that the allocator tries to make vanish; one operand may lie in memory, so single-use
 * loads fold into their users and a load, an operation and a store become one instruction; comparisons set flags
 * that the next instruction must use; shifts take their amount in cl, division works on rdx:rax, string
 * instructions on rsi, rdi and rcx. Every 32-bit operation clears the upper half of its register, so
 * zero-extension from 32 bits is free and addresses are computed in 32 bits without REX prefixes.
 */

import { never } from "../../base/errors.ts";
import { isTruth } from "../../ir/evaluate.ts";
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
import type { CallingConvention, SelectContext } from "../target.ts";
import { addressOperand, isFixedAddress, symbolPlusIndex } from "./address.ts";
import { byteRegister, selectCompare, selectPairCompare } from "./compare.ts";
import {
  compare,
  define,
  immediate,
  instruction,
  jumpIf,
  modify,
  modifyOne,
  move,
  opposite,
  rax,
  rbp,
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
import type { Mode, ModeContext } from "./mode.ts";

/** The target's `select`. */
export function selectorFor(mode: Mode): (fn: IrFunction, context: SelectContext) => MachineFunction {
  return (fn, context) => select(fn, { ...context, mode });
}

function select(fn: IrFunction, context: ModeContext): MachineFunction {
  const divisions = pairDivisions(fn);
  const { word } = context.mode;
  const rules: SelectionRules = {
    instruction: (selection, value) => selectInstruction(selection, value, context, divisions),
    branch: (selection, condition, then) => selectBranch(selection, condition, then, context),
    move: (to, from, type) => move(word === 32 ? 32 : widthOf(type), to, from),
    materialize: (selection, to, value) => materialize(selection, to, value, context),
    return: (result, high) => returnWith([result, high], word),
    // Registers are zero-extended whenever 32 bits are written; what sits above a truncated value matters to few.
    // On 386 the lower half of a pair has its own register.
    isFree: (selection, value) =>
      value.op === "zext32" || (value.op === "trunc" && (word === 32 || selection.usesLowHalf(value))),
  };
  const selection = new Selection(fn, rules, undefined, word === 32);
  const selected = selection.run();
  return context.recursive ? withFixedConvention(selected, context.mode) : selected;
}

function widthOf(type: Type | "void"): 32 | 64 {
  return type === "i64" ? 64 : 32;
}

function returnWith(results: readonly (Register | undefined)[], word: 32 | 64): MachineInstruction {
  const given = results.filter((result) => result !== undefined);
  return instruction("ret", word, given.map(register), "u".repeat(given.length));
}

/** Functions that call themselves get their parameters where callers not yet selected will put them. */
function withFixedConvention(fn: MachineFunction, { fixedParameters, word }: Mode): MachineFunction {
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

function selectInstruction(
  selection: Selection,
  value: Instruction,
  context: ModeContext,
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
    case "sle":
    case "ultpair":
    case "sltpair":
    case "equal":
      return selectTruth(selection, value, context);
    case "addpair":
    case "subpair":
    case "mulpair":
    case "divpair":
      return selectPair(selection, value, context);
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
      return selectSystemCall(selection, value, context);
    case "copy":
      selection.moveAllTo([rdi, rsi, rcx], value.args);
      return selection.emit(stringInstruction("rep-movsb", [rdi, rsi, rcx], [rdi, rsi, rcx]));
    case "fill":
      selection.moveAllTo([rdi, rax, rcx], value.args);
      return selection.emit(stringInstruction("rep-stosb", [rdi, rax, rcx], [rdi, rcx]));
    case "const":
    case "address":
    case "parameter":
    case "phi":
    case "pair":
    case "high":
      return;
    default:
      never(value.op);
  }
}

function selectBranch(
  selection: Selection,
  condition: Instruction,
  then: MachineBlock,
  context: ModeContext,
): MachineInstruction {
  return jumpIf(conditionOf(selection, condition, context), then);
}

/** Flags as a value: 0 first, because `xor` changes flags, then one byte of it. What is below is the borrow itself. */
function selectTruth(selection: Selection, value: Instruction, context: ModeContext): void {
  const to = selection.register(value);
  const start = selection.position();
  const condition = compareOf(selection, value, context);
  if (condition === "b" || condition === "ae") {
    selection.emit(instruction("sbb", 32, [register(to), register(to)], "dd"));
    selection.emit(modifyOne(condition === "b" ? "neg" : "inc", 32, register(to)));
    return;
  }
  const byte = context.mode.word === 64 ? to : selection.fresh();
  selection.insert(start, set(32, byte, immediate(0)));
  selection.emit(setIf(condition, byte));
  if (byte !== to) selection.emit(move(32, to, byte));
}

/** Sets the flags for a truth value and returns the condition that holds when it is 1. */
function compareOf(selection: Selection, value: Instruction, context: ModeContext): string {
  if (value.op === "ultpair" || value.op === "sltpair") return selectPairCompare(selection, value, context);
  if (value.op !== "equal") return selectCompare(selection, value, context);
  compareBytes(selection, value);
  return "e";
}

/** Sets the flags for `value` and returns the condition that holds when it is not 0. */
function conditionOf(selection: Selection, value: Instruction, context: ModeContext): string {
  if (isTruth(value.op) && (selection.canFold(value) || (selection.usesOf(value) > 1 && isCheap(value)))) {
    if ((value.op === "eq" || value.op === "ne") && isZero(value.args[1])) {
      const [inner] = value.args as [Instruction];
      const isInverted = inner.op === "equal" || inner.op === "ultpair" || inner.op === "sltpair";
      if (isInverted && selection.canFold(inner)) {
        const condition = compareOf(selection, inner, context);
        return value.op === "eq" ? (opposite[condition] ?? "") : condition;
      }
    }
    return compareOf(selection, value, context);
  }
  const tested = register(selection.register(value));
  selection.emit(compare("test", widthOf(value.type), tested, { ...tested }));
  return "ne";
}

/** Done twice rather than kept: a comparison of two registers or numbers. */
function isCheap({ op }: Instruction): boolean {
  return op !== "equal" && op !== "ultpair" && op !== "sltpair";
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
  selection.moveAllTo([rdi, rsi, rcx], value.args);
  const length = value.args[2];
  if (length?.op !== "const" || length.value === 0n) {
    selection.emit(compare("cmp", 32, register(rcx), register(rcx)));
  }
  selection.emit(stringInstruction("repe-cmpsb", [rdi, rsi, rcx], [rdi, rsi, rcx]));
}

function materialize(selection: Selection, to: Register, value: Instruction, context: ModeContext): void {
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
function asImmediate(value: Instruction, context: ModeContext): Operand | undefined {
  if (value.op === "const") {
    return BigInt.asIntN(32, value.value) === value.value ? immediate(value.value) : undefined;
  }
  return isFixedAddress(value, context) ? symbol(value.symbol, value.offset) : undefined;
}

/** The value as an immediate, a folded load of its full width, or a register. */
function source(selection: Selection, value: Instruction, context: ModeContext): Operand {
  return (
    asImmediate(value, context) ??
    loadedOrRegister(selection, value, value.type === "i64" ? "load64" : "load32", context)
  );
}

function loadedOrRegister(
  selection: Selection,
  value: Instruction,
  op: "load32" | "load64",
  context: ModeContext,
): Operand {
  if (value.op === op && selection.canFold(value)) return memoryOf(selection, value, context);
  return register(selection.register(value));
}

function memoryOf(selection: Selection, access: Instruction, context: ModeContext): MemoryOperand {
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

function selectArithmetic(selection: Selection, value: Instruction, context: ModeContext): void {
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
  if (value.op === "or" && selectDoubleShift(selection, value)) return;
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

/** `left << n | right >> 32 - n`: the bits of the second register come into the first. */
function selectDoubleShift(selection: Selection, value: Instruction): boolean {
  const [one, other] = value.args as [Instruction, Instruction];
  const [upper, lower] = one.op === "shl" ? [one, other] : [other, one];
  const [left, up] = upper.args;
  const [right, down] = lower.args;
  if (upper.op !== "shl" || lower.op !== "lshr" || value.type !== "i32" || !left || !right) return false;
  if (up?.op !== "const" || down?.op !== "const" || up.value + down.value !== 32n) return false;
  if (!selection.canFold(upper) || !selection.canFold(lower)) return false;
  const to = selection.register(value);
  const source = selection.register(right);
  selection.moveTo(to, left);
  const amount = immediate(up.value);
  if (left === right) selection.emit(modify("rol", 32, register(to), amount));
  else selection.emit(instruction("shld", 32, [register(to), register(source), amount], "muu"));
  return true;
}

/** Two results in two registers: the carry goes from one to the next, or the machine writes edx and eax. */
function selectPair(selection: Selection, value: Instruction, context: ModeContext): void {
  const [first, second, third, fourth] = value.args as [Instruction, Instruction, Instruction, Instruction];
  const to = selection.register(value);
  const high = selection.highRegister(value);
  if (value.op === "addpair" || value.op === "subpair") {
    const [op, withCarry] = value.op === "addpair" ? ["add", "adc"] : ["sub", "sbb"];
    const isNegation = op === "sub" && isZero(first);
    const lower = isNegation ? undefined : source(selection, third, context);
    const upper = source(selection, fourth, context);
    selection.moveTo(high, second);
    selection.moveTo(to, isNegation ? third : first);
    selection.emit(lower ? modify(op, 32, register(to), lower) : modifyOne("neg", 32, register(to)));
    selection.emit(modify(withCarry, 32, register(high), upper));
    return;
  }
  const divides = value.op === "divpair";
  const operand = register(selection.register(divides ? third : second));
  selection.moveTo(rax, first);
  if (divides) selection.moveTo(rdx, second);
  const uses = divides ? [rax, rdx] : [rax];
  selection.emit(instruction(divides ? "div" : "mul", 32, [operand], "u", { uses, defines: [rax, rdx] }));
  selection.emit(move(32, to, rax));
  selection.emit(move(32, high, rdx));
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

function selectMultiply(selection: Selection, value: Instruction, context: ModeContext): void {
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

function selectExtend(selection: Selection, value: Instruction, context: ModeContext): void {
  const op = extensions[value.op as keyof typeof extensions];
  const [from] = value.args as [Instruction];
  const foldable = from.op.startsWith("load") && from.op !== "load64" && selection.canFold(from);
  const narrowEnough = foldable && (from.op === "load32" || from.op.includes(value.op.slice(4)));
  const operand = narrowEnough
    ? memoryOf(selection, from, context)
    : registerOfWidth(selection, from, value.op.endsWith("8") ? 8 : 16, context);
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
  context: ModeContext,
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

function selectStore(selection: Selection, value: Instruction, context: ModeContext): void {
  const width = storeWidths[value.op as keyof typeof storeWidths];
  const [address, stored] = value.args as [Instruction, Instruction];
  const updated = updateInPlace(selection, value, width, context);
  if (updated) return selection.emit(updated);
  const direct = stored.op === "zext32" ? (stored.args[0] as Instruction) : stored;
  let operand = storedImmediate(direct, width, context);
  operand ??= registerOfWidth(selection, stored, width, context);
  selection.emit(store(width, addressOperand(selection, address, value.offset, context), operand));
}

function registerOfWidth(
  selection: Selection,
  value: Instruction,
  width: Width,
  context: ModeContext,
): Operand {
  return register(width === 8 ? byteRegister(selection, value, context) : selection.register(value));
}

function storedImmediate(value: Instruction, width: Width, context: ModeContext): Operand | undefined {
  if (value.op === "const" && width < 64) return immediate(BigInt.asIntN(width, value.value));
  if (value.op === "address" && width < 32) return undefined;
  return asImmediate(value, context);
}

/** A load, an operation and a store of one place as one instruction. */
function updateInPlace(
  selection: Selection,
  value: Instruction,
  width: Width,
  context: ModeContext,
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
  const operand = storedImmediate(other, width, context) ?? registerOfWidth(selection, other, width, context);
  return modify(operation.op, width, place, operand);
}

function sameAddress(a: Instruction, b: Instruction): boolean {
  return (
    a === b || (a.op === "address" && b.op === "address" && a.symbol === b.symbol && a.offset === b.offset)
  );
}

function selectCall(selection: Selection, value: Instruction, context: ModeContext): void {
  const { fixedParameters, registers, word } = context.mode;
  const callee = value.callee as IrFunction;
  const convention: CallingConvention = context.convention(callee.name) ?? {
    parameters: fixedParameters.slice(0, value.args.length),
    result: value.type === "void" ? undefined : rax,
    resultHigh: value.type === "i64" && word === 32 ? rdx : undefined,
    clobbers: registers.filter((each) => !context.hasStorage || each !== rbp),
  };
  selection.moveAllTo(convention.parameters, value.args);
  const { result, resultHigh } = convention;
  const results = [result, resultHigh].filter((each) => each !== undefined);
  selection.emit(
    instruction("call", word, [symbol(callee.name, 0)], "u", {
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
function selectSystemCall(selection: Selection, value: Instruction, context: ModeContext): void {
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
