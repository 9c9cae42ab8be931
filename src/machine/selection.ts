/**
 * The part of instruction selection that all targets share.
 *
 * Each block is selected backwards, uses before definitions. So when an instruction is reached it is known
 * whether anybody asked for its value in a register: if nobody did, it was folded into its users (an
 * immediate, a memory operand, a fused compare) or is dead, and nothing is written. A target's rules fold by simply
 * not asking. One rule writes its few machine instructions forwards; the blocks' lists are reversed once.
 *
 * Leaving SSA: the copies for a block's phis are written at the end of each predecessor, as one parallel
 * move. An edge from a block with two successors gets a block of its own for them.
 */

import { assert } from "../base/errors.ts";
import { createConstant } from "../ir/build.ts";
import { type Block, type Instruction, type IrFunction, isFloating, type Type } from "../ir/ir.ts";
import { loopDepths } from "../ir/loops.ts";
import type { Span } from "../lang/source.ts";
import {
  firstVirtual,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
  type Register,
} from "./machine.ts";

/** What a target knows of its instructions. */
export interface SelectionRules {
  /** Writes the instructions that compute `value` into its register, or have its effect. */
  instruction(selection: Selection, value: Instruction): void;
  /** Writes the compare and returns the conditional branch to `then`, taken when `condition` is not 0. */
  branch(selection: Selection, condition: Instruction, then: MachineBlock): MachineInstruction;
  /** A copy between registers that the allocator may coalesce. */
  move(to: Register, from: Register, type: Type): MachineInstruction;
  /** Writes a constant or address into a register; `value.op` is `const` or `address`. */
  materialize(selection: Selection, to: Register, value: Instruction): void;
  /** The return instruction; reads `result`, and `high` when the result has two halves. */
  return(result: Register | undefined, high: Register | undefined): MachineInstruction;
  /**
   * Writes a jump to the callee in place of `call`, whose result is the function's; false where the two results
   * lie in different registers. Absent where calls at the end become jumps later.
   */
  tailCall?(selection: Selection, call: Instruction): boolean;
  /**
   * Whether `user` looks only at the low 32 bits of the register of its operand `index`. Absent: as on machines whose
   * 32-bit operations and branches never look at the rest.
   */
  looksAtLowHalf?(user: Instruction, index: number): boolean;
  /** Values that cost nothing to have: their operand's register serves. */
  isFree(selection: Selection, value: Instruction): boolean;
}

const sideEffects: ReadonlySet<string> = new Set([
  "store8",
  "store16",
  "store32",
  "store64",
  "call",
  "syscall",
  "copy",
  "fill",
]);
const memoryReads: ReadonlySet<string> = new Set([
  "load8u",
  "load8s",
  "load16u",
  "load16s",
  "load32",
  "load64",
  "equal",
]);

export function hasSideEffect(value: Instruction): boolean {
  return sideEffects.has(value.op);
}

/** Operations of 32 bits that only look at the low half of their operands, but for addresses. */
const lowHalf: ReadonlySet<string> = new Set([
  "add",
  "sub",
  "mul",
  "and",
  "or",
  "xor",
  "lshr",
  "ashr",
  "eq",
  "ne",
  "ult",
  "ule",
  "slt",
  "sle",
  "zext8",
  "zext16",
  "sext8",
  "sext16",
  "sext32",
  "store8",
  "store16",
  "store32",
]);

function looksAtLowHalfByDefault(user: Instruction, index: number): boolean {
  const isAddress = index === 0 && user.op.startsWith("store");
  // An add may become part of an address.
  return lowHalf.has(user.op) && !isAddress && !user.noWrap;
}

interface Facts {
  block: Block;
  uses: number;
  /** All users look at the low 32 bits of a register only. */
  lowHalf: boolean;
  /** How many memory writes of the block come before it. */
  epoch: number;
  register: Register;
  /** Of the second result of a pair. */
  highRegister: Register;
}

/** The state of selecting one function. */
export class Selection {
  readonly result: Register | undefined;
  /** The upper half of a 64-bit result on a 32-bit target. */
  readonly resultHigh: Register | undefined;
  private readonly fn: IrFunction;
  private readonly rules: SelectionRules;
  private readonly facts: Facts[] = [];
  private readonly blocks = new Map<Block, MachineBlock>();
  private nextRegister = firstVirtual;
  private written: MachineInstruction[] = [];
  private block: Block;
  private epoch = 0;
  private span: Span | undefined;

