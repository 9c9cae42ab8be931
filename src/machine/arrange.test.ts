import { describe, expect, test } from "vitest";
import { type AllBranchSizes, arrange, type BranchSizes } from "./arrange.ts";
import { instruction } from "./build.ts";
import type { MachineBlock } from "./machine.ts";

const alike: BranchSizes = { near: 4, far: 4, reach: Number.POSITIVE_INFINITY };
const uniform: AllBranchSizes = { jump: alike, branch: () => alike };
const relaxed: AllBranchSizes = {
  jump: { near: 2, far: 5, reach: 127 },
  branch: () => ({ near: 2, far: 6, reach: 127 }),
};

/** Its bytes, where it goes on to and where it branches to, if it does. */
type Sketch = readonly [bytes: number, next?: number, target?: number];

/** The numbers of the blocks in the order that they get. */
function arranged(sizes: AllBranchSizes, ...sketches: readonly Sketch[]): readonly number[] {
  const blocks = sketches.map(
    (_, id): MachineBlock => ({ id, instructions: [], branch: undefined, next: undefined, loopDepth: 0 }),
  );
  for (const [id, [, next, target]] of sketches.entries()) {
    const block = blocks[id] as MachineBlock;
    block.next = next === undefined ? undefined : blocks[next];
    if (target === undefined) continue;
    const to = blocks[target] as MachineBlock;
    block.branch = instruction("jcc", 64, [{ kind: "block", block: to }], "u", { condition: "e" });
  }
  return arrange(blocks, ({ id }) => sketches[id]?.[0] ?? 0, sizes).map(({ id }) => id);
}

describe.each([
  ["where branches are alike", uniform],
  ["where near ones are shorter", relaxed],
] as const)("arrange, %s", (_, sizes) => {
  test("leaves alone what needs no jump", () => {
    expect(arranged(sizes, [1, 1], [1, 2, 3], [1], [1])).toEqual([0, 1, 2, 3]);
  });

  test("moves a block behind the one that goes on to it", () => {
    expect(arranged(sizes, [1, 2], [1, 3], [1, 1], [1])).toEqual([0, 2, 1, 3]);
  });

  test("moves what falls into another with it", () => {
    expect(arranged(sizes, [1, 3], [1, 2], [1], [1, 4], [1, 1])).toEqual([0, 3, 4, 1, 2]);
  });

  test("keeps the first block first, also of a loop", () => {
    expect(arranged(sizes, [1, 1], [1, 0])[0]).toBe(0);
  });
});

describe("arrange", () => {
  test("puts a block near those who go to it", () => {
    const order = arranged(relaxed, [10, 1, 4], [10, 2, 4], [200, 3], [200], [10]);
    expect(order).toEqual([0, 4, 1, 2, 3]);
  });

  test("does not when all branches are alike", () => {
    const order = arranged(uniform, [10, 1, 4], [10, 2, 4], [200, 3], [200], [10]);
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });
});
