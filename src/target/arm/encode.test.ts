/**
 * Every operation in every form against GNU as: all registers, all conditions, numbers at the edges of their fields, seeded
 * random operands.
 */

import { describe, expect, it } from "vitest";
import { assembleRows, type Gnu } from "../../../test/support/gnu-as.ts";
import { needs } from "../../../test/support/require-tool.ts";
import { instruction } from "../../machine/build.ts";
import type {
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  Modifier,
  Operand,
} from "../../machine/machine.ts";
import { Assembler } from "../assembler.ts";
import { constantSteps, encodeConstant, splitConstant } from "./constants.ts";
import { encode, mnemonics } from "./encode.ts";
import { format } from "./format.ts";
import { immediate, memory, modified, register, set, symbol } from "./instructions.ts";
import { placeLiterals } from "./literals.ts";
import {
  accesses,
  arithmetic,
  compares,
  conditions,
  fixed,
  lists,
  longMultiplications,
  moves,
  multiplications,
  oneSource,
  shiftKinds,
  smallAccesses,
} from "./opcodes.ts";
import { registerNames } from "./registers.ts";

const gnu: Gnu = {
  prefix: "arm-linux-gnueabi-",
  flags: ["-march=armv6"],
  directives: [".syntax unified", ".arm"],
};

const all: readonly number[] = Array.from({ length: 15 }, (_, number) => number);
/** Without the stack pointer, which some operations do not take. */
const plain = all.filter((number) => number !== 13);
const pairs = all.flatMap((a) => [0, 5, 12, 14].map((b) => [a, b] as const));
const constants = [0n, 1n, 0xffn, 0x3fcn, 0xff00n, 0xff00_0000n, 0xf000_000fn, 0xc000_003fn];
const shifts = Object.keys(shiftKinds) as Modifier["kind"][];

function row(op: string, operands: readonly Operand[], condition?: string): MachineInstruction {
  return instruction(op, 32, [...operands], "", condition === undefined ? {} : { condition });
}

function registers(...numbers: readonly number[]): Operand[] {
  return numbers.map(register);
}

const flexible: readonly Operand[] = [
  ...all.map(register),
  ...constants.map(immediate),
  ...shifts.flatMap((kind) => [1, 7, 31].map((amount, index) => modified(index * 3, kind, amount))),
];

function threeOperands(op: string): MachineInstruction[] {
  return [
    ...pairs.flatMap(([a, b]) => flexible.slice(0, 30).map((last) => row(op, [...registers(a, b), last]))),
    ...flexible.map((last) => row(op, [...registers(3, 9), last])),
    ...Object.keys(conditions).map((name) => row(op, registers(1, 2, 3), name)),
  ];
}

const displacements = [0, 1, 4, 255, -1, -255];
const wide = [256, 4095, -4095];
const bases = [0, 7, 11, 13, 14];

function accessRows(op: string, small: boolean): MachineInstruction[] {
  const places = bases.flatMap((base) => [
    ...[...displacements, ...(small ? [] : wide)].map((displacement) => memory({ base, displacement })),
    ...plain.map((index) => memory({ base, index })),
    ...(small ? [] : ([2, 4, 8] as const).map((scale) => memory({ base, index: 2, scale }))),
  ]);
  return places.flatMap((place, index) => [
    row(op, [register(plain[index % plain.length] ?? 0), place]),
    row(op, [register(plain[index % plain.length] ?? 0), place], index % 2 === 0 ? "eq" : "hi"),
  ]);
}

function movingRows(op: string, small: boolean): MachineInstruction[] {
  return [...displacements.slice(1), ...(small ? [] : wide)].flatMap((displacement) =>
    bases.map((base) => row(op, [register((base + 1) % 13), memory({ base, displacement })])),
  );
}