  /** The call that a jump at the end of the block stands for. */
  private replaced: Instruction | undefined;

  /**
   * `result`: the register to return the result in, where it is not for the allocator to choose. `halved`: an i64 is two
   * registers.
   */
  constructor(fn: IrFunction, rules: SelectionRules, result?: Register, halved = false) {
    this.fn = fn;
    this.rules = rules;
    this.block = fn.blocks[0] as Block;
    this.countUses();
    this.result = fn.result === "void" ? undefined : (result ?? this.fresh());
    this.resultHigh = fn.result === "i64" && halved ? this.fresh() : undefined;
  }

  /** A new virtual register. */
  fresh(): Register {
    return this.nextRegister++;
  }

  /** Appends an instruction to those of the rule at work. */
  emit(instruction: MachineInstruction): void {
    instruction.span ??= this.span;
    this.written.push(instruction);
  }

  /** Where the rule at work stands: see `insert`. */
  position(): number {
    return this.written.length;
  }

  /** Writes an instruction before those that the rule at work wrote since `position`. */
  insert(position: number, instruction: MachineInstruction): void {
    instruction.span ??= this.span;
    this.written.splice(position, 0, instruction);
  }

  /** The register that holds `value`, wherever it is defined. Constants are written anew for each use. */
  register(value: Instruction): Register {
    if (isFloating(value)) {
      const to = this.fresh();
      this.rules.materialize(this, to, value);
      return to;
    }
    if (value.op === "high") return this.highRegister(value.args[0] as Instruction);
    if (this.rules.isFree(this, value)) return this.register(value.args[0] as Instruction);
    const facts = this.factsOf(value);
    if (facts.register < 0) facts.register = this.fresh();
    return facts.register;
  }

  /** The register of the upper half of a pair. */
  highRegister(pair: Instruction): Register {
    const facts = this.factsOf(pair);
    if (facts.highRegister < 0) facts.highRegister = this.fresh();
    return facts.highRegister;
  }

  /** Whether anybody asked for the value in a register; of a pair, for its lower half. */
  wantsLow(value: Instruction): boolean {
    return this.factsOf(value).register >= 0;
  }

  /** Whether anybody asked for the upper half of a pair. */
  wantsHigh(pair: Instruction): boolean {
    return this.factsOf(pair).highRegister >= 0;
  }

  /** Writes `value` into the given register. */
  moveTo(to: Register, value: Instruction): void {
    if (isFloating(value)) this.rules.materialize(this, to, value);
    else if (this.rules.isFree(this, value)) this.moveTo(to, value.args[0] as Instruction);
    else this.emit(this.rules.move(to, this.register(value), value.type as Type));
  }

  /**
   * Writes values into the given registers: arguments. Those that are registers already first, because what writes constants
   * needs none.
   */
  moveAllTo(registers: readonly Register[], values: readonly Instruction[]): void {
    const late: (() => void)[] = [];
    for (const [index, value] of values.entries()) {
      const to = registers[index] as Register;
      if (this.needsRegister(value)) this.moveTo(to, value);
      else late.push(() => this.moveTo(to, value));
    }
    for (const write of late) write();
  }

  /**
   * Whether the rule at work may compute `value` itself instead of reading it from a register: it is its
   * only user, in the same block, and nothing in between writes memory that it reads.
   */
  canFold(value: Instruction): boolean {
    if (isFloating(value)) return false;
    const facts = this.factsOf(value);
    if (facts.uses !== 1 || facts.block !== this.block || facts.register >= 0) return false;
    if (value.op === "phi" || value.op === "parameter" || hasSideEffect(value)) return false;
    return !memoryReads.has(value.op) || facts.epoch === this.epoch;
  }

  /**
   * The operands of the comparison `value`: for `x + c` against zero, where nobody else needs the sum, x against -c.
   * Where the sum is needed anyway, zero is the cheapest to compare with.
   */
  compared(value: Instruction): [Instruction, Instruction] {
    const [left, right] = value.args as [Instruction, Instruction];
    const [from, amount] = left.args;
    const isSum = left.op === "add" && amount?.op === "const" && from && this.canFold(left);
    const isTest = (value.op === "eq" || value.op === "ne") && right.op === "const" && right.value === 0n;
    if (!isSum || !isTest) return [left, right];
    return [from, createConstant(left.type as Type, -amount.value, right.span)];
  }

