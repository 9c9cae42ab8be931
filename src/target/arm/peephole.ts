/**
 * Improvements that need to know the registers: the return address goes to the stack and from there into the program
 * counter in one instruction each, a base that moves does so as a part of the access, an operation sets the flags that a
 * comparison would have set after it, and short blocks become conditional instructions (conditional.ts).
 */

import type { Optimize } from "../../base/optimize.ts";
import { forwardEmptyBlocks } from "../../machine/layout.ts";
import type {
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  Operand,
  Register,
} from "../../machine/machine.ts";
import { mergeTwins } from "../../machine/merge-tails.ts";
import { type Access, moveBases, type Step } from "../../machine/moving-bases.ts";
import { forEachDefinition, forEachInstruction } from "../../machine/registers.ts";
import { makeConditional } from "./conditional.ts";
import { immediate, instruction, memory, register } from "./instructions.ts";
import { joinConditions } from "./join-conditions.ts";
import { accesses, arithmetic, compares, smallAccesses } from "./opcodes.ts";
import { allRegisters, link, pc, sp } from "./registers.ts";

export function peephole(fn: MachineFunction, optimize: Optimize): void {
  saveRegisters(fn);
  foldFrame(fn);
  for (const block of fn.blocks) {
    moveBases(block, { accessOf, stepOf, fits });
    dropCompare(block);
  }
  forwardEmptyBlocks(fn);
  joinConditions(fn);
  // A branch to a block that stays is shorter than a conditional copy of it.
  if (optimize === "size") mergeTwins(fn);
  makeConditional(fn);
}

// The frame

/** Room for so many spilled registers can be had by saving registers that nobody needs. */
const mostRoom = 4;

/**
 * A function that returns through the stack saves there what it changes, together with the return address: one instruction at
 * the entry, one at each end. The lowest of the saved registers' places can be those of spilled ones.
 */
function saveRegisters(fn: MachineFunction): void {
  const returns = fn.blocks.filter(({ instructions }) => {
    const last = instructions.at(-1);
    return last?.op === "ret" && isRegister(last.operands[0], pc);
  });
  const [first] = fn.blocks;
  if (first) first.instructions = first.instructions.filter(({ op }) => op !== "arrival");
  const entry = first?.instructions;
  if (returns.length === 0 || !entry) return;
  const results = [fn.result, fn.resultHigh];
  const written = new Set<Register>();
  forEachInstruction(fn, (each) => forEachDefinition(each, (register) => written.add(register)));
  const savable = allRegisters.filter((each) => each !== link && !results.includes(each));
  const words = (frameStep(entry[0], "sub") ?? 0) / 4;
  // Functions that call themselves promised before to save whatever they change.
  const hasRoom = words > 0 && words <= mostRoom && !fn.preserved;
  const room = hasRoom ? savable.slice(0, words) : [];
  const saved = savable.filter((each) => written.has(each) && !room.includes(each));
  const list = [...room, ...saved];
  if (hasRoom) entry.shift();
  entry.unshift(transfer("push", [...list, link]));
  for (const { instructions } of returns) {
    instructions.splice(hasRoom ? -2 : -1, hasRoom ? 2 : 1, transfer("pop", [...list, pc]));
  }
  fn.preserved = saved;
}

/** `push`, `pop` */
function transfer(op: string, registers: readonly Register[]): MachineInstruction {
  const bits = registers.reduce((sum, each) => sum | (1 << each), 0);
  return instruction(op, 32, [immediate(bits)], "u");
}

/** Where the return address alone was spilled: `str lr, [sp, #-n]!` at the entry and `ldr pc, [sp], #n` at the end. */
function foldFrame(fn: MachineFunction): void {
  const entry = fn.blocks[0]?.instructions ?? [];
  const made = entry[0];
  const saved = entry[1];
  const size = frameStep(made, "sub");
  const slot = saved && slotOf(saved);
  if (size === undefined || slot === undefined || saved?.op !== "str" || !isRegister(saved.operands[0], link))
    return;
  if (size > 4095) return;
  exchangeSlots(fn, slot, 0);
  entry.splice(0, 2, moving("str-pre", link, -size));
  for (const { instructions } of fn.blocks) {
    const [load, given, exit] = instructions.slice(-3);
    if (!load || !exit || frameStep(given, "add") !== size || load.op !== "ldr" || slotOf(load) !== 0)
      continue;
    const [loaded] = load.operands;
    if (loaded?.kind !== "register") continue;
    if (exit.op === "tail") instructions.splice(-3, 2, moving("ldr-post", loaded.register, size));
    else if (exit.op === "ret" && isRegister(exit.operands[0], loaded.register)) {
      instructions.splice(-3, 3, moving("ldr-post", pc, size));
    }
  }
}

/** The bytes of `sub sp, sp, #n` or `add sp, sp, #n`. */
function frameStep(candidate: MachineInstruction | undefined, op: "add" | "sub"): number | undefined {
  const [to, from, amount] = candidate?.operands ?? [];
  if (candidate?.op !== op || !isRegister(to, sp) || !isRegister(from, sp)) return undefined;
  return amount?.kind === "immediate" ? Number(amount.value) : undefined;
}

