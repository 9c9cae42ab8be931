import { expect, test } from "vitest";
import { instruction } from "./build.ts";
import type { MachineBlock, MachineFunction, MachineInstruction } from "./machine.ts";
import { orderFunctions } from "./order-functions.ts";

const returned = instruction("ret", 64, [], "");

function jumpTo(symbol: string): MachineInstruction {
  return instruction("jmp", 64, [{ kind: "symbol", symbol, offset: 0 }], "u");
}

/** A function of blocks that end like this; "" is a return. */
function ending(name: string, ...targets: readonly string[]): MachineFunction {
  const blocks = targets.map(
    (target, id): MachineBlock => ({
      id,
      instructions: [target === "" ? returned : jumpTo(target)],
      branch: undefined,
      next: undefined,
      loopDepth: 0,
    }),
  );
  return { name, blocks, parameters: [], result: undefined, registers: 64, frameBytes: 0 };
}

function ordered(...functions: readonly MachineFunction[]): string {
  return orderFunctions(functions)
    .map(({ name }) => name)
    .join(" ");
}

test("what ends in a jump comes right before where it goes", () => {
  expect(ordered(ending("start", ""), ending("a", "b"), ending("c", ""), ending("b", ""))).toBe(
    "start a b c",
  );
  expect(
    ordered(ending("start", ""), ending("c", ""), ending("b", "c"), ending("d", ""), ending("a", "b")),
  ).toBe("start a b c d");
});

test("what jumps to a function that has somebody right before it comes before that", () => {
  expect(
    ordered(ending("start", ""), ending("a", "c"), ending("b", "c"), ending("d", ""), ending("c", "")),
  ).toBe("start b a c d");
  expect(ordered(ending("start", ""), ending("a", "b", ""), ending("c", ""), ending("b", ""))).toBe(
    "start c a b",
  );
});

test("the entry stays first", () => {
  expect(ordered(ending("start", ""), ending("a", "start"))).toBe("start a");
  expect(ordered(ending("start", "b"), ending("a", ""), ending("b", ""))).toBe("start b a");
});

test("functions in a circle are all there", () => {
  expect(ordered(ending("start", ""), ending("a", "b"), ending("b", "c"), ending("c", "a"))).toBe(
    "start a b c",
  );
  expect(ordered(ending("start", ""), ending("a", "b", ""), ending("b", "a", ""))).toBe("start b a");
});
