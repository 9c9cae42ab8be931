/**
 * What values in registers cost, for the pass that reuses them.
 */

import type { ValueMaker } from "../../machine/known-values.ts";
import { constantSteps, isAddend } from "./constants.ts";
import { define, immediate, memory, move, register, store } from "./instructions.ts";
import { sp } from "./registers.ts";

export const valueMaker: ValueMaker = {
  loadSpill: (to, offset, width) =>
    define("ldr", width, to, memory({ base: sp, displacement: offset, slot: offset })),
  storeSpill: (from, offset, width) =>
    store("str", width, from, memory({ base: sp, displacement: offset, slot: offset })),
  valueBytes: ({ op, width, operands: [, from] }) => {
    if (op === "ldr") return 5;
    if (op !== "mov" || from?.kind !== "immediate") return 4;
    return 4 * constantSteps(from.value, width).length;
  },
  move: (to, from, width) => move(width ?? 64, to, from),
  addConstant: (to, from, distance, width) =>
    isAddend(distance)
      ? define(
          distance < 0n ? "sub" : "add",
          width,
          to,
          register(from),
          immediate(distance < 0n ? -distance : distance),
        )
      : undefined,
};
