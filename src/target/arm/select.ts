/**
 * arm selection: IR to machine instructions. Here is which rule is whose; the rules are in arithmetic.ts, compare.ts, memory.ts and
 * calls.ts.
 *
 * What is odd about this machine, seen from here: operations have three operands and the last may be shifted for free; any
 * instruction can depend on a condition, so a truth value is two moves of which one is done; constants that do not fit are split
 * over two instructions where that is all they need. Sums of 32 bits wrap as addresses do, so all fold. 64-bit values
 * come in halves, whose sums and products have instructions. The return address arrives in a register and is a value like any
 * other: where it stays, allocation decides. Operations on bytes in memory (`copy`, `fill`, `equal`) and divisions
 * were expanded before.
 */

import { Bug, never } from "../../base/errors.ts";
import type { Instruction, IrFunction } from "../../ir/ir.ts";
import type { MachineFunction, Register } from "../../machine/machine.ts";
import { Selection, type SelectionRules } from "../../machine/selection.ts";
import { tailResult } from "../tail-result.ts";
import type { SelectContext } from "../target.ts";
import { emitSymbolAddress } from "./address.ts";
import {
  selectAddition,
  selectExtend,
  selectLogical,
  selectMultiply,
  selectPair,
  selectShift,
} from "./arithmetic.ts";
import {
  conventionOf,
  fixedResult,
  returnWith,
  savesRegisters,
  selectCall,
  selectSystemCall,
  selectTailCall,
  withFixedConvention,
} from "./calls.ts";
import { selectBranch, selectTruth } from "./compare.ts";
import { define, immediate, instruction, move, register, set } from "./instructions.ts";
import { selectLoad, selectStore } from "./memory.ts";
import { link, pc } from "./registers.ts";

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
  const jumps = !keepsAddress && fn.result !== "i64";
  const ending = jumps ? tailResult(fn, (call) => conventionOf(call, context).result) : undefined;
  const fixed = context.recursive ? fixedResult : ending;
  const selection = new Selection(fn, rules, fixed, true);
  if (!keepsAddress) returnAddress = selection.fresh();
  const selected = selection.run();
  // Also where it is not used: a call writes it, so no parameter may arrive there.
  const arrival = instruction("arrival", 32, [], "", { uses: [link] });
  selected.blocks[0]?.instructions.unshift(keepsAddress ? arrival : move(returnAddress, link));
  return context.recursive ? withFixedConvention(selected) : selected;
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
      return selectExtend(selection, value);
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
