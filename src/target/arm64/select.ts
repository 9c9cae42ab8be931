/**
 * arm64 selection: IR to machine instructions. Here is which rule is whose; the rules are in arithmetic.ts, compare.ts, memory.ts
 * and calls.ts.
 *
 * What is odd about this machine, seen from here: operations have three operands, so nothing needs to be copied first;
 * one of them may be shifted or extended for free; products are added and subtracted by the multiplication itself;
 * branches test for zero, the sign or a bit without flags; zero is a register. Every 32-bit operation clears the upper half
 * of its register, so zero-extension from 32 bits is free and addresses are computed in 32 bits. The return
 * address arrives in a register and is a value like any other: where it stays, allocation decides. Operations on bytes in memory
 * (`copy`, `fill`, `equal`) were expanded before.
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
  selectDivide,
  selectExtend,
  selectLogical,
  selectMultiply,
  selectShift,
  selectSignExtend,
} from "./arithmetic.ts";
import {
  conventionOf,
  fixedResult,
  selectCall,
  selectSystemCall,
  selectTailCall,
  withFixedConvention,
} from "./calls.ts";
import { selectBranch, selectTruth } from "./compare.ts";
import { define, immediate, instruction, move, register, set, widthOf } from "./instructions.ts";
import { loads, selectLoad, selectStore, stores } from "./memory.ts";
import { link } from "./registers.ts";

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
  const ending = tailResult(fn, (call) => conventionOf(call, context).result);
  const selection = new Selection(fn, rules, context.recursive ? fixedResult : ending);
  returnAddress = selection.fresh();
  const selected = selection.run();
  // Also where it is not used: a call writes it, so no parameter may arrive there.
  selected.blocks[0]?.instructions.unshift(move(64, returnAddress, link));
  return context.recursive ? withFixedConvention(selected) : selected;
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