const groups: Readonly<Record<string, readonly MachineInstruction[]>> = {
  ...Object.fromEntries(Object.keys(arithmetic).map((op) => [op, threeOperands(op)])),
  ...Object.fromEntries(Object.keys(arithmetic).map((op) => [`${op}s`, threeOperands(`${op}s`)])),
  ...Object.fromEntries(
    Object.keys(compares).map((op) => [
      op,
      all.flatMap((a) => flexible.map((last) => row(op, [register(a), last]))),
    ]),
  ),
  mov: [
    ...pairs.map(([a, b]) => row("mov", registers(a, b))),
    ...constants.map((value) => row("mov", [register(4), immediate(value)])),
    ...Object.keys(conditions).map((name) => row("mov", [register(4), immediate(1)], name)),
  ],
  movs: pairs.map(([a, b]) => row("movs", registers(a, b))),
  mvn: [
    ...pairs.map(([a, b]) => row("mvn", registers(a, b))),
    ...flexible.map((last) => row("mvn", [register(6), last])),
  ],
  ...Object.fromEntries(
    shifts.map((op) => [
      op,
      pairs.flatMap(([a, b]) => [
        ...[1n, 15n, 31n].map((amount) => row(op, [...registers(a, b), immediate(amount)])),
        ...(plain.includes(a) ? [row(op, registers(a, b, plain[(a + b) % plain.length] ?? 0))] : []),
      ]),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(oneSource).map((op) => [
      op,
      plain.flatMap((a) => plain.map((b) => row(op, registers(a, b), a === b ? "mi" : undefined))),
    ]),
  ),
  mul: plain.flatMap((a) => plain.map((b) => row("mul", registers(a, b, plain[(a + b) % 14] ?? 0)))),
  mla: plain.flatMap((a) =>
    plain.map((b) => row("mla", registers(a, b, plain[(a + b) % 14] ?? 0, (a + 3) % 13))),
  ),
  ...Object.fromEntries(
    Object.keys(longMultiplications).map((op) => [
      op,
      plain.flatMap((a) =>
        plain.filter((b) => b !== a).map((b) => row(op, registers(a, b, (a + 2) % 13, (b + 5) % 13))),
      ),
    ]),
  ),
  ...Object.fromEntries(Object.keys(accesses).map((op) => [op, accessRows(op, false)])),
  ...Object.fromEntries(Object.keys(smallAccesses).map((op) => [op, accessRows(op, true)])),
  ...Object.fromEntries(
    ["post", "pre"].flatMap((when) => [
      ...Object.keys(accesses).map((op) => [`${op}-${when}`, movingRows(`${op}-${when}`, false)]),
      ...Object.keys(smallAccesses).map((op) => [`${op}-${when}`, movingRows(`${op}-${when}`, true)]),
    ]),
  ),
  ret: [...plain.map((a) => row("ret", registers(a))), row("ret", registers(14), "ne")],
  literal: [row("literal", [immediate(0x1234_5678n)]), row("literal", [symbol("table", 12)])],
  ...Object.fromEntries(
    Object.keys(lists).map((op) => [
      op,
      [0x4010n, 0x4ff0n, 0xcn, op === "push" ? 0x5fffn : 0x9fffn].map((list) => row(op, [immediate(list)])),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(fixed).map((op) => [
      op,
      [row(op, []), ...Object.keys(conditions).map((name) => row(op, [], name))],
    ]),
  ),
};

const branches = ["b", "tail", "bl", "ldr-literal", "adr"];

needs("arm-linux-gnueabi-as")("arm encode", () => {
  for (const [op, rows] of Object.entries(groups)) it(op, () => compare(rows));

  it("has a row for every mnemonic but branches, which have a test of their own", () => {
    expect(mnemonics().filter((op) => !Object.hasOwn(groups, op))).toEqual(branches);
  });

  it("random operands", () => compare(randomRows(6000)));

  it("branches and literals, forwards and backwards", () => {
    const [before, after] = [block(1), block(2)];
    const to = (target: MachineBlock): Operand => ({ kind: "block", block: target });
    const rows = [before, after].flatMap((target) => [
      row("b", [to(target)]),
      row("b", [to(target)], "lo"),
      row("ldr-literal", [register(9), to(target)]),
      row("ldr-literal", [register(3), to(target)], "ne"),
    ]);
    const assembler = new Assembler();
    assembler.label(before);
    for (const each of rows) encode(each, assembler);
    assembler.u32(0);
    assembler.label(after);
    const ours = Buffer.from(assembler.finish().text).toString("hex");
    const [theirs] = assembleRows([[".L1:", ...rows.map(format), ".word 0", ".L2:"].join("\n")], gnu);
    expect(ours).toBe(theirs?.bytes);
  });

  it("near addresses, which the linker computes", () => {
    const assembler = new Assembler();
    encode(row("adr", [register(9), symbol("here", 3)], "ne"), assembler);
    const { text, relocations } = assembler.finish();
    expect(relocations).toEqual([{ offset: 0, kind: "arm-adr", symbol: "here", addend: 3 }]);
    const [theirs] = assembleRows(["addne r9, pc, #0"], gnu);
    expect(Buffer.from(text).toString("hex")).toBe(theirs?.bytes);
  });

  it("rejects what the machine does not have", () => {
    const wrong = [
      row("udiv", registers(0, 1, 2)),
      row("add", registers(64, 1, 2)),
      row("add", [...registers(0, 1), immediate(0x101n)]),
      row("mov", [register(0), immediate(0x1234_5678n)]),
      row("umull", registers(1, 1, 2, 3)),
      row("lsl", [...registers(0, 1), immediate(32)]),
      row("ldr", [register(0), memory({ base: 1, displacement: 4096 })]),
      row("ldrh", [register(0), memory({ base: 1, displacement: 256 })]),
      row("ldrsb", [register(0), memory({ base: 1, index: 2, scale: 4 })]),
      row("b", [{ kind: "block", block: block(0) }], "maybe"),
    ];
    for (const each of wrong) expect(() => bytesOf(each), format(each)).toThrow(Error);
  });
});

describe("arm tables", () => {
  it("names sixteen different registers", () => {
    expect(new Set(registerNames).size).toBe(16);
  });
  it.each([
    ["conditions", conditions],
    ["operations", { ...arithmetic, ...compares, ...moves }],
    ["shifts", shiftKinds],
    ["one source", oneSource],
    ["products", { ...multiplications, ...longMultiplications }],
    ["accesses", { ...accesses, ...smallAccesses }],
  ])("%s: no code twice", (_, table) => {
    const codes = Object.values(table);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe("arm constants", () => {
  const decoded = (field: number): bigint => {
    const [byte, rotation] = [BigInt(field & 0xff), BigInt((field >> 8) * 2)];
    return BigInt.asUintN(32, (byte << (32n - rotation)) | (byte >> rotation));
  };

  it("fields hold what they were made of", () => {
    for (let byte = 0n; byte < 256n; byte++) {
      for (let rotation = 0n; rotation < 32n; rotation += 2n) {
        const value = BigInt.asUintN(32, (byte << rotation) | (byte >> (32n - rotation)));
        const field = encodeConstant(value);
        expect(field === undefined ? undefined : decoded(field)).toBe(value);
      }
    }
  });

  it("halves have no bit in common and make the whole", () => {
    for (const value of [0x101n, 0xffffn, 0x8000_0001n, 0xff0_00ffn, 0x1_2345n, 0xff00_ff00n]) {
      const parts = splitConstant(value);
      if (parts) expect([parts[0] & parts[1], parts[0] | parts[1]]).toEqual([0n, value]);
    }
    expect(splitConstant(0x1234_5678n)).toBeUndefined();
  });

  it("takes one instruction or two, or a literal", () => {
    expect(constantSteps(-1n)).toEqual([{ op: "mvn", value: 0n }]);
    expect(constantSteps(0x1ffn)?.length).toBe(2);
    expect(constantSteps(0x1234_5678n)).toBeUndefined();
  });
});

describe("arm literals", () => {
  const far = 0x1234_5678;
  const load = (value: number): MachineInstruction => set(0, immediate(value));
  const fill = (count: number): MachineInstruction[] =>
    Array.from({ length: count }, () => set(1, immediate(1)));

  it("are shared between functions", () => {
    const functions = [functionOf("a", [load(far), ret()]), functionOf("b", [load(far), ret()])];
    placeLiterals(functions, Infinity);
    expect(wordsOf(functions)).toEqual([BigInt(far)]);
    expect(bytesOfAll(functions).length).toBe(20);
  });

  it("come again where the first is out of reach, inside of a function too", () => {
    const functions = [
      functionOf("a", [load(far), ...fill(3000), load(far), ...fill(3000), load(far), ret()]),
    ];
    placeLiterals(functions, Infinity);
    expect(wordsOf(functions).length).toBe(3);
    expect(bytesOfAll(functions).length).toBeGreaterThan(24_000);
  });

  it("are not for addresses in a program so small that each is near", () => {
    const program = (count: number): MachineFunction[] => [
      functionOf("a", [set(0, symbol("data", 0)), ...fill(count), ret()]),
    ];
    const [small, large, stored] = [program(20), program(80), program(20)];
    placeLiterals(small, 40);
    placeLiterals(large, 40);
    placeLiterals(stored, Infinity);
    expect([small, large, stored].map((functions) => wordsOf(functions).length)).toEqual([0, 1, 1]);
  });

  it("are not for a number that two instructions make once", () => {
    const functions = [functionOf("a", [load(0x1ff), load(0x2ff), load(0x2ff), ret()])];
    placeLiterals(functions, Infinity);
    expect(wordsOf(functions)).toEqual([0x2ffn]);
  });
});

function ret(): MachineInstruction {
  return row("ret", registers(14));
}

function functionOf(name: string, instructions: MachineInstruction[]): MachineFunction {
  const only = { ...block(0), instructions };
  return { name, blocks: [only], parameters: [], result: undefined, registers: 64, frameBytes: 0 };
}

function wordsOf(functions: readonly MachineFunction[]): (bigint | undefined)[] {
  return functions
    .flatMap(({ blocks }) => blocks.flatMap(({ instructions }) => instructions))
    .filter(({ op }) => op === "literal")
    .map(({ operands: [value] }) => (value?.kind === "immediate" ? value.value : undefined));
}

function bytesOfAll(functions: readonly MachineFunction[]): Uint8Array {
  const assembler = new Assembler();
  for (const { name, blocks } of functions) {
    assembler.functionStart(name);
    for (const each of blocks) {
      assembler.label(each);
      for (const one of each.instructions) encode(one, assembler);
    }
  }
  return assembler.finish().text;
}

function block(id: number): MachineBlock {
  return { id, instructions: [], branch: undefined, next: undefined, loopDepth: 0 };
}

function bytesOf(each: MachineInstruction): { bytes: string; relocations: string[] } {
  const assembler = new Assembler();
  encode(each, assembler);
  const { text, relocations } = assembler.finish();
  return {
    bytes: Buffer.from(text).toString("hex"),
    relocations: relocations.map(
      ({ offset, kind, symbol: name, addend }) => `${offset} ${kind} ${name}+${addend}`,
    ),
  };
}

function compare(rows: readonly MachineInstruction[]): void {
  const theirs = assembleRows(rows.map(format), gnu);
  const wrong = rows.flatMap((each, index) => {
    const ours = bytesOf(each);
    const their = theirs[index];
    const named = their?.relocations.map((text) => text.replace("R_ARM_ABS32", "abs32"));
    const same = their?.bytes === ours.bytes && named?.join() === ours.relocations.join();
    return same ? [] : [`${format(each)}: ${ours.bytes} ${ours.relocations}; as: ${their?.bytes} ${named}`];
  });
  expect(wrong.slice(0, 20)).toEqual([]);
}

/** Seeded: the same rows in every run. */
function randomRows(count: number): MachineInstruction[] {
  let state = 0x2545f491;
  const next = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const any = (): Operand => register(pick(plain));
  const condition = (): string | undefined => (next(2) === 0 ? undefined : pick(Object.keys(conditions)));
  const last = (): Operand => {
    if (next(3) === 0) {
      const rotation = BigInt(next(16) * 2);
      const byte = BigInt(next(256));
      return immediate(BigInt.asUintN(32, (byte << rotation) | (byte >> (32n - rotation))));
    }
    return next(2) === 0 ? any() : modified(pick(plain), pick(shifts), 1 + next(31));
  };
  const makers: readonly (() => MachineInstruction)[] = [
    () => row(pick(Object.keys(arithmetic)) + pick(["", "s"]), [any(), any(), last()], condition()),
    () => row(pick(Object.keys(compares)), [any(), last()], condition()),
    () => row(pick(shifts), [any(), any(), any()], condition()),
    () => row(pick(Object.keys(oneSource)), [any(), any()], condition()),
    () => {
      const place = memory({ base: pick(plain), displacement: next(8191) - 4095 });
      return row(pick(Object.keys(accesses)), [any(), place], condition());
    },
    () => {
      const place = memory({ base: pick(plain), displacement: next(511) - 255 });
      return row(pick(Object.keys(smallAccesses)), [any(), place], condition());
    },
  ];
  return Array.from({ length: count }, () => pick(makers)());
}
