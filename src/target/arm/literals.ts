/**
 * Literals: constants and addresses that no instruction can hold, as words of the text that are loaded relative to the program
 * counter.
 *
 * A load reaches 4 KiB either way, and functions share: a literal lies as late as its first user allows, so that users on both
 * sides reach it. It goes where control does not pass, behind a jump or a return; functions always end in one. A number that two
 * instructions could make, and that nobody else wants, is left to those: it is no longer, and reads no memory.
 *
 * In the smallest programs every address is near enough to be computed from the program counter.
 */

import type { MachineBlock, MachineFunction, MachineInstruction, Operand } from "../../machine/machine.ts";
import { constantSteps } from "./constants.ts";
import { immediate, instruction, jump } from "./instructions.ts";

/** Bytes between a load and its literal at most, with room for what branches and literals between add. */
const reach = 3300;

interface Use {
  readonly load: MachineInstruction;
  readonly value: Operand;
  readonly key: string;
  /** In bytes from the start of the text, as far as it is known. */
  readonly at: number;
}

interface Literal {
  readonly block: MachineBlock;
  readonly at: number;
}

/** What `adr` reaches with any number of bytes, less what lies between text and data at most. */
const adrReach = 255 - 64;

/**
 * Rewrites the moves of allocated functions, in the order of the text, that need a literal, and adds blocks with the literals. All
 * that addresses name is text or `dataBytes` next to it; Infinity when some of it lies elsewhere.
 */
export function placeLiterals(functions: readonly MachineFunction[], dataBytes: number): void {
  useAdr(functions, dataBytes);
  const counts = countValues(functions);
  for (const fn of functions) fn.blocks = fn.blocks.flatMap(splitLong);
  const all = functions.flatMap(({ blocks }) => blocks);
  const placed = new Map<string, Literal>();
  let pending: Use[] = [];
  let at = 0;
  let number = 0;
  for (const fn of functions) {
    const blocks: MachineBlock[] = [];
    for (const block of fn.blocks) {
      blocks.push(block);
      number++;
      for (const each of block.instructions) {
        const use = useOf(each, at, counts);
        at += use ? 4 : bytesOf(each);
        if (!use) continue;
        const literal = placed.get(use.key);
        if (literal && use.at - literal.at < reach) loadFrom(use.load, literal.block);
        else pending.push(use);
      }
      const [first] = pending;
      if (!first) continue;
      const passes = fallsThrough(block);
      const following = all[number];
      // Behind a jump when there is no later one within reach; else, when there is no more room, behind one made for this.
      const later = following ? at + (passes ? bytesOfBlock(following) : bytesToGap(all, number)) : Infinity;
      if (later - first.at <= reach) continue;
      if (passes && following) block.instructions.push(jump(following));
      at = writePool(pending, placed, blocks, at);
      pending = [];
    }
    fn.blocks = blocks;
  }
}

function useAdr(functions: readonly MachineFunction[], dataBytes: number): void {
  let bytes = dataBytes;
  for (const { blocks } of functions) for (const block of blocks) bytes += bytesOfBlock(block) + 4;
  if (bytes > adrReach) return;
  for (const { blocks } of functions) {
    for (const { instructions } of blocks) {
      for (const each of instructions)
        if (each.op === "mov" && each.operands[1]?.kind === "symbol") each.op = "adr";
    }
  }
}

/** Instructions of a block at most, so that there are places for literals. */
const longBlock = 128;

function splitLong(block: MachineBlock): MachineBlock[] {
  const { instructions } = block;
  if (instructions.length <= longBlock) return [block];
  const rest = splitLong({ ...block, id: block.id + 1000, instructions: instructions.slice(longBlock) });
  block.instructions = instructions.slice(0, longBlock);
  block.next = rest[0];
  return [block, ...rest];
}

/** How often each value is wanted. */
function countValues(functions: readonly MachineFunction[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { blocks } of functions) {
    for (const { instructions } of blocks) {
      for (const each of instructions) {
        const key = keyOf(each);
        if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** What a move puts into its register, when that is a number of more than one instruction or an address. */
function keyOf({ op, operands: [, from] }: MachineInstruction): string | undefined {
  if (op !== "mov" || !from) return undefined;
  if (from.kind === "symbol") return `${from.symbol}+${from.offset}`;
  if (from.kind !== "immediate" || constantSteps(from.value)?.length === 1) return undefined;
  return `#${BigInt.asUintN(32, from.value)}`;
}

function useOf(load: MachineInstruction, at: number, counts: ReadonlyMap<string, number>): Use | undefined {
  const key = keyOf(load);
  const [, value] = load.operands;
  if (key === undefined || !value) return undefined;
  const isCheap = value.kind === "immediate" && constantSteps(value.value) !== undefined;
  if (isCheap && counts.get(key) === 1) return undefined;
  return { load, value, key, at };
}

function bytesOf({ op, operands: [, from] }: MachineInstruction): number {
  if (op !== "mov" || from?.kind !== "immediate") return 4;
  return 4 * (constantSteps(from.value)?.length ?? 1);
}

function bytesOfBlock({ instructions }: MachineBlock): number {
  return instructions.reduce((sum, each) => sum + bytesOf(each), 0);
}

/** Does control go from the block to what follows it? Layout has written the jumps. */
function fallsThrough({ instructions, next }: MachineBlock): boolean {
  const last = instructions.at(-1);
  return next !== undefined && !(last?.op === "b" && last.condition === undefined);
}

/** Bytes of the blocks from `start` on until control does not pass. */
function bytesToGap(blocks: readonly MachineBlock[], start: number): number {
  let bytes = 0;
  for (let place = start; place < blocks.length; place++) {
    const block = blocks[place] as MachineBlock;
    bytes += bytesOfBlock(block);
    if (!fallsThrough(block)) break;
  }
  return bytes;
}

/** A block for each value, and the loads that wait for it. Returns where the text goes on. */
function writePool(
  pending: readonly Use[],
  placed: Map<string, Literal>,
  blocks: MachineBlock[],
  start: number,
): number {
  const made = new Map<string, MachineBlock>();
  let at = start;
  for (const { key, value, load } of pending) {
    let block = made.get(key);
    if (!block) {
      block = literalBlock(blocks.length, value);
      made.set(key, block);
      placed.set(key, { block, at });
      blocks.push(block);
      at += 4;
    }
    loadFrom(load, block);
  }
  return at;
}

function literalBlock(id: number, value: Operand): MachineBlock {
  const operand = value.kind === "immediate" ? immediate(BigInt.asUintN(32, value.value)) : value;
  const word = instruction("literal", 32, [operand], "u");
  return { id: 100_000 + id, instructions: [word], branch: undefined, next: undefined, loopDepth: 0 };
}

function loadFrom(load: MachineInstruction, block: MachineBlock): void {
  load.op = "ldr-literal";
  load.operands = [load.operands[0] as Operand, { kind: "block", block }];
}
