/**
 * riscv64 as a target: the record.
 */

import { bitExpansions } from "../../ir/expand-bits.ts";
import { memoryExpansions } from "../../ir/expand-memory.ts";
import type { MemoryOperand } from "../../machine/machine.ts";
import { genericSystemCalls } from "../generic-system-calls.ts";
import { plainStackEffect } from "../return-address.ts";
import type { Target } from "../target.ts";
import { base, storageBase, storageBias, symbolAddress } from "./address.ts";
import { branchSizes } from "./branches.ts";
import { fixedParameters, fixedResult } from "./calls.ts";
import { encode } from "./encode.ts";
import { format } from "./format.ts";
import { define, immediate, invert, jump, memory, modify, move, store } from "./instructions.ts";
import { peephole } from "./peephole.ts";
import { registerBytes } from "./register-bytes.ts";
import { registerNames, sp } from "./registers.ts";
import { select } from "./select.ts";
import { valueMaker } from "./values.ts";

/** The largest multiple of 16 that `addi` holds. */
const longestStep = 2032;

export const riscv64: Target = {
  id: "riscv64",
  platform: "linux/riscv64",
  wordBytes: 8,
  elfMachine: 243,
  // EF_RISCV_RVC and the double-float ABI: what distributions for this machine are.
  elfFlags: 0x5,
  auditArchitecture: 0xc000_00f3,
  seccompArchitecture: "SCMP_ARCH_RISCV64",
  pageBytes: 4096,
  base,
  registers: registerNames,
  // x8 to x15 first: compressed instructions name them. Of those s0 last, the storage base.
  allocatable: [
    15, 14, 13, 12, 11, 10, 9, 8, 5, 6, 7, 16, 17, 28, 29, 30, 31, 1, 3, 4, 18, 19, 20, 21, 22, 23, 24, 25,
    26, 27,
  ],
  cheapRegisters: [],
  registerBytes,
  stackPointer: sp,
  storageBase,
  storageBias,
  fixedParameters,
  fixedResult,
  expansions: { ...memoryExpansions({ unaligned: false, wordType: "i64" }), ...bitExpansions },
  facts: { epollEventBytes: 16, epollDataOffset: 8 },
  systemCalls: genericSystemCalls,
  unwinding: {
    stackPointer: sp,
    // The psABI's "alternate frame return column", which is no register: any may hold the address, and ra anything.
    returnAddress: 64,
    callBytes: 0,
    arrival: ({ blocks, parameters }) => {
      const returns = blocks.some(({ instructions }) =>
        instructions.some(({ op }) => op === "ret" || op === "tail"),
      );
      const register = parameters.at(-1);
      return returns && register !== undefined ? { kind: "register", register } : undefined;
    },
    stackEffect: (instruction) => plainStackEffect(instruction, sp),
  },

  select,
  values: valueMaker,
  peephole,
  enterFrame: (bytes) => steps(bytes).map((step) => modify("addi", sp, immediate(-step))),
  leaveFrame: (bytes) => steps(bytes).map((step) => modify("addi", sp, immediate(step))),
  slotReach: { most: 2047, step: longestStep },
  loadStorageBase: (name, extent) => [symbolAddress(storageBase, name, storageBias, extent)],
  readStackPointer: (to) => move(to, sp),

  encode,
  format,

  move: (to, from) => move(to, from),
  loadSpill: (to, offset) => define("ld", to, slot(offset)),
  storeSpill: (from, offset) => store("sd", from, slot(offset)),
  useSpill: () => undefined,
  jump,
  branchSizes: {
    branch: branchSizes,
    jump: { near: 2, far: 4, reach: 2046 },
  },
  invert,
};

function slot(offset: number): MemoryOperand {
  return memory({ base: sp, displacement: offset, slot: offset });
}

/** As many as it takes. */
function steps(bytes: number): number[] {
  const all: number[] = [];
  let rest = frameBytes(bytes);
  for (; rest > longestStep; rest -= longestStep) all.push(longestStep);
  return [...all, rest];
}

/** Steps beyond 32 bytes are compressed in multiples of 16. */
function frameBytes(bytes: number): number {
  return bytes <= 24 ? bytes : (bytes + 15) & ~15;
}
