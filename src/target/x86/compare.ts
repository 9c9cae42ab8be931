/**
 * Comparisons: sets the flags and names the condition. Loads fold, at their own width where the constant
 * allows; comparing with zero is `test`.
 */

import { createConstant } from "../../ir/build.ts";
import { isTruth } from "../../ir/evaluate.ts";
import { type Instruction, isFloating, type Type } from "../../ir/ir.ts";
import type { MachineBlock, MachineInstruction } from "../../machine/machine.ts";
import type { Selection } from "../../machine/selection.ts";
import { addressOperand } from "./address.ts";
import { selectBitTest } from "./bit-test.ts";
import {
  compare,
  immediate,
  instruction,
  jumpIf,
  modify,
  modifyOne,
  move,
  opposite,
  rcx,
  rdi,
  register,
  rsi,
  set,
  setIf,
  stringInstruction,
  type Width,
  widthOf,
} from "./instructions.ts";
import type { ModeContext } from "./mode.ts";
import { asImmediate, byteRegister, isZero, loadedOrRegister, source } from "./sources.ts";

/** The condition code of `left op right`, and of the same comparison with the sides exchanged. */
const conditions: Readonly<Record<string, readonly [plain: string, exchanged: string]>> = {
  eq: ["e", "e"],
  ne: ["ne", "ne"],
  ult: ["b", "a"],
  ule: ["be", "ae"],
  slt: ["l", "g"],
  sle: ["le", "ge"],
};

const narrowLoads: Readonly<Record<string, { width: Width; low: bigint; high: bigint }>> = {
  load8u: { width: 8, low: 0n, high: 255n },
  load8s: { width: 8, low: -128n, high: 127n },
  load16u: { width: 16, low: 0n, high: 65535n },
  load16s: { width: 16, low: -32768n, high: 32767n },
};

/** Against the number below; 127 is a byte, and 128 is none. */
const orEqual: Readonly<Record<string, string>> = { b: "be", ae: "a", l: "le", ge: "g" };

const unsignedOf: Readonly<Record<string, string>> = { l: "b", le: "be", g: "a", ge: "ae" };

/** The branch to `then` that is taken when `condition` is not 0, after what it needs. */
export function selectBranch(
  selection: Selection,
  condition: Instruction,
  then: MachineBlock,
  context: ModeContext,
): MachineInstruction {
  return jumpIf(conditionOf(selection, condition, context), then);
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

/** Sets the flags for a truth value and returns the condition that holds when it is 1. */
function compareOf(selection: Selection, value: Instruction, context: ModeContext): string {
  if (value.op === "ultpair" || value.op === "sltpair") return selectPairCompare(selection, value, context);
  if (value.op !== "equal") return selectCompare(selection, value, context);
  compareBytes(selection, value);
  return "e";
}

/** Done twice rather than kept: a comparison of two registers or numbers. */
function isCheap({ op }: Instruction): boolean {
  return op !== "equal" && op !== "ultpair" && op !== "sltpair";
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

/** Writes the compare of `value` (`eq` … `sle`) and returns the condition that holds when it is true. */
function selectCompare(selection: Selection, value: Instruction, context: ModeContext): string {
  let [left, right] = selection.compared(value);
  const [plain, exchanged] = conditions[value.op] as readonly [string, string];
  let condition = plain;
  if (isFloating(left)) {
    [left, right] = [right, left];
    condition = exchanged;
  }
  const width: Width = left.type === "i64" ? 64 : 32;
  const belowLast = orEqual[condition];
  if (right.op === "const" && right.value === 128n && belowLast !== undefined) {
    right = createConstant(right.type as Type, 127n, right.span);
    condition = belowLast;
  }
  if (right.op === "const" && right.value === 0n) {
    const tested = selectTest(selection, left, width, condition, context);
    if (tested) return tested;
  }
  if (right.op === "const") {
    const narrow = narrowLoads[left.op];
    if (narrow && right.value >= narrow.low && right.value <= narrow.high && selection.canFold(left)) {
      const place = addressOperand(selection, left.args[0] as Instruction, left.offset, context);
      const constant = immediate(BigInt.asIntN(narrow.width, right.value));
      selection.emit(compare("cmp", narrow.width, place, constant));
      return narrow.low === 0n ? (unsignedOf[condition] ?? condition) : condition;
    }
  }
  const leftOperand = loadedOrRegister(selection, left, context);
  const rightOperand =
    asImmediate(right, context) ??
    (leftOperand.kind === "memory"
      ? register(selection.register(right))
      : loadedOrRegister(selection, right, context));
  selection.emit(compare("cmp", width, leftOperand, rightOperand));
  return condition;
}

/** Comparisons with zero. `test` clears carry, so unsigned conditions other than equality stay with `cmp`. */
function selectTest(
  selection: Selection,
  left: Instruction,
  width: Width,
  condition: string,
  context: ModeContext,
): string | undefined {
  const isEquality = condition === "e" || condition === "ne";
  if (isEquality && left.op === "and" && selection.canFold(left)) {
    if (selectBitTest(selection, left, context)) return condition === "e" ? "ae" : "b";
    selectMaskTest(selection, left, width, context);
    return condition;
  }
  if (left.op.startsWith("load") && selection.canFold(left)) return undefined;
  const operand = register(selection.register(left));
  selection.emit(compare("test", width, operand, { ...operand }));
  if (condition === "l") return "s";
  if (condition === "ge") return "ns";
  return condition;
}

/** Compares two pairs and returns the condition that holds when `value` (`ultpair`, `sltpair`) is true. */
function selectPairCompare(selection: Selection, value: Instruction, context: ModeContext): string {
  const [low, high, otherLow, otherHigh] = value.args as [Instruction, Instruction, Instruction, Instruction];
  const left = register(selection.register(low));
  const right = source(selection, otherLow, context);
  const above = source(selection, otherHigh, context);
  const difference = selection.fresh();
  selection.moveTo(difference, high);
  selection.emit(compare("cmp", 32, left, right));
  selection.emit(modify("sbb", 32, register(difference), above));
  return value.op === "sltpair" ? "l" : "b";
}

/** `(left & mask)` against zero: on the byte in memory when the mask fits it. */
function selectMaskTest(selection: Selection, and: Instruction, width: Width, context: ModeContext): void {
  const [left, mask] = and.args as [Instruction, Instruction];
  if (mask.op === "const") {
    const isByte = mask.value >= 0n && mask.value <= 255n;
    const inByte = isByte && (left.op === "load8u" || left.op === "load8s" || left.op === "load32");
    if (inByte && selection.canFold(left)) {
      const place = addressOperand(selection, left.args[0] as Instruction, left.offset, context);
      selection.emit(compare("test", 8, place, immediate(BigInt.asIntN(8, mask.value))));
      return;
    }
    if (mask.value === BigInt.asIntN(32, mask.value)) {
      // The high half of a mask that is not negative is zero.
      const narrow: Width = isByte ? 8 : mask.value < 0n ? width : 32;
      const tested = register(isByte ? byteRegister(selection, left, context) : selection.register(left));
      selection.emit(compare("test", narrow, tested, immediate(BigInt.asIntN(narrow, mask.value))));
      return;
    }
  }
  selection.emit(
    compare("test", width, register(selection.register(left)), register(selection.register(mask))),
  );
}

/** Flags as a value: 0 first, because `xor` changes flags, then one byte of it. What is below is the borrow itself. */
export function selectTruth(selection: Selection, value: Instruction, context: ModeContext): void {
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
