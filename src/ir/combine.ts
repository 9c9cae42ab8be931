/**
 * One walk over a function that folds every instruction and lets equal computations share one result.
 *
 * Blocks come in reverse post-order, so operands are simplified before their users but for phis around
 * loops. A computation is found again where its first occurrence dominates; a load also where nothing since may
 * have written its memory, which is known within a block and across edges to blocks with one predecessor.
 */

import { type DominatorTree, dominates, dominatorTree } from "./dominators.ts";
import { type FoldContext, fold } from "./fold.ts";
import type { Block, Instruction, IrFunction, Op } from "./ir.ts";
import { MemoryState } from "./memory.ts";
import { rewriteOperands } from "./order.ts";

/** Worth recognising: neither constants, which are written at each use, nor comparisons, which become flags. */
const shared: ReadonlySet<Op> = new Set<Op>([
  "add",
  "sub",
  "mul",
  "udiv",
  "sdiv",
  "urem",
  "srem",
  "and",
  "or",
  "xor",
  "shl",
  "lshr",
  "ashr",
  "rotl",
  "zext8",
  "zext16",
  "sext8",
  "sext16",
  "zext32",
  "sext32",
  "trunc",
  "ctz",
  "clz",
  "bswap",
  "high",
  "addpair",
  "subpair",
  "mulpair",
  "divpair",
]);

interface Known {
  readonly value: Instruction;
  readonly block: Block;
}

/** Returns whether anything changed. */
export function combine(fn: IrFunction, context: FoldContext): boolean {
  let tree: DominatorTree | undefined;
  const replaced = new Map<Instruction, Instruction>();
  const known = new Map<string, Known[]>();
  const memoryAfter = new Map<Block, MemoryState>();
  let numbered = 1;
  let changed = false;

  for (const { instructions } of fn.blocks) {
    for (let i = 0; i < instructions.length; i++) (instructions[i] as Instruction).mark = 0;
  }

  function resolve(value: Instruction): Instruction {
    let at = value;
    for (let next = replaced.get(at); next; next = replaced.get(at)) at = next;
    return at;
  }

  for (const block of fn.blocks) {
    const [only] = block.predecessors;
    const inherited = block.predecessors.length === 1 && only ? memoryAfter.get(only) : undefined;
    const memory = new MemoryState(inherited);
    const kept: Instruction[] = [];
    const { instructions } = block;
    for (let place = 0; place < instructions.length; place++) {
      const value = instructions[place] as Instruction;
      if (replaced.size > 0) {
        for (let i = 0; i < value.args.length; i++) value.args[i] = resolve(value.args[i] as Instruction);
      }
      const result = value.op === "phi" ? foldPhi(value) : fold(value, context);
      const same = result === value ? (memory.visit(value) ?? find(value, block)) : result;
      if (same === value) {
        kept.push(value);
        continue;
      }
      replaced.set(value, same);
      changed = true;
    }
    block.instructions = kept;
    memoryAfter.set(block, memory);
  }
  if (changed) rewriteOperands(fn, resolve);
  return changed;

  /** An earlier computation of the same value, or the value itself. */
  function find(value: Instruction, block: Block): Instruction {
    if (!shared.has(value.op)) return value;
    const key = keyOf(value);
    const list = known.get(key);
    const earlier = list?.find((entry) => entry.block === block || dominates(treeOf(), entry.block, block));
    if (earlier) {
      earlier.value.noWrap = earlier.value.noWrap && value.noWrap;
      return earlier.value;
    }
    if (list) list.push({ value, block });
    else known.set(key, [{ value, block }]);
    return value;
  }

  /** Few functions compute anything twice: the tree is made when somebody asks. */
  function treeOf(): DominatorTree {
    tree ??= dominatorTree(fn);
    return tree;
  }

  function keyOf(value: Instruction): string {
    let key = `${value.op} ${value.type}`;
    for (const arg of value.args) key += ` ${operandKey(arg)}`;
    return key;
  }

  function operandKey(value: Instruction): string {
    if (value.op === "const") return `#${value.value}`;
    if (value.op === "address") return `${value.symbol}+${value.offset}`;
    if (value.mark === 0) value.mark = numbered++;
    return String(value.mark);
  }
}

/** A phi whose operands are all one value (or itself) is that value. */
function foldPhi(phi: Instruction): Instruction {
  let only: Instruction | undefined;
  for (const arg of phi.args) {
    if (arg === phi || arg === only) continue;
    if (only === undefined) only = arg;
    else if (only.op === "const" && arg.op === "const" && only.value === arg.value) continue;
    else return phi;
  }
  return only ?? phi;
}
