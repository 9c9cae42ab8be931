/**
 * arm64 as a target: the record.
 */

import { memoryExpansions } from "../../ir/expand-memory.ts";
import type { MemoryOperand } from "../../machine/machine.ts";
import { genericSystemCalls } from "../generic-system-calls.ts";
import { plainStackEffect } from "../return-address.ts";
import type { Target } from "../target.ts";
import { storageBase, storageBias, symbolAddress } from "./address.ts";
import { fixedParameters, fixedResult } from "./calls.ts";
import { encode } from "./encode.ts";
import { format } from "./format.ts";
import { define, immediate, invert, jump, memory, move, register, store } from "./instructions.ts";
import { peephole } from "./peephole.ts";
import { link, registerNames, sp } from "./registers.ts";
import { select } from "./select.ts";
import { valueMaker } from "./values.ts";

export const arm64: Target = {
  id: "arm64",
  platform: "linux/arm64",
  wordBytes: 8,
  elfMachine: 183,
  elfFlags: 0,
  auditArchitecture: 0xc000_00b7,
  seccompArchitecture: "SCMP_ARCH_AARCH64",
  // Kernels with pages of 64 KiB are common.
  pageBytes: 0x1_0000,
  loadsUnaligned: true,
  base: 0x40_0000,
  registers: registerNames[64],
  // All cost the same; the link register comes last, because calls overwrite it.
  allocatable: Array.from({ length: 31 }, (_, number) => number),
  cheapRegisters: [],
  stackPointer: sp,
  storageBase,
  storageBias,
  fixedParameters,
  fixedResult,
  expansions: memoryExpansions({ unaligned: true, wordType: "i64" }),
  facts: { epollEventBytes: 16, epollDataOffset: 8 },
  systemCalls: genericSystemCalls,
  unwinding: {
    stackPointer: sp,
    returnAddress: link,
    callBytes: 0,
    arrival: () => ({ kind: "register", register: link }),
    stackEffect: (instruction) => plainStackEffect(instruction, sp),
  },

  select,
  values: valueMaker,
  peephole,
  enterFrame: (bytes) => steps(bytes).map((step) => define("sub", 64, sp, register(sp), immediate(step))),
  leaveFrame: (bytes) => steps(bytes).map((step) => define("add", 64, sp, register(sp), immediate(step))),
  // Of four bytes in units of four.
  slotReach: { most: 4 * 4095, step: 4096 },
  loadStorageBase: (name, extent) => [
    symbolAddress(storageBase, name, storageBias, extent(name, storageBias)),
  ],
  readStackPointer: (to) => move(64, to, sp),

  encode,
  format,

  move: (to, from) => move(64, to, from),
  loadSpill: (to, offset, width) => define("ldr", width, to, slot(offset)),
  storeSpill: (from, offset, width) => store("str", width, from, slot(offset)),
  useSpill: () => undefined,
  jump,
  invert,
};

function slot(offset: number): MemoryOperand {
  return memory({ base: sp, displacement: offset, slot: offset });
}

/** What an instruction can hold: a multiple of 4,096 and what is below. The stack pointer stays a multiple of 16. */
function steps(bytes: number): number[] {
  const total = (bytes + 15) & ~15;
  return [total & ~0xfff, total & 0xfff].filter((step) => step > 0);
}
