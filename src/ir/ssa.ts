/**
 * Writes a function in SSA form while it is read: a cursor over the block being filled, and the value that each
 * variable has there.
 *
 * Construction follows Braun et al., "Simple and Efficient Construction of Static Single Assignment Form" (2013). A block is
 * sealed once all its predecessors are known; a variable read in a block that is not gets a phi whose operands come with the seal. A
 * phi of one value is forwarded: it stays behind as a stub (`mark` is `forwarded`, its operand the value) and
 * `finish` takes all stubs out in one walk, so nobody keeps lists of users.
 */

import { assert } from "../base/errors.ts";
import type { Span } from "../lang/source.ts";
import { createAddress, createBlock, createConstant, createInstruction } from "./build.ts";
import type { Block, Instruction, IrFunction, Op, Type } from "./ir.ts";
import { orderBlocks, rewriteOperands } from "./order.ts";

/** A variable of the source, by its place in `SsaBuilder.variableTypes`. */
export type Variable = number;

const forwarded = 1;

/** What is known of a block while its function is being built; at the block's id. */
interface BlockState {
  /** By variable; a phi among them may since have been forwarded. */
  readonly definitions: (Instruction | undefined)[];
  /** A variable's phi has the variable in `index` until `finish`. */
  readonly phis: Instruction[];
  /** Those of the phis that wait for the seal. */
  readonly incomplete: Instruction[];
  sealed: boolean;
}

export class SsaBuilder {
  readonly fn: IrFunction;
  readonly variableTypes: Type[] = [];
  /** Instructions go to its end. */
  block: Block;
  private readonly states: BlockState[] = [];

  /** `fn` is as `createFunction` made it. */
  constructor(fn: IrFunction) {
    const [entry] = fn.blocks;
    assert(entry !== undefined && fn.blocks.length === 1, `${fn.name} was built before`);
    this.fn = fn;
    this.block = entry;
    this.states.push(newState(true));
  }

  // Blocks

  /** A new block without predecessors, not sealed. */
  newBlock(): Block {
    const block = createBlock(this.fn.blocks.length);
    this.fn.blocks.push(block);
    this.states.push(newState(false));
    return block;
  }

  /** The cursor goes to `block`, every edge to which exists now. */
  beginSealed(block: Block): void {
    this.seal(block);
    this.block = block;
  }

  /** The cursor goes to `block`, to which there will be more edges: `seal` must follow. */
  beginOpen(block: Block): void {
    this.block = block;
  }

  /** Every edge to `block` exists now. */
  seal(block: Block): void {
    const state = this.state(block);
    state.sealed = true;
    for (const phi of state.incomplete) this.completePhi(phi, block);
  }

  /** From where control does not get, no edge leaves. */
  jump(target: Block): void {
    if (this.isUnreachable()) return;
    this.block.terminator = { kind: "jump", target };
    target.predecessors.push(this.block);
  }

  /** Goes to `target` with `value`, if control is here: then the one operand that a `join` there has for it. */
  leave(value: Instruction, target: Block): Instruction[] {
    if (this.isUnreachable()) return [];
    this.jump(target);
    return [value];
  }

  branch(condition: Instruction, then: Block, otherwise: Block): void {
    assert(then !== otherwise, "a branch has two different sides");
    if (this.isUnreachable()) return;
    this.block.terminator = { kind: "branch", condition, then, else: otherwise };
    then.predecessors.push(this.block);
    otherwise.predecessors.push(this.block);
  }

  return(value: Instruction | undefined): void {
    this.block.terminator = { kind: "return", value };
  }

  /** What comes next in the source cannot be reached: it goes to a block that `finish` drops. */
  beginUnreachable(): void {
    this.beginSealed(this.newBlock());
  }

  /** Control cannot get to the cursor. */
  isUnreachable(): boolean {
    const { block } = this;
    return block !== this.fn.blocks[0] && block.predecessors.length === 0 && this.state(block).sealed;
  }

  // Instructions

  emit(op: Op, type: Type | "void", args: Instruction[], span: Span | undefined): Instruction {
    const made = createInstruction(op, type, args, span);
    this.block.instructions.push(made);
    return made;
  }

  constant(type: Type, value: bigint, span: Span | undefined): Instruction {
    return createConstant(type, value, span);
  }

  address(symbol: string, offset: number, span: Span): Instruction {
    return createAddress(symbol, offset, span);
  }