function isRegister(operand: Operand | undefined, wanted: Register): boolean {
  return operand?.kind === "register" && operand.register === wanted;
}

/** The offset of the stack slot that a load or store is about. */
function slotOf({ operands: [, place] }: MachineInstruction): number | undefined {
  return place?.kind === "memory" && place.base === sp ? place.displacement : undefined;
}

function exchangeSlots(fn: MachineFunction, a: number, b: number): void {
  if (a === b) return;
  for (const { instructions } of fn.blocks) {
    for (const each of instructions) {
      const slot = slotOf(each);
      if (slot !== a && slot !== b) continue;
      each.operands = [each.operands[0] as Operand, memory({ base: sp, displacement: slot === a ? b : a })];
    }
  }
}

function moving(op: string, value: Register, distance: number): MachineInstruction {
  const operands = [register(value), memory({ base: sp, displacement: distance })];
  return instruction(op, 32, operands, op.startsWith("ldr") ? "du" : "ud", { defines: [sp] });
}

// Bases

function accessOf(candidate: MachineInstruction): Access | undefined {
  const [value, place] = candidate.operands;
  if (!Object.hasOwn(accesses, candidate.op) && !Object.hasOwn(smallAccesses, candidate.op)) return undefined;
  if (value?.kind !== "register" || place?.kind !== "memory" || candidate.condition !== undefined)
    return undefined;
  if (place.base === undefined || place.index !== undefined || place.base === sp) return undefined;
  return { value: value.register, place, base: place.base };
}

/** `add base, base, #distance`. */
function stepOf({ op, operands, condition }: MachineInstruction): Step | undefined {
  const [to, from, amount] = operands;
  if ((op !== "add" && op !== "sub") || condition !== undefined || amount?.kind !== "immediate")
    return undefined;
  if (to?.kind !== "register" || from?.kind !== "register" || to.register !== from.register) return undefined;
  if (to.register === sp) return undefined;
  return { base: to.register, distance: Number(op === "add" ? amount.value : -amount.value) };
}

function fits({ op }: MachineInstruction, distance: number): boolean {
  return Math.abs(distance) <= (Object.hasOwn(accesses, op) ? 4095 : 255);
}

// Flags

/** The condition after an operation that set the flags by its result, for one after its comparison with zero. */
const afterResult: Readonly<Record<string, string>> = {
  eq: "eq",
  ne: "ne",
  mi: "mi",
  pl: "pl",
  lt: "mi",
  ge: "pl",
};

/**
 * A comparison with zero right before the branch says nothing new after the operation that computed its operand; one of two
 * values says nothing new after their difference. A copy can compare what it copies with zero.
 */
function dropCompare(block: MachineBlock): void {
  const { instructions, branch } = block;
  const compared = instructions.at(-1);
  if (!branch?.condition || compared?.op !== "cmp" || compared.condition !== undefined) return;
  const [left, right] = compared.operands;
  if (left?.kind !== "register" || !right) return;
  for (let at = instructions.length - 2; at >= 0; at--) {
    const before = instructions[at] as MachineInstruction;
    if (before.condition !== undefined || setsFlags(before)) return;
    const [result, first, second] = before.operands;
    const isZero = right.kind === "immediate" && right.value === 0n;
    if (before.isMove && isZero && result && first && (isSame(result, left) || isSame(first, left))) {
      instructions[at] = {
        ...instruction("subs", 32, [result, first, immediate(0)], "duu"),
        span: before.span,
      };
      instructions.pop();
      return;
    }
    // The comparison is of what the operands are after the difference.
    const isKept = !writes(before, left) && !writes(before, right);
    const isDifference = before.op === "sub" && isSame(first, left) && isSame(second, right) && isKept;
    const isResult = isSame(result, left) && isZero;
    const condition = isDifference ? branch.condition : afterResult[branch.condition];
    if (Object.hasOwn(arithmetic, before.op) && (isDifference || isResult) && condition !== undefined) {
      instructions[at] = { ...before, op: `${before.op}s` };
      instructions.pop();
      block.branch = { ...branch, condition };
      return;
    }
    if (writes(before, left) || writes(before, right)) return;
  }
}

/** Also a call, because the callee does. */
function setsFlags({ op }: MachineInstruction): boolean {
  if (Object.hasOwn(compares, op) || op === "bl" || op === "tail" || op === "svc") return true;
  return op.endsWith("s") && Object.hasOwn(arithmetic, op.slice(0, -1));
}

function isSame(a: Operand | undefined, b: Operand | undefined): boolean {
  if (a?.kind === "register" && b?.kind === "register") {
    const plain = a.modifier === undefined && b.modifier === undefined;
    const alike = a.modifier?.kind === b.modifier?.kind && a.modifier?.amount === b.modifier?.amount;
    return a.register === b.register && (plain || alike);
  }
  return a?.kind === "immediate" && b?.kind === "immediate" && a.value === b.value;
}

function writes(candidate: MachineInstruction, operand: Operand): boolean {
  let found = false;
  forEachDefinition(candidate, (defined) => {
    if (operand.kind === "register" && defined === operand.register) found = true;
  });
  return found;
}
