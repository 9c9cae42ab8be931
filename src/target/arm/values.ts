/**
 * What values in registers cost, for the pass that reuses them.
 */

import type { ValueMaker } from "../../machine/known-values.ts";
import { constantSteps, isConstant } from "./constants.ts";
import { define, immediate, memory, move, register, store } from "./instructions.ts";
import { sp } from "./registers.ts";

export const valueMaker: ValueMaker = {
  loadSpill: (to, offset) => define("ldr", to, memory({ base: sp, displacement: offset, slot: offset })),
  storeSpill: (from, offset) => store("str", from, memory({ base: sp, displacement: offset, slot: offset })),
  valueBytes: ({ op, operands: [, from] }) => {
    if (op === "ldr") return 5;
    if (op !== "mov" || !from || from.kind === "register") return 4;
    // A literal may be shared.
    if (from.kind !== "immediate") return 6;
    return 4 * (constantSteps(from.value)?.length ?? 2);
  },
  move,
  addConstant: (to, from, distance) => {
    const sum = BigInt.asIntN(32, distance);
    const [op, amount] = sum < 0n ? ["sub", -sum] : ["add", sum];
    return isConstant(amount)
      ? define(op as string, to, register(from), immediate(amount as bigint))
      : undefined;
  },
};