  /** The value that depends on where control came from to the cursor's block, which is sealed: one per predecessor. */
  join(type: Type, values: Instruction[], span: Span): Instruction {
    assert(values.length === this.block.predecessors.length, "a phi has an operand per predecessor");
    const [only] = values;
    if (only === undefined) return this.constant(type, 0n, span);
    if (values.length === 1) return only;
    const made = createInstruction("phi", type, values, span);
    this.state(this.block).phis.push(made);
    return made;
  }

  // Variables

  newVariable(type: Type): Variable {
    this.variableTypes.push(type);
    return this.variableTypes.length - 1;
  }

  write(variable: Variable, value: Instruction): void {
    this.state(this.block).definitions[variable] = value;
  }

  /** A variable that nothing was written to is zero. */
  read(variable: Variable): Instruction {
    return this.readIn(variable, this.block);
  }

  private readIn(variable: Variable, block: Block): Instruction {
    const state = this.state(block);
    const known = state.definitions[variable];
    if (known !== undefined) return resolve(known);
    const value = this.readThrough(variable, block, state);
    state.definitions[variable] = value;
    return value;
  }

  private readThrough(variable: Variable, block: Block, state: BlockState): Instruction {
    const type = this.variableTypes[variable];
    assert(type !== undefined, `no variable ${variable} in ${this.fn.name}`);
    const [predecessor] = block.predecessors;
    if (state.sealed && predecessor === undefined) return createConstant(type, 0n, undefined);
    if (state.sealed && predecessor !== undefined && block.predecessors.length === 1) {
      return this.readIn(variable, predecessor);
    }
    const phi = createInstruction("phi", type, [], undefined);
    phi.index = variable;
    state.phis.push(phi);
    if (!state.sealed) {
      state.incomplete.push(phi);
      return phi;
    }
    // Before the operands are read: in a loop one of them may be the phi itself.
    state.definitions[variable] = phi;
    return this.completePhi(phi, block);
  }

  private completePhi(phi: Instruction, block: Block): Instruction {
    for (const predecessor of block.predecessors) phi.args.push(this.readIn(phi.index, predecessor));
    forwardTrivial(phi);
    return resolve(phi);
  }

  private state(block: Block): BlockState {
    const state = this.states[block.id];
    assert(state !== undefined, `block ${block.id} is not of ${this.fn.name}`);
    return state;
  }

  // The end

  /** Every block is sealed and ends in its terminator: orders the blocks and takes the needless phis out. */
  finish(): void {
    const { fn, states } = this;
    for (const block of fn.blocks) {
      const { phis, sealed } = this.state(block);
      assert(sealed, `block ${block.id} of ${fn.name} is never sealed`);
      if (phis.length > 0) block.instructions = phis.concat(block.instructions);
    }
    states.length = 0;
    orderBlocks(fn);
    removeForwarded(fn);
  }
}

function newState(sealed: boolean): BlockState {
  return { definitions: [], phis: [], incomplete: [], sealed };
}

/** The value that stands behind forwarded phis. */
function resolve(value: Instruction): Instruction {
  let found = value;
  while (found.mark === forwarded && found.args[0] !== undefined) found = found.args[0];
  return found;
}

/** Forwards a phi whose operands are one value and itself. True when it did. */
function forwardTrivial(phi: Instruction): boolean {
  let same: Instruction | undefined;
  for (const operand of phi.args) {
    const value = resolve(operand);
    if (value === same || value === phi) continue;
    if (same !== undefined) return false;
    same = value;
  }
  // A phi of nothing but itself: in a loop that control does not reach, which `orderBlocks` drops.
  if (same === undefined) return false;
  phi.args = [same];
  phi.mark = forwarded;
  return true;
}

/** Forwards every trivial phi, to a fixed point, and takes the forwarded out of the function. */
function removeForwarded(fn: IrFunction): void {
  let phis: Instruction[] = [];
  for (const block of fn.blocks) {
    for (const instruction of block.instructions) {
      if (instruction.op !== "phi") break;
      instruction.index = 0;
      phis.push(instruction);
    }
  }
  const isPlain = (instruction: Instruction): boolean => instruction.mark !== forwarded;
  for (let before = -1; before !== phis.length; ) {
    before = phis.length;
    phis = phis.filter((phi) => isPlain(phi) && !forwardTrivial(phi));
  }
  for (const block of fn.blocks) {
    if (block.instructions[0]?.op === "phi") block.instructions = block.instructions.filter(isPlain);
  }
  rewriteOperands(fn, resolve);
}
