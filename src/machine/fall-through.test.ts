import { describe, expect, test } from "vitest";
import { immediate, instruction } from "./build.ts";
import { growFollowers } from "./fall-through.ts";
import type { MachineBlock } from "./machine.ts";

/** A function by the indices of each block's successors: where it goes on, and where it branches to. */
function blocksOf(...successors: readonly (readonly number[])[]): MachineBlock[] {
  const blocks = successors.map(
    (_, id): MachineBlock => ({
      id,
      instructions: [instruction("body", 64, [immediate(id)], "u")],
      branch: undefined,
      next: undefined,
      loopDepth: 0,
    }),
  );
  for (const [index, [next, target]] of successors.entries()) {
    const block = blocks[index] as MachineBlock;
    if (next !== undefined) block.next = blocks[next];
    const to = target === undefined ? undefined : blocks[target];
    if (to) block.branch = instruction("jcc", 64, [{ kind: "block", block: to }], "u");
  }
  return blocks;
}

function followersOf(blocks: readonly MachineBlock[], pairs: readonly number[]): readonly number[] {
  return [...growFollowers(blocks, Int32Array.from(pairs))];
}

describe("growFollowers", () => {
  test("puts the arm of a condition between the condition and what follows both", () => {
    const triangle = blocksOf([1, 2], [], [1]);
    expect(followersOf(triangle, [1, -1, -1])).toEqual([2, -1, 1]);
  });

  test("keeps pairs that are as good as others", () => {
    const fork = blocksOf([1, 2], [3], [3], []);
    expect(followersOf(fork, [2, 3, -1, -1])).toEqual([2, 3, -1, -1]);
  });

  test("makes no circle, and puts nothing before the first block", () => {
    const loop = blocksOf([1], [2, 0], [1]);
    expect(followersOf(loop, [1, 2, -1])).toEqual([1, 2, -1]);
    const alone = blocksOf([1], [1]);
    expect(followersOf(alone, [1, -1])).toEqual([1, -1]);
  });
});
