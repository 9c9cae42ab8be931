/**
 * riscv64 selection: IR to machine instructions. Here is which rule is whose; the rules are in arithmetic.ts, compare.ts, memory.ts
 * and calls.ts.
 *
 * What is odd about this machine, seen from here: compressed instructions overwrite their first operand, so where there is such
 * a form a result starts as a copy that the allocator tries to make vanish. Values of 32 bits are kept sign-extended, as `addw` and `lw`
 * leave them: sign-extension is free, zero-extension takes two shifts unless the value is known not to be negative, and
 * comparisons look at all 64 bits. Where only the low half of a result matters, the 64-bit operation does and is often
 * shorter. The return address is a parameter like any other: each function says in which register it wants it.
 * Operations on bytes in memory and on bits (`copy`, `ctz`, …) were expanded before.
 */

import { Bug, never } from "../../base/errors.ts";
import type { Instruction, IrFunction } from "../../ir/ir.ts";
import type { MachineFunction, Register } from "../../machine/machine.ts";
import { Selection, type SelectionRules } from "../../machine/selection.ts";
import { tailResult } from "../tail-result.ts";
import type { SelectContext } from "../target.ts";
import { emitSymbolAddress } from "./address.ts";
import {
  overwrite,
  selectAddition,
  selectExtend,
  selectField,
  selectLogical,
  selectProduct,
  selectRotation,
  selectShift,
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
import { define, immediate, instruction, move, register } from "./instructions.ts";
import { isFree, looksAtLowHalf } from "./low-half.ts";
import { loadNames, selectLoad, selectStore, storeNames } from "./memory.ts";
import { ra } from "./registers.ts";

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
  const ending = tailResult(fn, (call) => conventionOf(call, context).result);
  const selection = new Selection(fn, rules, context.recursive ? fixedResult : ending);
  returnAddress = selection.fresh();
  const selected = selection.run();
  const returns = fn.blocks.some(({ terminator }) => terminator.kind === "return");
  if (returns) selected.parameters.push(returnAddress);
  return context.recursive ? withFixedConvention(selected, fn.parameters.length) : selected;
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
