/** What is known of registers on 386: what is dropped, what becomes shorter, and where nothing may. */

import { describe, expect, test } from "vitest";
import { reuseValues } from "../../machine/known-values.ts";
import type { MachineBlock, MachineFunction, MachineInstruction, Register } from "../../machine/machine.ts";
import { i386 } from "../386/386.ts";
import {
  compare,
  immediate,
  jumpIf,
  modifyOne,
  move,
  rax,
  rbx,
  rcx,
  rdx,
  register,
  rsi,
  set,
  symbol,
} from "./instructions.ts";
import { initialZeros } from "./values.ts";

const number = (to: Register, value: number): MachineInstruction => set(32, to, immediate(value));
const zeros = initialZeros({ word: 32, registers: [rax, rcx, rdx, rbx, rsi] });

interface Case {
  readonly given: readonly MachineInstruction[];
  readonly expected: readonly string[];
  readonly before?: readonly MachineInstruction[];
  /** The block branches to itself. */
  readonly loops?: boolean;
}

const cases: Readonly<Record<string, Case>> = {
  "a number that is there": { given: [number(rcx, 9), number(rcx, 9)], expected: ["mov ecx, 9"] },
  "a large number that is elsewhere": {
    given: [number(rcx, 70_000), number(rdx, 70_000)],
    expected: ["mov ecx, 0x11170", "mov edx, ecx"],
  },
  "a number that was there": {
    given: [number(rcx, 9), modifyOne("inc", 32, register(rcx)), number(rcx, 9)],
    expected: ["mov ecx, 9", "inc ecx", "mov ecx, 9"],
  },
  "one more": {
    given: [number(rsi, 9), number(rsi, 10)],
    expected: ["mov esi, 9", "lea esi, [esi + 1]"],
  },
  "another low byte": {
    given: [number(rdx, 300), number(rdx, 259)],
    expected: ["mov edx, 300", "mov dl, 3"],
  },
  "another low byte that is negative": {
    given: [number(rdx, 300), number(rdx, 511)],
    expected: ["mov edx, 300", "mov dl, -1"],
  },
  "another low byte of a register that has none": {
    given: [number(rsi, 1000), number(rsi, 800)],
    expected: ["mov esi, 1000", "mov esi, 800"],
  },
  "a byte more": {
    given: [number(rdx, 255), number(rdx, 2000)],
    expected: ["mov edx, 255", "mov edx, 2000"],
  },
  "a low byte of an address": {
    given: [set(32, rdx, symbol("f", 0)), number(rdx, 200)],
    expected: ["mov edx, offset f", "mov edx, 200"],
  },
  "what the program begins with": {
    before: zeros,
    given: [number(rbx, 0), number(rdx, 12), move(32, rcx, rdx), number(rax, 0)],
    expected: ["mov dl, 12", "mov ecx, edx"],
  },
  "what another function begins with": { given: [number(rbx, 0)], expected: ["mov ebx, 0"] },
  "what the program begins with, once": {
    before: zeros,
    given: [
      number(rbx, 0),
      modifyOne("inc", 32, register(rcx)),
      compare("cmp", 32, register(rcx), immediate(9)),
    ],
    loops: true,
    expected: ["inc ecx", "cmp ecx, 9"],
  },
  "what the program begins with and changes": {
    before: zeros,
    given: [
      number(rcx, 0),
      modifyOne("inc", 32, register(rcx)),
      compare("cmp", 32, register(rcx), immediate(9)),
    ],
    loops: true,
    expected: ["mov ecx, 0", "inc ecx", "cmp ecx, 9"],
  },
};

describe("reuseValues", () => {
  test.each(Object.entries(cases))("%s", (_, { given, expected, before, loops }) => {
    const block: MachineBlock = {
      id: 0,
      instructions: [...given],
      branch: undefined,
      next: undefined,
      loopDepth: 0,
    };
    if (loops) block.branch = jumpIf("ne", block);
    const fn: MachineFunction = {
      name: "f",
      blocks: [block],
      parameters: [],
      result: undefined,
      registers: 64,
      frameBytes: 0,
    };
    reuseValues(fn, i386.values, "all", before);
    expect(block.instructions.map(i386.format)).toEqual(expected);
  });
});
