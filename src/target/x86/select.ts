/**
 * Selection for amd64 and 386: IR to machine instructions. Here is which rule is whose; the rules are in arithmetic.ts, compare.ts,
 * memory.ts and calls.ts.
 *
 * What is odd about this machine, seen from here: most instructions overwrite their first operand, so a result
 * starts as a copy that the allocator tries to make vanish; one operand may lie in memory, so single-use
 * loads fold into their users and a load, an operation and a store become one instruction; comparisons set flags
 * that the next instruction must use; shifts take their amount in cl, division works on rdx:rax, string
 * instructions on rsi, rdi and rcx. Every 32-bit operation clears the upper half of its register, so
 * zero-extension from 32 bits is free and addresses are computed in 32 bits without REX prefixes.
 */

import { never } from "../../base/errors.ts";
import type { Instruction, IrFunction } from "../../ir/ir.ts";
import type { MachineFunction, Register } from "../../machine/machine.ts";
import { Selection, type SelectionRules } from "../../machine/selection.ts";
import type { SelectContext } from "../target.ts";
import { addressOperand } from "./address.ts";
import {
  type DivisionPairs,
  pairDivisions,
  selectArithmetic,
  selectCount,
  selectDivide,
  selectExtend,
  selectMultiply,
  selectPair,
  selectShift,
} from "./arithmetic.ts";
import { returnWith, selectCall, selectSystemCall, withFixedConvention } from "./calls.ts";
import { selectBranch, selectTruth } from "./compare.ts";
import {
  define,
  immediate,
  modifyOne,
  move,
  rax,
  rcx,
  rdi,
  register,
  rsi,
  set,
  stringInstruction,
  symbol,
  type Width,
  widthOf,
} from "./instructions.ts";
import { selectLoad, selectStore } from "./memory.ts";
import type { Mode, ModeContext } from "./mode.ts";
import { loadedOrRegister } from "./sources.ts";

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
      const source = loadedOrRegister(selection, first, context);
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
      return selectLoad(selection, value, context);
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
