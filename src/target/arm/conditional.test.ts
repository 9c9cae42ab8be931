import { describe, expect, test } from "vitest";
import { immediate, instruction, register } from "../../machine/build.ts";
import {
  branchTarget,
  type MachineBlock,
  type MachineFunction,
  type MachineInstruction,
} from "../../machine/machine.ts";
import { makeConditional } from "./conditional.ts";
import { jump, jumpIf } from "./instructions.ts";
import { joinJumps } from "./join-jumps.ts";

const compared = (): MachineInstruction => instruction("cmp", 32, [register(0), immediate(7)], "uu");
const put = (number: number): MachineInstruction =>
  instruction("mov", 32, [register(1), immediate(number)], "du");
const returned = (): MachineInstruction => instruction("ret", 32, [register(14)], "u");

function block(id: number, ...instructions: MachineInstruction[]): MachineBlock {
  return { id, instructions, branch: undefined, next: undefined, loopDepth: 0 };
}

function functionOf(...blocks: MachineBlock[]): MachineFunction {
  return { name: "f", blocks, parameters: [], result: undefined, registers: 64, frameBytes: 0 };
}

function textOf({ instructions }: MachineBlock): readonly string[] {
  return instructions.map((each) => {
    const target = branchTarget(each);
    return `${each.op}${each.condition ?? ""}${target ? ` ${target.id}` : ""}`;
  });
}

describe("makeConditional", () => {
  /** A branch past `side`, which goes on to `end`. */
  function skipped(side: MachineBlock, end: MachineBlock, meets: MachineBlock): MachineFunction {
    const first = block(0, compared());
    first.branch = jumpIf("ne", end);
    first.next = side;
    side.next = meets;
    end.next = meets === end ? undefined : meets;
    return functionOf(first, side, end, ...(meets === end ? [] : [meets]));
  }

  test("a side that joins the other", () => {
    const end = block(2, put(3), returned());
    const fn = skipped(block(1, put(1), put(2)), end, end);
    makeConditional(fn);
    expect(fn.blocks.map(textOf)).toEqual([
      ["cmp", "moveq", "moveq"],
      ["mov", "ret"],
    ]);
  });

  test("a side that returns by way of a return that others share", () => {
    const shared = block(3, returned());
    const fn = skipped(block(1, put(1)), block(2, ...[1, 2, 3, 4, 5].map(put)), shared);
    makeConditional(fn);
    expect(textOf(fn.blocks[0] as MachineBlock)).toEqual(["cmp", "moveq", "reteq"]);
    expect(fn.blocks.at(-1)).toBe(shared);
  });

  test("not a side of many instructions, nor one that sets the flags", () => {
    for (const side of [[1, 2, 3, 4, 5].map(put), [put(1), compared()]]) {
      const end = block(2, put(3), returned());
      const fn = skipped(block(1, ...side), end, end);
      makeConditional(fn);
      expect(fn.blocks.length).toBe(3);
    }
  });
});

describe("joinJumps", () => {
  /** Blocks as they lie: a branch past `side`, and the jump at its end. */
  function laid(...side: MachineInstruction[]): readonly MachineBlock[] {
    const away = block(3, returned());
    const past = block(2, put(3), returned());
    return [block(0, compared(), jumpIf("eq", past)), block(1, ...side, jump(away)), past, away];
  }

  test("what is skipped becomes conditional, and its jump the branch", () => {
    const fn = functionOf(...laid(put(1)));
    joinJumps([fn]);
    expect(fn.blocks.map(textOf)).toEqual([["cmp", "movne", "bne 3"], ["mov", "ret"], ["ret"]]);
    expect(fn.blocks[0]?.next).toBe(fn.blocks[1]);
  });

  test("not what others jump to, what sets the flags, or what is longer to do than to skip", () => {
    const reached = laid(put(1));
    reached[3]?.instructions.splice(0, 1, jump(reached[1] as MachineBlock));
    for (const blocks of [reached, laid(compared()), laid(put(1), put(2), put(3))]) {
      const fn = functionOf(...blocks);
      joinJumps([fn]);
      expect(fn.blocks.length).toBe(4);
    }
  });
});
