import { describe, expect, test } from "vitest";
import { immediate, instruction, register } from "../../machine/build.ts";
import { branchTarget, type MachineBlock, type MachineFunction } from "../../machine/machine.ts";
import { jumpIf } from "./instructions.ts";
import { joinConditions } from "./join-conditions.ts";

/** A comparison with a number and the condition of the branch behind it; `leaves`: to where the other one does not go. */
interface Test {
  readonly number: number;
  readonly condition: string;
  readonly leaves?: boolean;
}

/** What becomes of two tests in a row, the second of which may be reached by others, too. */
function joined(first: Test, second: Test, isShared = false): readonly string[] {
  const block = (id: number, number?: number): MachineBlock => ({
    id,
    instructions:
      number === undefined ? [] : [instruction("cmp", 32, [register(0), immediate(number)], "uu")],
    branch: undefined,
    next: undefined,
    loopDepth: 0,
  });
  const [one, two, there, on] = [block(0, first.number), block(1, second.number), block(2), block(3)];
  one.branch = jumpIf(first.condition, there);
  one.next = two;
  two.branch = jumpIf(second.condition, second.leaves === true ? on : there);
  two.next = second.leaves === true ? there : on;
  if (isShared) on.next = two;
  const fn: MachineFunction = {
    name: "f",
    blocks: [one, two, there, on],
    parameters: [],
    result: undefined,
    registers: 64,
    frameBytes: 0,
  };
  joinConditions(fn);
  const text = one.instructions.map(({ condition, operands }) => {
    const [, number] = operands;
    return `cmp${condition ?? ""} ${number?.kind === "immediate" ? number.value : "?"}`;
  });
  const target = one.branch && branchTarget(one.branch);
  return [...text, `b${one.branch?.condition} ${target?.id}`, `else ${one.next?.id}`];
}

describe("joinConditions", () => {
  test("one condition twice", () => {
    const joint = joined({ number: 9, condition: "eq" }, { number: 32, condition: "eq" });
    expect(joint).toEqual(["cmp 9", "cmpne 32", "beq 2", "else 3"]);
  });

  test("a condition that follows from the first", () => {
    const joint = joined({ number: 63, condition: "eq" }, { number: 32, condition: "ls" });
    expect(joint).toEqual(["cmp 63", "cmpne 32", "bls 2", "else 3"]);
  });

  test("a condition from which the first follows: the other way round", () => {
    const joint = joined({ number: 32, condition: "ls" }, { number: 63, condition: "eq" });
    expect(joint).toEqual(["cmp 63", "cmpne 32", "bls 2", "else 3"]);
  });

  test("a branch to elsewhere is turned round", () => {
    const joint = joined({ number: 9, condition: "ne" }, { number: 32, condition: "eq", leaves: true });
    expect(joint).toEqual(["cmp 9", "cmpeq 32", "bne 2", "else 3"]);
  });

  test("not what does not follow", () => {
    const apart = joined({ number: 9, condition: "eq" }, { number: 32, condition: "ne" });
    expect(apart).toEqual(["cmp 9", "beq 2", "else 1"]);
  });

  test("not what others come to", () => {
    const apart = joined({ number: 9, condition: "eq" }, { number: 32, condition: "eq" }, true);
    expect(apart).toEqual(["cmp 9", "beq 2", "else 1"]);
  });
});