  /** How many operands and terminators name the value; a constant has a use of its own each time. */
  usesOf(value: Instruction): number {
    return isFloating(value) ? 1 : this.factsOf(value).uses;
  }

  machineBlock(block: Block): MachineBlock {
    const known = this.blocks.get(block);
    assert(known, "a branch to a block that is not in the function");
    return known;
  }

  /** Whether all users of the value look at the low 32 bits of a register only. */
  usesLowHalf(value: Instruction): boolean {
    return this.factsOf(value).lowHalf;
  }

  run(): MachineFunction {
    const depths = loopDepths(this.fn);
    const blocks: MachineBlock[] = this.fn.blocks.map((block, index) => {
      const machine = newBlock(index, depths[index] as number);
      this.blocks.set(block, machine);
      return machine;
    });
    // Against the order: a value's uses are seen before its definition, but for those around loops,
    // which are all phi operands.
    for (const block of this.fn.blocks) this.requestPhiOperands(block);
    for (let i = this.fn.blocks.length - 1; i >= 0; i--) {
      this.selectBlock(this.fn.blocks[i] as Block, blocks);
    }
    return {
      name: this.fn.name,
      blocks,
      parameters: this.fn.parameters.map((parameter) => this.register(parameter)),
      result: this.result,
      resultHigh: this.resultHigh,
      registers: this.nextRegister,
      frameBytes: 0,
    };
  }

  private factsOf(value: Instruction): Facts {
    return this.facts[value.mark] as Facts;
  }

  private needsRegister(value: Instruction): boolean {
    if (isFloating(value)) return false;
    return !this.rules.isFree(this, value) || this.needsRegister(value.args[0] as Instruction);
  }

  private countUses(): void {
    const note = (value: Instruction, block: Block, epoch: number): void => {
      value.mark = this.facts.length;
      this.facts.push({ block, uses: 0, lowHalf: true, epoch, register: -1, highRegister: -1 });
    };
    for (const parameter of this.fn.parameters) note(parameter, this.block, 0);
    for (const block of this.fn.blocks) {
      let epoch = 0;
      for (const value of block.instructions) {
        if (value.op !== "parameter") note(value, block, epoch);
        if (hasSideEffect(value)) epoch++;
      }
      block.mark = epoch;
    }
    const use = (value: Instruction, lowHalfOnly: boolean): void => {
      if (isFloating(value)) return;
      const facts = this.factsOf(value);
      facts.uses++;
      facts.lowHalf &&= lowHalfOnly;
    };
    for (const { instructions, terminator } of this.fn.blocks) {
      for (const user of instructions) {
        for (const [index, arg] of user.args.entries()) {
          const { looksAtLowHalf = looksAtLowHalfByDefault } = this.rules;
          use(arg, looksAtLowHalf(user, index));
        }
      }
      if (terminator.kind === "branch") use(terminator.condition, !this.rules.looksAtLowHalf);
      if (terminator.kind === "return" && terminator.value) use(terminator.value, false);
    }
  }

  /** Phi operands are read at the ends of predecessors, which may lie later than the definition in the order. */
  private requestPhiOperands(block: Block): void {
    for (const phi of block.instructions) {
      if (phi.op !== "phi") break;
      for (const arg of phi.args) if (!isFloating(arg)) this.register(arg);
    }
  }

  private selectBlock(block: Block, blocks: MachineBlock[]): void {
    const machine = this.machineBlock(block);
    const reversed: MachineInstruction[] = [];
    const flush = (): void => {
      for (let i = this.written.length - 1; i >= 0; i--) reversed.push(this.written[i] as MachineInstruction);
      this.written = [];
    };
    this.block = block;
    this.epoch = block.mark;
    this.span = undefined;
    this.selectTerminator(block, machine, blocks);
    flush();
    for (let i = block.instructions.length - 1; i >= 0; i--) {
      const value = block.instructions[i] as Instruction;
      if (value.op === "phi" || value.op === "parameter") continue;
      const facts = this.factsOf(value);
      this.epoch = facts.epoch;
      const isWanted = facts.register >= 0 || facts.highRegister >= 0;
      const wanted = isWanted || (hasSideEffect(value) && value !== this.replaced);
      if (!wanted || value.op === "high" || this.rules.isFree(this, value)) continue;
      this.span = value.span;
      this.rules.instruction(this, value);
      flush();
    }
    machine.instructions = reversed.reverse();
  }

