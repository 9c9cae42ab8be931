/** Small programs written by hand, as selection would write them: object code for the linker's tests. */

import type { DataObject } from "../../src/base/data-object.ts";
import type { MachineFacts } from "../../src/elf/layout.ts";
import type { ObjectCode } from "../../src/elf/object.ts";
import type { MachineInstruction } from "../../src/machine/machine.ts";
import { amd64 as target } from "../../src/target/amd64/amd64.ts";
import { assemble } from "../../src/target/assemble.ts";
import { block, imm, instruction, mem, reg, sym } from "./amd64.ts";

const { encode } = target;

export const amd64: MachineFacts = {
  elfMachine: 62,
  elfFlags: 0,
  wordBytes: 8,
  pageBytes: 4096,
  base: 0x40_0000,
};
export const i386: MachineFacts = {
  elfMachine: 3,
  elfFlags: 0,
  wordBytes: 4,
  pageBytes: 4096,
  base: 0x40_0000,
};

export function data(name: string, text: string | Uint8Array, parts: Partial<DataObject> = {}): DataObject {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  return { name, kind: "constant", bytes, alignment: 1, relocations: [], ...parts };
}

/** Object code of one function, `start`. */
export function program(
  instructions: readonly MachineInstruction[],
  parts: Partial<ObjectCode> = {},
): ObjectCode {
  const blocks = [block(0, instructions)];
  const start = { name: "start", blocks, parameters: [], result: undefined, registers: 64, frameBytes: 0 };
  return { ...assemble([start], { encode }), data: [], storage: [], entry: "start", ...parts };
}

function set(register: number, value: number): MachineInstruction[] {
  if (value === 0) return [instruction("xor", 32, [reg(register), reg(register)])];
  return [instruction("push", 64, [imm(value)]), instruction("pop", 64, [reg(register)])];
}

export const syscall: MachineInstruction = instruction("syscall", 64);

/** Of amd64: exit(code). */
export function exit(code: number): MachineInstruction[] {
  return [...set(0, 60), ...set(7, code), syscall];
}

/** Of amd64: write(1, symbol, length). */
export function print(symbol: string, length: number): MachineInstruction[] {
  const address = instruction("mov", 32, [reg(6), sym(symbol)]);
  return [...set(0, 1), instruction("mov", 32, [reg(7), reg(0)]), address, ...set(2, length), syscall];
}

export const hello: ObjectCode = program([...print("text", 12), ...exit(0)], {
  data: [data("text", "Hello World\n")],
});

/** Waits for a signal, with writable storage. */
export const waiting: ObjectCode = program([...set(0, 34), syscall, instruction("ud2", 32)], {
  data: [data("text", "Hello World\n")],
  storage: [
    { name: "zeros", size: 70_000, alignment: 16, bytes: undefined },
    { name: "initial", size: 4, alignment: 4, bytes: Uint8Array.of(1, 2, 3, 4) },
  ],
});

export const exitZero: ObjectCode = program(exit(0));

/** Stores and reads writable storage, zeroed and initialised, and exits with `code` made of both. */
export function withStorage(zeros: number, initial: number | undefined): ObjectCode {
  const at = (symbol: string, displacement = 0): ReturnType<typeof mem> => mem({ symbol, displacement });
  return program(
    [
      instruction("mov", 8, [at("zeros", zeros - 1), imm(40)]),
      instruction("movzx8", 32, [reg(7), at("zeros", zeros - 1)]),
      ...(initial === undefined ? [] : [instruction("add", 32, [reg(7), at("initial")])]),
      ...set(0, 60),
      syscall,
    ],
    {
      storage: [
        { name: "zeros", size: zeros, alignment: 16, bytes: undefined },
        ...(initial === undefined
          ? []
          : [{ name: "initial", size: 4, alignment: 4, bytes: Uint8Array.of(initial, 0, 0, 0) }]),
      ],
    },
  );
}

/** The same programs for 386, as bytes: there is no encoder for it here. */
export const hello386: ObjectCode = raw(
  [
    [0x6a, 4],
    [0x58],
    [0x6a, 1],
    [0x5b],
    [0xb9, 0, 0, 0, 0],
    [0x6a, 12],
    [0x5a],
    [0xcd, 0x80],
    [0x6a, 1],
    [0x58],
    [0x31, 0xdb],
    [0xcd, 0x80],
  ],
  {
    data: [data("text", "Hello World\n")],
    relocations: [{ offset: 7, kind: "abs32", symbol: "text", addend: 0 }],
  },
);

export const exitZero386: ObjectCode = raw([[0x6a, 1], [0x58], [0x31, 0xdb], [0xcd, 0x80]]);

function raw(instructions: readonly (readonly number[])[], parts: Partial<ObjectCode> = {}): ObjectCode {
  const text = Uint8Array.from(instructions.flat());
  const cuts: number[] = [];
  let at = 0;
  for (const each of instructions) {
    if (at > 0) cuts.push(at);
    at += each.length;
  }
  const functions = [{ name: "start", offset: 0, size: text.length }];
  const empty = { relocations: [], data: [], storage: [], instructions: [0, ...cuts], lines: [], frames: [] };
  return { text, functions, cuts, entry: "start", ...empty, ...parts };
}
