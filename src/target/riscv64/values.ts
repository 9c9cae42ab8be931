/**
 * What values in registers cost, for the pass that reuses them.
 */

import type { ValueMaker } from "../../machine/known-values.ts";
import { constantBytes, fitsSigned } from "./constants.ts";
import { define, immediate, memory, modify, move, register, store } from "./instructions.ts";
import { sp } from "./registers.ts";

export const valueMaker: ValueMaker = {
  loadSpill: (to, offset) => define("ld", to, memory({ base: sp, displacement: offset, slot: offset })),
  storeSpill: (from, offset) => store("sd", from, memory({ base: sp, displacement: offset, slot: offset })),
  valueBytes: ({ op, roles, operands }) => {
    const last = operands.at(-1);
    if (op === "ld") return 3;
    if (op === "la") return 8;
    if (op === "c.la") return 6;
    if (op === "addi" && last?.kind === "immediate")
      return roles === "mmu" && fitsSigned(last.value, 6) ? 2 : 4;
    return op === "li" && last?.kind === "immediate" ? constantBytes(last.value) : 2;
  },
  move,
  addConstant: (to, from, distance) => {
    if (!fitsSigned(distance, 12) || distance === 0n) return undefined;
    const amount = immediate(distance);
    return to === from ? modify("addi", to, amount) : define("addi", to, register(from), amount);
  },
};
