/**
 * Values computed from values. Most operations overwrite their first operand, so a result starts as a copy of it; `lea` adds and
 * scales without that. Products, quotients and shifts by a variable want their operands in certain registers.
 */

import type { Instruction, IrFunction } from "../../ir/ir.ts";
import type { MemoryOperand } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { symbolPlusIndex } from "./address.ts";
import {
  define,
  immediate,
  instruction,
  memory,
  modify,
  modifyOne,
  move,
  rax,
  rcx,
  rdx,
  register,
  set,
  widthOf,
} from "./instructions.ts";
import type { ModeContext } from "./mode.ts";
import { isZero, loadedOrRegister, memoryOf, registerOfWidth, source } from "./sources.ts";

/** Of which the operands may change places. */
export const commutative: ReadonlySet<string> = new Set(["add", "and", "or", "xor", "mul"]);

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

export function selectArithmetic(selection: Selection, value: Instruction, context: ModeContext): void {
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
    const sum = asSumOfThree(selection, left, right);
    if (sum) return selection.emit(define("lea", width, to, sum));
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

/** `inc` or `dec` for a step of one. */
export function unitStep(op: "add" | "sub", amount: Instruction): string | undefined {
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
  if (!selection.canFold(shifted) || base.op === "address") return undefined;
  const scale = (1 << Number(amount.value)) as 2 | 4 | 8;
  if (base.op !== "const")
    return memory({ base: selection.register(base), index: selection.register(index), scale });
  // Without a base the displacement has four bytes, which a small constant is not worth.
  const isSmall = base.value >= -128n && base.value <= 127n;
  if (isSmall || shifted.type === "i64") return undefined;
  return memory({ index: selection.register(index), scale, displacement: Number(base.value) });
}

/** `base + index + constant` as the operand of a `lea`. */
function asSumOfThree(
  selection: Selection,
  sum: Instruction,
  amount: Instruction,
): MemoryOperand | undefined {
  const [base, index] = sum.args;
  if (sum.op !== "add" || amount.op !== "const" || !base || !index || !selection.canFold(sum))
    return undefined;
  if (amount.value < -128n || amount.value > 127n) return undefined;
  // What lies in memory or in the instruction is added in fewer bytes.
  const isInRegister = (value: Instruction): boolean =>
    value.op !== "const" &&
    value.op !== "address" &&
    !((value.op === "load32" || value.op === "load64") && selection.canFold(value));
  if (!isInRegister(base) || !isInRegister(index)) return undefined;
  return memory({
    base: selection.register(base),
    index: selection.register(index),
    displacement: Number(amount.value),
  });
}

/** Two results in two registers: the carry goes from one to the next, or the machine writes edx and eax. */
export function selectPair(selection: Selection, value: Instruction, context: ModeContext): void {
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

export function selectMultiply(selection: Selection, value: Instruction, context: ModeContext): void {
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
    const from = loadedOrRegister(selection, left, context);
    selection.emit(define("imul", width, to, from, immediate(factor)));
  } else {
    const operand = loadedOrRegister(selection, right, context);
    selection.moveTo(to, left);
    selection.emit(modify("imul", width, register(to), operand));
  }
}

const shiftNames = { shl: "shl", lshr: "shr", ashr: "sar", rotl: "rol" } as const;

export function selectShift(selection: Selection, value: Instruction): void {
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
export interface DivisionPairs {
  readonly second: ReadonlyMap<Instruction, Instruction>;
  readonly isSecond: ReadonlySet<Instruction>;
}

const otherHalf: Readonly<Record<string, string>> = {
  udiv: "urem",
  urem: "udiv",
  sdiv: "srem",
  srem: "sdiv",
};

export function pairDivisions(fn: IrFunction): DivisionPairs {
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
export function selectDivide(selection: Selection, value: Instruction, divisions: DivisionPairs): void {
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
export function selectCount(selection: Selection, value: Instruction): void {
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

export function selectExtend(selection: Selection, value: Instruction, context: ModeContext): void {
  const op = extensions[value.op as keyof typeof extensions];
  const [from] = value.args as [Instruction];
  const foldable = from.op.startsWith("load") && from.op !== "load64" && selection.canFold(from);
  const narrowEnough = foldable && (from.op === "load32" || from.op.includes(value.op.slice(4)));
  const operand = narrowEnough
    ? memoryOf(selection, from, context)
    : registerOfWidth(selection, from, value.op.endsWith("8") ? 8 : 16, context);
  selection.emit(define(op, 32, selection.register(value), operand));
}