  private selectTerminator(block: Block, machine: MachineBlock, blocks: MachineBlock[]): void {
    const { terminator } = block;
    switch (terminator.kind) {
      case "jump":
        machine.next = this.machineBlock(terminator.target);
        this.copyPhis(block, terminator.target);
        return;
      case "branch": {
        this.span = terminator.condition.span;
        const then = this.edge(block, terminator.then, machine, blocks);
        machine.next = this.edge(block, terminator.else, machine, blocks);
        machine.branch = this.rules.branch(this, terminator.condition, then);
        return;
      }
      case "return": {
        const call = tailCallOf(block);
        if (call && this.rules.tailCall?.(this, call)) {
          this.replaced = call;
          return;
        }
        if (terminator.value) this.moveResult(terminator.value);
        this.emit(this.rules.return(this.result, this.resultHigh));
        return;
      }
      case "unreachable":
        return;
    }
  }

  private moveResult(value: Instruction): void {
    if (this.result === undefined) return;
    if (this.resultHigh === undefined) return this.moveTo(this.result, value);
    if (value.op === "pair") {
      const [low, high] = value.args as [Instruction, Instruction];
      this.moveTo(this.result, low);
      this.moveTo(this.resultHigh, high);
    } else {
      this.emit(this.rules.move(this.result, this.register(value), "i32"));
      this.emit(this.rules.move(this.resultHigh, this.highRegister(value), "i32"));
    }
  }

  /** The target of an edge from a block with two successors, or a new block with the copies for its phis. */
  private edge(from: Block, to: Block, machine: MachineBlock, blocks: MachineBlock[]): MachineBlock {
    const target = this.machineBlock(to);
    if (to.instructions[0]?.op !== "phi") return target;
    const between = newBlock(blocks.length, Math.min(machine.loopDepth, target.loopDepth));
    blocks.push(between);
    between.next = target;
    const outer = this.written;
    this.written = [];
    this.copyPhis(from, to);
    between.instructions = this.written;
    this.written = outer;
    return between;
  }

  /** The parallel move into the phis of `to` on the edge from `from`. */
  private copyPhis(from: Block, to: Block): void {
    const edge = to.predecessors.indexOf(from);
    const copies: { to: Register; value: Instruction }[] = [];
    const constants: { to: Register; value: Instruction }[] = [];
    for (const phi of to.instructions) {
      if (phi.op !== "phi") break;
      const facts = this.factsOf(phi);
      if (facts.uses === 0) continue;
      const value = phi.args[edge] as Instruction;
      if (value === phi) continue;
      (isFloating(value) ? constants : copies).push({ to: this.register(phi), value });
    }
    this.parallelMove(copies);
    for (const { to, value } of constants) this.moveTo(to, value);
  }

  /** Moves as if all at once: a register is written only when no pending move reads it; cycles go through a new one. */
  private parallelMove(moves: { to: Register; value: Instruction }[]): void {
    const pending = moves
      .map(({ to, value }) => ({ to, from: this.register(value), type: value.type as Type }))
      .filter(({ to, from }) => to !== from);
    while (pending.length > 0) {
      const index = pending.findIndex(({ to }) => !pending.some((other) => other.from === to));
      if (index >= 0) {
        const [next] = pending.splice(index, 1);
        if (next) this.emit(this.rules.move(next.to, next.from, next.type));
        continue;
      }
      const [first] = pending;
      if (!first) return;
      const saved = this.fresh();
      this.emit(this.rules.move(saved, first.to, first.type));
      for (const other of pending) if (other.from === first.to) other.from = saved;
    }
  }
}

/** The call right before the block's return that makes what is returned. */
export function tailCallOf({ instructions, terminator }: Block): Instruction | undefined {
  const last = instructions.at(-1);
  if (terminator.kind !== "return" || last?.op !== "call") return undefined;
  return terminator.value === undefined || terminator.value === last ? last : undefined;
}

function newBlock(id: number, loopDepth: number): MachineBlock {
  return { id, instructions: [], branch: undefined, next: undefined, loopDepth };
}
