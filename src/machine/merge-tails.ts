/**
 * Tail merging: blocks that end in the same instructions and go on to the same place share them.
 *
 * It runs after allocation, when the same work is the same bytes. The shared end becomes a block of its own;
 * where one block is nothing but the shared end, the others go to it.
 */

import { forgetKey, keyOf } from "./keys.ts";
import { forwardEmptyBlocks } from "./layout.ts";
import type { MachineBlock, MachineFunction, MachineInstruction } from "./machine.ts";

/** Shortens `fn` until nothing more is alike. */
export function mergeTails(fn: MachineFunction): void {
  forwardEmptyBlocks(fn);
  for (let merged = true; merged; ) {
    merged = mergeTwins(fn);
    const groups = new Map<string, MachineBlock[]>();
    for (const block of fn.blocks) {
      if (block.branch) continue;
      const last = block.instructions.at(-1);
      if (!last) continue;
      const key = `${block.next?.id ?? "end"} ${keyOf(last)}`;
      const group = groups.get(key);
      if (group) group.push(block);
      else groups.set(key, [block]);
    }
    for (const group of groups.values()) {
      if (group.length > 1 && mergeGroup(fn, group)) {
        merged = true;
      }
    }
  }
}

/** Blocks alike from beginning to end become one. Returns whether there were any. */
export function mergeTwins(fn: MachineFunction): boolean {
  const first = new Map<string, MachineBlock>();
  const twins = new Map<MachineBlock, MachineBlock>();
  for (const block of fn.blocks) {
    const branch = block.branch ? keyOf(block.branch) : "";
    const key = `${block.next?.id} ${branch}\n${block.instructions.map(keyOf).join("\n")}`;
    const twin = first.get(key);
    if (twin) twins.set(block, twin);
    else first.set(key, block);
  }
  if (twins.size === 0) return false;
  fn.blocks = fn.blocks.filter((block) => !twins.has(block));
  for (const block of fn.blocks) {
    if (block.next) block.next = twins.get(block.next) ?? block.next;
    const target = block.branch?.operands.at(-1);
    if (target?.kind !== "block") continue;
    target.block = twins.get(target.block) ?? target.block;
    if (block.branch) forgetKey(block.branch);
    if (target.block === block.next) block.branch = undefined;
  }
  return true;
}

/** Merges the longest shared end of any two of the group, with all others that have it. */
function mergeGroup(fn: MachineFunction, group: readonly MachineBlock[]): boolean {
  let best = 0;
  let pair: readonly [MachineBlock, MachineBlock] | undefined;
  for (const [index, a] of group.entries()) {
    for (const b of group.slice(index + 1)) {
      const length = sharedLength(a, b);
      if (length > best) {
        best = length;
        pair = [a, b];
      }
    }
  }
  if (!pair) return false;
  const [model] = pair;
  // A jump costs two bytes; a lone return or a short instruction before it is no gain.
  if (!model.next && best < 2) return false;
  const sharing = group.filter((block) => block === model || sharedLength(model, block) >= best);
  const whole = sharing.find((block) => block.instructions.length === best && block !== fn.blocks[0]);
  const tail = whole ?? newTail(fn, model, best);
  for (const block of sharing) {
    if (block === tail) continue;
    block.instructions.length -= best;
    block.next = tail;
  }
  return true;
}

function newTail(fn: MachineFunction, model: MachineBlock, length: number): MachineBlock {
  const tail: MachineBlock = {
    id: 1 + Math.max(...fn.blocks.map((block) => block.id)),
    instructions: model.instructions.slice(-length),
    branch: undefined,
    next: model.next,
    loopDepth: model.loopDepth,
  };
  fn.blocks.push(tail);
  return tail;
}

function sharedLength(a: MachineBlock, b: MachineBlock): number {
  const most = Math.min(a.instructions.length, b.instructions.length);
  let length = 0;
  while (
    length < most &&
    keyOf(a.instructions.at(-1 - length) as MachineInstruction) ===
      keyOf(b.instructions.at(-1 - length) as MachineInstruction)
  ) {
    length++;
  }
  return length;
}
