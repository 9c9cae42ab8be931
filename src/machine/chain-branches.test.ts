import { describe, expect, test } from "vitest";
import type { BranchSizes } from "./arrange.ts";
import { immediate, instruction } from "./build.ts";
import { chainBranches, type LaidBlock } from "./chain-branches.ts";
import { conditionKey } from "./keys.ts";
import { branchTarget, type MachineBlock, type MachineInstruction } from "./machine.ts";

const near = { near: 2, reach: 127 };
const branchSizes: BranchSizes = { ...near, far: 6 };
const jumpSizes: BranchSizes = { ...near, far: 5 };

function jump(to: MachineBlock): MachineInstruction {
  return instruction("jmp", 64, [{ kind: "block", block: to }], "u");
}

/** `bytes` of anything, then branches: a condition, or "" for a jump, and the index of a block. */
type Sketch = readonly [bytes: number, ...branches: (readonly [condition: string, target: number])[]];

function chained(...sketches: readonly Sketch[]): { blocks: readonly MachineBlock[]; text: string } {
  const blocks = sketches.map(([bytes], id): MachineBlock => {
    const body = bytes > 0 ? [instruction("body", 64, [immediate(bytes)], "u")] : [];
    return { id, instructions: body, branch: undefined, next: undefined, loopDepth: 0 };
  });
  const arranged = sketches.map(([bytes, ...branches], index): LaidBlock => {
    const block = blocks[index] as MachineBlock;
    const isJump = branches.some(([condition]) => condition === "");
    return {
      block,
      bytes,
      falls: !isJump && index + 1 < sketches.length,
      branches: branches.map(([condition, target]) => {
        const made = jump(blocks[target] as MachineBlock);
        if (condition !== "") Object.assign(made, { op: "jcc", condition });
        block.instructions.push(made);
        const sizes = condition === "" ? jumpSizes : branchSizes;
        return { instruction: made, condition: condition && conditionKey(made), sizes };
      }),
    };
  });
  const result = chainBranches(arranged, { jump, sizes: jumpSizes });
  return { blocks: result, text: result.map(textOf).join("; ") };
}

function textOf({ id, instructions }: MachineBlock): string {
  const parts = instructions.map((each) => {
    const target = branchTarget(each);
    return target ? `${each.condition ?? "jmp"} ${target.id}` : "body";
  });
  return `${id}: ${parts.join(" ")}`;
}

describe("chainBranches", () => {
  test("leaves what reaches alone", () => {
    expect(chained([10, ["e", 2]], [100], [0]).text).toBe("0: body e 2; 1: body; 2: ");
  });

  test("goes by way of a jump to the same place, which gets a block of its own", () => {
    expect(chained([10, ["e", 3]], [10, ["", 3]], [200], [0]).text).toBe(
      "0: body e 4; 1: body; 4: jmp 3; 2: body; 3: ",
    );
  });

  test("goes by way of the same condition, which holds then, but of no other", () => {
    expect(chained([10, ["e", 3]], [100, ["e", 3]], [100], [0]).text).toBe(
      "0: body e 4; 1: body; 4: e 3; 2: body; 3: ",
    );
    expect(chained([10, ["e", 3]], [100, ["ne", 3]], [100], [0]).text).toBe(
      "0: body e 3; 1: body ne 3; 2: body; 3: ",
    );
  });

  test("never goes in a circle", () => {
    const { blocks } = chained([10, ["", 3]], [10, ["", 3]], [200], [0]);
    for (const block of blocks.slice(0, -1)) {
      let at: MachineBlock | undefined = block;
      for (let steps = 0; at !== undefined && at.id !== 3; steps++) {
        expect(steps).toBeLessThan(blocks.length);
        const last: MachineInstruction | undefined = at.instructions.at(-1);
        at = (last && branchTarget(last)) ?? blocks[blocks.indexOf(at) + 1];
      }
    }
  });

  test("puts a jump between blocks where two branches or more are served", () => {
    const far: Sketch[] = [[10, ["e", 5]], [10, ["ne", 5]], [10, ["b", 5]], [0, ["", 4]], [200], [0]];
    const { text } = chained(...far);
    expect(text).toBe("0: body e 6; 1: body ne 6; 2: body b 6; 3: jmp 4; 6: jmp 5; 4: body; 5: ");
  });

  test("puts none where only one is served", () => {
    const { text } = chained([10, ["e", 3]], [0, ["", 2]], [200], [0]);
    expect(text).toBe("0: body e 3; 1: jmp 2; 2: body; 3: ");
  });
});
