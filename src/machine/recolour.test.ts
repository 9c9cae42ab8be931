import { describe, expect, test } from "vitest";
import { instruction, register } from "./build.ts";
import type { MachineInstruction, Register } from "./machine.ts";
import { recolour } from "./recolour.ts";
import { insertPair, newMatrix } from "./register-matrix.ts";

const [a, b, c] = [64, 65, 66] as const;
const nodes: readonly Register[] = [a, b, c];
/** Colours beyond 1 cost a byte each time. */
const allocatable = [0, 1, 2, 3];

/** The colours of a, b and c afterwards. `uses`: how many instructions name each of them. */
function recoloured(parts: {
  readonly colours: readonly [Register, Register, Register];
  readonly uses: readonly [number, number, number];
  readonly conflicts: readonly (readonly [Register, Register])[];
  readonly moves?: readonly (readonly [to: Register, from: Register])[];
}): readonly number[] {
  const colours = Int32Array.from({ length: 67 }, (_, node) => (node < 64 ? node : -1));
  for (const [index, colour] of parts.colours.entries()) colours[64 + index] = colour;
  const neighbours = newMatrix(67);
  for (const [one, other] of parts.conflicts) {
    insertPair(neighbours, one, other);
    insertPair(neighbours, other, one);
  }
  const moves = (parts.moves ?? []).map(([to, from]) =>
    instruction("mov", 64, [register(to), register(from)], "du", { isMove: true }),
  );
  const users = (node: Register): readonly MachineInstruction[] => [
    ...Array.from({ length: parts.uses[node - 64] ?? 0 }, () =>
      instruction("not", 64, [register(node)], "m"),
    ),
    ...moves.filter((_, index) => parts.moves?.[index]?.includes(node)),
  ];
  const lists = new Map<Register, readonly MachineInstruction[]>(nodes.map((node) => [node, users(node)]));
  recolour(
    {
      nodes,
      neighbours,
      moves: (parts.moves ?? []).map(([to, from]) => ({ to, from })),
      users: (node) => lists.get(node) ?? [],
      bytes: ({ operands, isMove }) => {
        const own = operands.map((each) =>
          each.kind === "register" ? (colours[each.register] as number) : 0,
        );
        if (isMove) return own[0] === own[1] ? 0 : 2;
        return (own[0] ?? 0) > 1 ? 1 : 0;
      },
      colours,
    },
    allocatable,
  );
  return [...colours.slice(64)];
}

describe("recolour", () => {
  test("gives a node a cheaper colour that is free", () => {
    const colours = recoloured({ colours: [2, 0, 3], uses: [1, 1, 0], conflicts: [[a, b]] });
    expect(colours).toEqual([1, 0, 3]);
  });

  test("gives the ends of a move one colour", () => {
    const conflicts = [[a, c]] as const;
    const [to, from, other] = recoloured({ colours: [0, 1, 1], uses: [0, 0, 1], conflicts, moves: [[a, b]] });
    expect(to).toBe(from);
    expect(to).not.toBe(other);
  });

  test("exchanges colours where the other node is used less", () => {
    const conflicts = [
      [a, b],
      [a, c],
      [b, c],
    ] as const;
    const colours = recoloured({ colours: [2, 0, 1], uses: [5, 1, 4], conflicts });
    expect(colours).toEqual([0, 2, 1]);
  });

  test("leaves physical registers what they are", () => {
    const conflicts = [
      [a, b],
      [b, 2],
      [a, 1],
    ] as const;
    const colours = recoloured({ colours: [2, 0, 3], uses: [5, 1, 0], conflicts });
    expect(colours).toEqual([2, 0, 3]);
  });
});
